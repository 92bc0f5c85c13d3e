"""Procedures that differ from the one of the guide in just what a test is about."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from motcua.procedures.models import ProcedureVersion
from tests.cast import MONDAY_9AM


@pytest.fixture
def changed(version) -> Callable[..., ProcedureVersion]:
    """A further version of the procedure: `changed(lambda content: …)` edits its content, which becomes current."""

    def make(*edits: Callable[[dict[str, Any]], object]) -> ProcedureVersion:
        content = copy.deepcopy(version.content)
        for edit in edits:
            edit(content)
        number = ProcedureVersion.objects.filter(procedure=version.procedure).count() + 1
        made = ProcedureVersion.objects.create(
            procedure=version.procedure,
            version=number,
            name=version.name,
            digest=f"{number:064}",
            content=content,
            imported_at=MONDAY_9AM,
        )
        version.procedure.current = made
        version.procedure.save(update_fields=["current"])
        return made

    return make


def step(content: dict[str, Any], act: str) -> dict[str, Any]:
    """The step of this act in the content of a version."""
    found: dict[str, Any] = next(one for one in content["process"]["steps"] if one["act"] == act)
    return found

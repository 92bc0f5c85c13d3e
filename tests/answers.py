"""Answers that a form accepts: those of the examples that come with each procedure."""

from pathlib import Path
from typing import Any

import yaml

_CATALOGUE = Path(__file__).resolve().parent.parent / "procedures" / "kontum"


def example_answers(number: str = "2.001207") -> dict[str, Any]:
    """The answers of the procedure's first example."""
    folder = next(_CATALOGUE.glob(f"*/{number}"))
    content = yaml.safe_load(min((folder / "tests").glob("*.yaml")).read_text())
    return dict((content[0] if isinstance(content, list) else content)["answers"])

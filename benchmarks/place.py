"""What the benchmark measures on: the demonstration's province, citizens of its own, drafts ready to be filed.

Everything comes through the operations, but for copies of one whole draft: thousands are filed one after the
other, and copying rows is quick.
"""

import json
import re
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml
from django.db import connection
from django.db.models import Model

from benchmarks.papers import pdf
from motcua.accounts import operations as accounts
from motcua.accounts.middleware import actor_of
from motcua.accounts.models import User
from motcua.agencies.models import Agency
from motcua.demo import place
from motcua.demo.accounts import PASSWORD
from motcua.dossiers import filing, operations, parties
from motcua.dossiers.models import Document, Dossier
from motcua.foundation.actor import Actor
from motcua.foundation.time import HANOI
from motcua.procedures import rules
from motcua.procedures.definition import Definition
from motcua.procedures.models import Procedure, ProcedureVersion

NUMBER = "2.001207"  # the guide's own example
QUERY = "cong bo hop chuan"
AGENCY, RECEPTION = "H34.12", "H34.01"
SMALL_BYTES, BIG_BYTES = 20_000, 1_000_000
_AUTOSAVES = 3  # of the form, while one types


def build(citizens: int, at: datetime) -> list[User]:
    """The province with its officers, and so many citizens who may log in."""
    actor = Actor.system("benchmark")
    place.staff(place.build(actor, at), actor, at)
    return [_citizen(number) for number in range(citizens)]


def _citizen(number: int) -> User:
    login = f"0620900{number:05}"
    user = User(email=f"{login}@hopthu.example")
    user.set_password(PASSWORD)
    registered = accounts.register_citizen(
        user=user, full_name="Nguyễn Văn An", citizen_number=login, phone="0905123456",
        address="12 Trần Phú, phường Kon Tum, tỉnh Kon Tum",
    )  # fmt: skip
    return place.verified(registered)


def scenario(catalogue: Path, at: datetime) -> dict[str, Any]:
    """What a citizen types and brings, as the journey posts it."""
    definition = _version().definition
    answers = _answers(catalogue, at)
    typed = _typed(definition, answers)
    names = list(typed)
    share = -(-len(names) // _AUTOSAVES)
    groups = [{name: typed[name] for name in names[i : i + share]} for i in range(0, len(names), share)]
    submitter = {
        "owner-is": "self", "submitter-phone": "0905123456", "submitter-email": "an@hopthu.example",
        "submitter-address": "12 Trần Phú, phường Kon Tum, tỉnh Kon Tum",
    }  # fmt: skip
    delivery = {"delivery": "electronic", "delivery_address": ""}
    return {
        "number": NUMBER,
        "query": QUERY,
        "agency": AGENCY,
        "password": PASSWORD,
        "papers": [
            one.id for one in rules.asked_components(definition, answers) if one.required and not one.form
        ],
        "typed": {
            "submitter": [{"parties": {name: [text] for name, text in submitter.items()}}],
            "form": groups,
            "delivery": [{"delivery": {name: [text] for name, text in delivery.items()}}],
        },
        "posted": {
            "submitter": submitter,
            "form": {name: texts[-1] for group in typed.values() for name, texts in group.items()},
            "delivery": delivery,
        },
    }


def _version() -> ProcedureVersion:
    version = Procedure.objects.select_related("current").get(number=NUMBER).current
    assert version is not None
    return version


def _answers(catalogue: Path, at: datetime) -> dict[str, Any]:
    """The procedure's first example, moved to today."""
    path = min(next(catalogue.glob(f"*/{NUMBER}")).glob("tests/*.yaml"))
    content = yaml.safe_load(path.read_text())
    example = content[0] if isinstance(content, list) else content
    days = at.astimezone(HANOI).date() - example.get("today", date(2026, 11, 23))

    def moved(match: re.Match[str]) -> str:
        return (date.fromisoformat(match[0]) + timedelta(days=days.days)).isoformat()

    text = json.dumps(example["answers"], ensure_ascii=False)
    answers: dict[str, Any] = json.loads(re.sub(r"\b\d{4}-\d{2}-\d{2}\b", moved, text))
    return answers


def _typed(definition: Definition, answers: dict[str, Any]) -> dict[str, dict[str, list[str]]]:
    """The answered fields as a page has them: field → input name → texts."""
    typed: dict[str, dict[str, list[str]]] = {}
    for one in definition.form.fields:
        value = answers.get(one.id)
        if value in (None, "", []):
            continue
        if one.type == "table":
            typed[one.id] = {
                f"{one.id}-{place}-{column.id}": [rules.input_text(column, row.get(column.id, ""))]
                for place, row in enumerate(value)
                for column in one.columns
            }
        else:
            typed[one.id] = {one.id: value if one.type == "choices" else [rules.input_text(one, value)]}
    return typed


def draft(user: User, catalogue: Path, at: datetime) -> Dossier:
    """One draft that lacks nothing but the submit."""
    version, actor = _version(), actor_of(user)
    agencies = {one.code: one for one in Agency.objects.filter(code__in=[AGENCY, RECEPTION])}
    dossier = operations.start_draft(
        version=version, agency=agencies[AGENCY], reception=agencies[RECEPTION], actor=actor, at=at,
        submitter=parties.party_of(user), answers={},
    )  # fmt: skip
    operations.save_answers(dossier=dossier, values=_answers(catalogue, at), actor=actor, at=at)
    operations.choose_delivery(dossier=dossier, delivery="electronic", address="", actor=actor, at=at)
    dossier.refresh_from_db()
    for paper in filing.asked_papers(dossier, {}):
        if paper.is_missing:
            operations.attach(
                dossier=dossier, component_id=paper.component.id, stream=BytesIO(pdf(SMALL_BYTES)),
                name=f"{paper.component.id}.pdf", actor=actor, at=at,
            )  # fmt: skip
    dossier.refresh_from_db()
    return dossier


def copies(of: Dossier, count: int) -> int:
    """Copy a draft with its papers; return the first number, the others follow without gaps."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM dossiers_dossier")
        first = int(cursor.fetchone()[0]) + 1
        changed: dict[str, str | None] = {"id": f"{first} + n", "public_id": "gen_random_uuid()"}
        _copy(cursor, Dossier, changed, f"generate_series(0, {count - 1}) n WHERE one.id = {of.pk}")
        changed = {"id": None, "dossier_id": f"{first} + n"}
        _copy(cursor, Document, changed, f"generate_series(0, {count - 1}) n WHERE one.dossier_id = {of.pk}")
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('dossiers_dossier', 'id'), {first + count})")
        cursor.execute("ANALYZE")
    return first


def _copy(cursor: Any, model: type[Model], changed: dict[str, str | None], source: str) -> None:
    columns = [one.column for one in model._meta.concrete_fields if changed.get(one.column, "") is not None]
    values = ", ".join(changed.get(column) or f"one.{column}" for column in columns)
    table = model._meta.db_table
    cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} one, {source}")

"""What a new draft takes over: from the account, from earlier dossiers and their results, from one that is copied."""

from collections.abc import Mapping
from typing import Any

from motcua.dossiers import parties
from motcua.dossiers.models import Dossier, Result
from motcua.foundation.actor import Actor
from motcua.foundation.time import HANOI, months_later
from motcua.procedures import rules
from motcua.procedures.answers import is_empty
from motcua.procedures.composites import ROW_ID
from motcua.procedures.parts import Form


def first_answers(form: Form, party: Mapping[str, Any], actor: Actor, copied: Dossier | None = None) -> dict[str, Any]:
    """The answers with which a draft of this account begins; what is copied goes before what is known."""
    answers = copied_answers(form, copied) if copied else {}
    return answers | rules.prefilled(form, answers, parties.sources(party) | earlier_sources(form, actor))


def answers_of_party(form: Form, party: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that are known with the party alone."""
    return rules.prefilled(form, {}, parties.sources(party))


def followed(
    form: Form, answers: Mapping[str, Any], before: Mapping[str, Any], party: Mapping[str, Any]
) -> dict[str, Any]:
    """The answers that were taken over from a party and not changed since, as they are with the present one."""
    was, is_now = parties.sources(before), parties.sources(party)
    return {
        one.id: is_now[one.prefill]
        for one in form.fields
        if one.prefill in is_now
        and is_now[one.prefill]
        and is_now[one.prefill] != answers.get(one.id)
        and (is_empty(answers.get(one.id)) or answers.get(one.id) == was.get(one.prefill))
    }


def copied_answers(form: Form, dossier: Dossier) -> dict[str, Any]:
    """The answers of an earlier dossier to questions that are still asked in the same type.

    Rows of tables get names of their own, since papers of the new dossier are named by them.
    """
    before = {one.id: one for one in dossier.definition.form.fields}
    copied: dict[str, Any] = {}
    for one in form.fields:
        value = dossier.answers.get(one.id)
        if one.id not in before or before[one.id].type != one.type or is_empty(value):
            continue
        if one.type == "table" and isinstance(value, list):
            value = [{key: cell for key, cell in row.items() if key != ROW_ID} for row in value if isinstance(row, dict)]
        copied[one.id] = value
    return copied


def earlier_sources(form: Form, actor: Actor) -> dict[str, Any]:
    """Values by the words of `prefill`: "earlier.2.001207.ten" is an answer of the dossier that this account filed
    last in that procedure, "result.2.001207.number" belongs to the result that was issued to it last.

    Asks the database only for what the form names.
    """
    wanted: dict[tuple[str, str], set[str]] = {}
    for one in form.fields:
        kind, _dot, rest = one.prefill.partition(".")
        number, _dot, name = rest.rpartition(".")
        if kind in ("earlier", "result") and number:
            wanted.setdefault((kind, number), set()).add(name)
    found: dict[str, Any] = {}
    for (kind, number), names in wanted.items():
        known = _earlier(number, actor) if kind == "earlier" else _result(number, actor)
        found |= {f"{kind}.{number}.{name}": known[name] for name in names if not is_empty(known.get(name))}
    return found


def _earlier(number: str, actor: Actor) -> Mapping[str, Any]:
    mine = Dossier.objects.visible_to(actor).filed().filter(procedure_version__procedure__number=number)
    return mine.order_by("-submitted_at").values_list("answers", flat=True).first() or {}


def _result(number: str, actor: Actor) -> Mapping[str, Any]:
    mine = Dossier.objects.visible_to(actor).filter(procedure_version__procedure__number=number)
    result = Result.objects.filter(dossier__in=mine, issued_at__isnull=False).select_related("dossier__procedure_version").order_by("-issued_at").first()
    if result is None:
        return {}
    assert result.issued_at is not None
    issued_on = result.issued_at.astimezone(HANOI).date()
    months = next((one.validity_months for one in result.dossier.definition.record.results), None)
    return {
        "number": result.number,
        "issued_on": issued_on.isoformat(),
        "valid_to": months_later(issued_on, months).isoformat() if months else "",
    }

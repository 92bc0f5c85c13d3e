"""The catalogue as those see it who answer for it: what counts, what is being written, what waits, what is unverified."""

import re
from datetime import date
from typing import Any

from django.db.models import (
    DateField,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, NullIf
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from motcua.accounts.http import Request
from motcua.agencies.models import Agency
from motcua.console.editor import controls, tree
from motcua.console.editor import views as editor
from motcua.foundation.time import HANOI, now
from motcua.procedures.conditions import condition_words
from motcua.procedures.definition import Definition
from motcua.procedures.differences import differences, grouped
from motcua.procedures.models import (
    Procedure,
    ProcedureDraft,
    ProcedureVersion,
    Publication,
    PublicationState,
    Sector,
)
from motcua.ui import process_diagram
from motcua.ui.paging import bounded, page

DRAFT = "soan"  # the draft among versions, in addresses
_HISTORY_SHOWN = 50
_DECIDED_ON = Cast(
    NullIf(
        KeyTextTransform("issued_on", KeyTransform("decision", KeyTransform("record", "current__content"))),
        Value("", output_field=TextField()),
    ),
    DateField(),
)


# The list -----------------------------------------------------------------------------------------------------


@require_safe
def procedures(request: Request) -> HttpResponse:
    wanted = " ".join(request.GET.get("q", "").split())[:200]
    state, sector = request.GET.get("trang-thai", ""), request.GET.get("linh-vuc", "")
    today = now().astimezone(HANOI).date()
    rows = _in_state(_with_states(Procedure.objects.all()), state, today)
    if wanted:
        in_name = Q(name__icontains=wanted) | Q(short_name__icontains=wanted) | Q(draft__title__icontains=wanted)
        rows = rows.filter(Q(number__startswith=wanted) | in_name)
    if sector:
        rows = rows.filter(sector__code=sector)
    rows = rows.select_related("sector").only("number", "name", "short_name", "kind", "unverified", "sector__name", "current_id")
    found = page(rows, request, by="number")
    shown = {
        "page": found,
        "rows": [(row, _tags(row, today)) for row in found.rows],
        "waiting": "0" if state or request.GET.keys() & {"sau", "truoc"} else bounded(waiting_for_approval()),
        "q": wanted,
        "state": state,
        "sector": sector,
        "sectors": list(Sector.objects.order_by("name_key").values_list("code", "name")),
        "states": _state_names(),
    }
    return render(request, "console/procedures.html", shown)


def waiting_for_approval() -> QuerySet[Any]:
    """The procedures of which somebody has proposed something that another person must approve."""
    return _in_state(_with_states(Procedure.objects.all()), "cho-duyet", now().astimezone(HANOI).date())


def _with_states(rows: QuerySet[Procedure]) -> QuerySet[Any]:
    """What the list says of a procedure besides its own columns, within the same query."""
    waiting = Publication.objects.filter(procedure=OuterRef("pk"), state=PublicationState.SCHEDULED)
    published = Publication.objects.filter(
        procedure=OuterRef("pk"), version=OuterRef("current"), state=PublicationState.APPLIED, kind="publish"
    )
    return rows.annotate(
        version=F("current__version"),
        ends_on=F("current__valid_to"),
        draft_state=F("draft__state"),
        draft_mistakes=F("draft__mistakes"),
        rolls_back=Exists(
            Publication.objects.filter(procedure=OuterRef("pk"), state=PublicationState.PROPOSED)
        ),
        waits_for=Subquery(
            waiting.values("procedure").annotate(first=Min("takes_effect_on")).values("first")
        ),
        decided_on=_DECIDED_ON,
        published_on=Subquery(published.order_by("-id").values("takes_effect_on")[:1]),
    )


def _state_names() -> list[tuple[str, str]]:
    return [
        ("soan", _("Có bản soạn")),
        ("cho-duyet", _("Chờ duyệt")),
        ("cho-ngay", _("Chờ đến ngày")),
        ("dang-cong-bo", _("Đang công bố")),
        ("het-hieu-luc", _("Hết hiệu lực")),
        ("chua-cong-bo", _("Chưa công bố")),
        ("loi", _("Bản soạn có lỗi")),
        ("chua-xac-minh", _("Có nội dung chưa xác minh")),
    ]


def _in_state(rows: QuerySet[Any], state: str, today: date) -> QuerySet[Any]:
    conditions = {
        "soan": Q(draft__isnull=False),
        "cho-duyet": Q(draft_state="proposed") | Q(rolls_back=True),
        "cho-ngay": Q(waits_for__isnull=False),
        "dang-cong-bo": Q(current__isnull=False) & (Q(ends_on=None) | Q(ends_on__gte=today)),
        "het-hieu-luc": Q(ends_on__lt=today),
        "chua-cong-bo": Q(current__isnull=True),
        "loi": Q(draft_mistakes__gt=0),
        "chua-xac-minh": Q(unverified__gt=0),
    }
    return rows.filter(conditions[state]) if state in conditions else rows


def _tags(row: Any, today: date) -> list[tuple[str, str]]:
    """Where a procedure of the list stands, as tones and words."""
    if row.version is None:
        tags = [("neutral", _("Chưa công bố"))]
    elif row.ends_on and row.ends_on < today:
        tags = [("neutral", _("Hết hiệu lực"))]
    else:
        tags = [("success", _("Đang công bố"))]
    if row.draft_state == "proposed" or row.rolls_back:
        tags.append(("waiting", _("Chờ duyệt")))
    elif row.draft_state:
        tags.append(("info", _("Bản soạn")))
    if row.waits_for:
        tags.append(("special", _("Chờ đến %(day)s") % {"day": f"{row.waits_for:%d/%m/%Y}"}))
    if row.draft_mistakes:
        tags.append(("danger", _("%(count)d lỗi") % {"count": row.draft_mistakes}))
    if row.unverified:
        tags.append(("warning", _("%(count)d mục chưa xác minh") % {"count": row.unverified}))
    return tags


# One procedure ------------------------------------------------------------------------------------------------


@require_safe
def procedure(request: Request, number: str) -> HttpResponse:
    found = find(number)
    draft = draft_of(found)
    waiting: list[Publication] = []
    history: list[Publication] = []
    rows = Publication.objects.filter(procedure=found).select_related("version", "replaced")
    for one in rows.defer("version__content", "replaced__content").order_by("-id")[:_HISTORY_SHOWN]:
        (waiting if one.state in ("proposed", "scheduled") else history).append(one)
    definition = definition_of(found.current) if found.current else definition_of(draft)
    content = found.current.content if found.current else draft.content if draft else {}
    shown = {
        "procedure": found,
        "title": found.name if found.current or draft is None else draft.title,
        "draft": draft,
        "is_outdated": draft is not None and _is_outdated(draft, found, waiting),
        "waiting": waiting,
        "history": history,
        "unverified": unverified(content, number),
        "definition": definition,
        "versions": _version_choices(found, draft),
        **_drawn(definition),
    }
    return render(request, "console/procedure.html", shown)


@require_safe
def version(request: Request, number: str, version: int) -> HttpResponse:
    """What one version says, and how it came to count."""
    found = find(number)
    one = get_object_or_404(ProcedureVersion, procedure=found, version=version)
    definition = definition_of(one)
    shown = {
        "procedure": found,
        "version": one,
        "definition": definition,
        "publications": one.publications.select_related("replaced").defer("replaced__content").order_by("-id"),
        "unverified": unverified(one.content, number),
        "versions": _version_choices(found, draft_of(found)),
        **_drawn(definition),
    }
    return render(request, "console/procedure_version.html", shown)


@require_safe
def diff(request: Request, number: str) -> HttpResponse:
    """What is different between two versions, or the draft and a version, in sentences."""
    found = find(number)
    draft = draft_of(found)
    choices = _version_choices(found, draft)
    new = request.GET.get("moi") or (DRAFT if draft else choices[0][0] if choices else "")
    older = [word for word, _text in choices if word not in (new, DRAFT)]
    old = request.GET.get("cu") or (
        str(found.current.version) if found.current and str(found.current.version) in older else (older or [""])[0]
    )
    sides = [definition_of(_side(found, draft, word)) for word in (old, new)]
    readable = all(side is not None for side in sides)
    shown = {
        "procedure": found,
        "choices": choices,
        "old": old,
        "new": new,
        "readable": readable,
        "groups": grouped(differences(*sides)) if readable else [],  # type: ignore[arg-type]
        "names": dict(choices),
    }
    return render(request, "console/procedure_diff.html", shown)


def _side(found: Procedure, draft: ProcedureDraft | None, word: str) -> ProcedureVersion | ProcedureDraft | None:
    if word == DRAFT:
        return draft
    if not word.isdecimal() or len(word) > 6:
        raise Http404
    return get_object_or_404(ProcedureVersion, procedure=found, version=int(word))


# What these pages share ---------------------------------------------------------------------------------------


def find(number: str) -> Procedure:
    """The procedure of that number, published or not yet."""
    return get_object_or_404(Procedure.objects.select_related("current", "sector"), number=number)


def draft_of(procedure: Procedure) -> ProcedureDraft | None:
    """Its draft, when there is one; a query."""
    draft = ProcedureDraft.objects.select_related("base").defer("base__content").filter(procedure=procedure).first()
    if draft is not None:
        draft.procedure = procedure
    return draft


def definition_of(one: ProcedureVersion | ProcedureDraft | None) -> Definition | None:
    """What it says; None for a draft of which too much is missing or wrong to be read at all."""
    if one is None:
        return None
    if isinstance(one, ProcedureVersion):
        return one.definition
    try:
        return Definition.from_json(one.content)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _is_outdated(draft: ProcedureDraft, procedure: Procedure, waiting: list[Publication]) -> bool:
    scheduled = [one for one in waiting if one.state == "scheduled" and one.kind == "publish"]
    last = max(scheduled, key=lambda one: (one.takes_effect_on, one.pk), default=None)
    return draft.base_id != (last.version_id if last else procedure.current_id)


def _version_choices(procedure: Procedure, draft: ProcedureDraft | None) -> list[tuple[str, str]]:
    """The draft and all versions, newest first, as a select wants them."""
    numbers = procedure.versions.order_by("-version").values_list("version", "pk")
    choices = [(DRAFT, _("Bản soạn"))] if draft else []
    for number, pk in numbers:
        name = _("Phiên bản %(number)d") % {"number": number}
        choices.append((str(number), _("%(name)s (đang áp dụng)") % {"name": name} if pk == procedure.current_id else name))
    return choices


def _drawn(definition: Definition | None) -> dict[str, Any]:
    """The steps as a drawing and as a table; one query for the names of agencies."""
    if definition is None:
        return {"diagram": "", "diagram_columns": [], "diagram_rows": [], "units": {}}
    process = definition.process
    asked = {consult.unit for step in process.steps for consult in step.consults}
    codes = asked | {step.unit for step in process.steps} | {*definition.record.agencies.implementing}
    units = dict(Agency.objects.filter(code__in=codes).values_list("code", "name"))

    def words(source: str) -> str:
        return condition_words(source, definition)

    return {
        "diagram": process_diagram.diagram(process, units=units, condition=words),
        "diagram_columns": process_diagram.columns(),
        "diagram_rows": process_diagram.rows(process, units=units, condition=words),
        "units": units,
    }


def unverified(content: Any, number: str) -> list[tuple[str, str, str]]:
    """What nobody has verified: in words, what stands there, and the address where the draft says it."""
    record = content.get("record") if isinstance(content, dict) else None
    paths = record.get("unverified") if isinstance(record, dict) else None
    found = []
    for path in paths or []:
        if isinstance(path, str):
            place = place_of(content, path)
            words = controls.where(content, place) if len(place) > 1 else ""
            found.append((words or path, value_at(content, path), editor.place_address(number, place)))
    return found


def place_of(content: Any, path: str) -> tuple[str | int, ...]:
    """The place in the content that a path such as `components.don` of the record names, as far as it leads."""
    names = re.findall(r"[^.\[\]]+", path)
    if not names or names[0] not in ("form", "fees", "process"):
        names.insert(0, "record")
    place: list[str | int] = []
    part = content
    for name in names:
        if isinstance(part, list):
            keys = ("id", "code", "number", "channel")
            named = (at for at, one in enumerate(part) if isinstance(one, dict) and name in map(one.get, keys))
            at = next(named, int(name) if name.isdecimal() and int(name) < len(part) else None)
            if at is None:
                break
            place.append(at)
            part = part[at]
        else:
            place.append(name)
            part = part.get(name) if isinstance(part, dict) else None
    return tuple(place)


def value_at(content: Any, path: str) -> str:
    """What stands at a path of a procedure such as `sector.code`, as text; empty for what is no single value."""
    place = place_of(content, path)
    part = tree.at(content, place)
    if part is None or isinstance(part, dict | list) or len(place) < path.count(".") + 1:
        return ""
    try:
        return controls.value_words(tree.key_of(tree.shape_at(place[:-1]), str(place[-1])), part)
    except (KeyError, TypeError, ValueError):
        return str(part)

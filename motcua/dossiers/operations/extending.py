"""A date that will not be kept: an apology is drafted in time, and a leader signs it with a new date (Mẫu 04).

The old date stays: reports judge by it. Source: Nghị định 118/2025/NĐ-CP; Thông tư 03/2025/TT-VPCP, Mẫu số 04.
"""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from motcua.dossiers import letters
from motcua.dossiers.models import Dossier, Extension
from motcua.dossiers.models.extensions import drafts_extensions, signs_extensions
from motcua.dossiers.operations.moving import change, lock
from motcua.dossiers.operations.numbering import numbered
from motcua.dossiers.states import RUNNING
from motcua.foundation import events, working_time
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.models import StoredFile
from motcua.foundation.time import HANOI
from motcua.foundation.vietnamese import in_vietnamese
from motcua.foundation.working_calendar import Calendar
from motcua.foundation.working_time import TimeLimit
from motcua.papers import operations as papers

_BATCH = 500  # dossiers a run
_LONGEST_HOLIDAY = timedelta(days=14)  # a working day before a date is never earlier than this
_SOON = timedelta(days=7)
_HOURS_A_DAY = 8
SUFFIX = "PXL"  # of the number of an apology


@dataclass(frozen=True, slots=True)
class Draft:
    """What an apology begins with: why, who is late, the last day of the new time."""

    reason: str
    late_unit: str
    new_due_on: date


def last_day_to_apologise(due_at: datetime, calendar: Calendar) -> date:
    """The working day before the day that was promised: later than that an apology comes too late by the law."""
    day = due_at.astimezone(HANOI).date() - timedelta(days=1)
    while not calendar.works_on(day):
        day -= timedelta(days=1)
    return day


def is_in_time(dossier: Dossier, at: datetime) -> bool:
    """Whether an apology that is signed at `at` comes at least one working day before the date it puts off."""
    if dossier.due_at is None:
        return False
    return at.astimezone(HANOI).date() <= last_day_to_apologise(dossier.due_at, dossier.agency.calendar.calendar)


def is_near(dossier: Dossier, at: datetime) -> bool:
    """Whether the date comes within a week or has passed: earlier nobody thinks of putting it off."""
    return dossier.due_at is not None and at >= dossier.due_at - _SOON


def may_extend(dossier: Dossier, signed: int) -> bool:
    """Whether the date can be put off (once more), `signed` apologies having been signed."""
    if dossier.state not in RUNNING or dossier.due_at is None:
        return False
    return signed < dossier.definition.process.limits.extension_times


@in_vietnamese
def suggestion(dossier: Dossier, at: datetime) -> Draft:
    """An apology to begin with: the reason is the step that keeps the dossier, the date what the remaining steps need."""
    task = dossier.tasks.open().select_related("agency").first()
    steps = dossier.definition.process.steps
    remaining = [step.hours for step in steps]
    if task is not None:
        order = [step.id for step in steps]
        remaining = remaining[order.index(task.step_id) :] if task.step_id in order else remaining
    days = max(1, math.ceil(sum(remaining) / _HOURS_A_DAY))
    start = max(at, dossier.due_at or at)
    due_at = working_time.deadline(start, TimeLimit(days, "working_days"), dossier.agency.calendar.calendar).due_at
    name = task.name if task else dossier.procedure_version.name
    return Draft(
        reason=_("cơ quan cần thêm thời gian để hoàn thành bước “%(step)s”.") % {"step": name},
        late_unit=(task.agency if task else dossier.agency).name,
        new_due_on=due_at.astimezone(HANOI).date(),
    )


@transaction.atomic
def draft_extension(
    *, dossier: Dossier, reason: str, late_unit: str, new_due_on: date, actor: Actor, at: datetime
) -> Extension:
    """Draft an apology with a new date, or edit the draft that is there; a leader signs it.

    `new_due_on` ends with the agency's working time of that day. Raises NotAllowed, WrongState when the date cannot
    be put off, or Refusal without a reason or for a day on which nobody works or that is not later.
    """
    dossier = lock(dossier)
    if actor.kind != "system" and not drafts_extensions(dossier, actor):
        raise NotAllowed(_("Việc soạn văn bản xin lỗi thuộc cơ quan đang giải quyết hồ sơ."))
    _require_extendable(dossier)
    words = _read(dossier, reason, new_due_on, at)
    draft = Extension.objects.waiting().filter(dossier=dossier).first()
    if draft is None:
        draft = Extension(dossier=dossier)
    draft.by_system = actor.kind == "system"
    draft.reason, draft.late_unit = words[0], late_unit.strip()[:250]
    draft.old_due_at, draft.new_due_at = _due(dossier), words[1]
    draft.drafted_at, draft.drafted_by = at, actor.name
    draft.save()
    events.record(
        "dossier.extension_drafted",
        subject=dossier.subject,
        actor=actor,
        at=at,
        reason=draft.reason,
        new_due_at=draft.new_due_at.isoformat(),
    )
    return draft


@transaction.atomic
def sign_extension(
    *, dossier: Dossier, reason: str, late_unit: str, new_due_on: date, actor: Actor, at: datetime
) -> Dossier:
    """Sign the drafted apology, as edited: the date moves, the old one is kept, the letter goes to the citizen.

    One that is signed later than a working day before the old date still counts, and says so. Raises as
    `draft_extension` does, and WrongState without a draft.
    """
    dossier, draft = to_sign(
        dossier=dossier, reason=reason, late_unit=late_unit, new_due_on=new_due_on, actor=actor, at=at
    )
    return put_off(dossier=dossier, draft=draft, number=numbered(dossier.agency.code, at, SUFFIX), actor=actor, at=at)


def to_sign(
    *, dossier: Dossier, reason: str, late_unit: str, new_due_on: date, actor: Actor, at: datetime
) -> tuple[Dossier, Extension]:
    """The dossier, locked, and its draft as the leader edited it, not kept yet. Raises as `sign_extension` does."""
    dossier = lock(dossier)
    if not signs_extensions(dossier, actor):
        raise NotAllowed(_("Văn bản xin lỗi và gia hạn do lãnh đạo cơ quan giải quyết ký."))
    _require_extendable(dossier)
    draft = Extension.objects.waiting().filter(dossier=dossier).first()
    if draft is None:
        raise WrongState(_("Hồ sơ không có dự thảo văn bản xin lỗi nào đang chờ ký."))
    draft.reason, draft.new_due_at = _read(dossier, reason, new_due_on, at)
    draft.late_unit, draft.old_due_at = late_unit.strip()[:250], _due(dossier)
    draft.in_time = is_in_time(dossier, at)
    return dossier, draft


def put_off(
    *,
    dossier: Dossier,
    draft: Extension,
    number: str,
    actor: Actor,
    at: datetime,
    file: StoredFile | None = None,
    check_code: str = "",
) -> Dossier:
    """Issue the letter and move the date of a locked dossier; `file` is the letter where it was signed digitally."""
    draft.signed_at, draft.signed_by = at, actor.name
    draft.paper = papers.issue(
        kind="apology",
        subject=dossier.subject,
        number=number,
        data=letters.apology(dossier, draft, actor),
        actor=actor,
        at=at,
        file=file,
        check_code=check_code,
    )
    draft.save()
    changes = {
        "due_at": draft.new_due_at,
        "due_before_extension": dossier.due_before_extension or draft.old_due_at,
    }
    return change(
        dossier,
        changes,
        "dossier.extended",
        actor,
        at,
        reason=draft.reason,
        old_due_at=draft.old_due_at.isoformat(),
        due_at=draft.new_due_at.isoformat(),
        in_time=draft.in_time,
    )


@transaction.atomic
def discard_extension(*, dossier: Dossier, actor: Actor, at: datetime) -> Dossier:
    """Drop a drafted apology: the date will be kept after all. Raises NotAllowed, or WrongState without a draft."""
    dossier = lock(dossier)
    if not drafts_extensions(dossier, actor):
        raise NotAllowed(_("Việc soạn văn bản xin lỗi thuộc cơ quan đang giải quyết hồ sơ."))
    draft = Extension.objects.waiting().filter(dossier=dossier).first()
    if draft is None:
        raise WrongState(_("Hồ sơ không có dự thảo văn bản xin lỗi nào đang chờ ký."))
    draft.discarded_at, draft.discarded_by = at, actor.name
    draft.save(update_fields=["discarded_at", "discarded_by"])
    events.record("dossier.extension_discarded", subject=dossier.subject, actor=actor, at=at)
    return dossier


def draft_due_extensions(*, actor: Actor, at: datetime) -> int:
    """Draft an apology for each dossier whose date comes the next working day, or has passed. Returns how many.

    Each date is drafted for once: what an officer discarded is not drafted again. Run by a job.
    """
    drafted = Extension.objects.filter(dossier=OuterRef("pk"), old_due_at=OuterRef("due_at"))
    candidates = (
        Dossier.objects.running()
        .filter(due_at__lt=at + _LONGEST_HOLIDAY, due_before_extension=None)
        .filter(~Exists(drafted))
        .filter(~Exists(Extension.objects.filter(dossier=OuterRef("pk"), signed_at=None, discarded_at=None)))
        .select_related("agency__calendar", "procedure_version")
        .order_by(F("due_at").asc(), "pk")
    )
    count = 0
    for dossier in candidates.iterator(chunk_size=_BATCH):  # what cannot be put off must not stand in the way of the rest
        if count == _BATCH:
            break
        calendar = dossier.agency.calendar.calendar
        is_time = dossier.due_at and at.astimezone(HANOI).date() >= last_day_to_apologise(dossier.due_at, calendar)
        if is_time and may_extend(dossier, 0):
            count += _draft_by_job(dossier, actor, at)
    return count


@transaction.atomic
def _draft_by_job(dossier: Dossier, actor: Actor, at: datetime) -> bool:
    found = suggestion(dossier, at)
    try:
        draft_extension(
            dossier=dossier,
            reason=found.reason,
            late_unit=found.late_unit,
            new_due_on=found.new_due_on,
            actor=actor,
            at=at,
        )
    except Refusal:  # it went on, or ended, while the job came to it
        return False
    return True


def _require_extendable(dossier: Dossier) -> None:
    if dossier.state not in RUNNING or dossier.due_at is None:
        raise WrongState(_("Hồ sơ không trong thời hạn giải quyết nên không gia hạn được."))
    if not may_extend(dossier, dossier.extensions.signed().count()):
        raise WrongState(
            _("Hồ sơ đã được xin lỗi, gia hạn %(times)d lần, là số lần tối đa theo quy định.")
            % {"times": dossier.definition.process.limits.extension_times}
        )


def _due(dossier: Dossier) -> datetime:
    assert dossier.due_at is not None  # _require_extendable
    return dossier.due_at


def _read(dossier: Dossier, reason: str, new_due_on: date, at: datetime) -> tuple[str, datetime]:
    """The reason and the moment that the new time ends. Raises Refusal."""
    if not reason.strip():
        raise Refusal(_("Vui lòng nêu lý do chậm."))
    sessions = dossier.agency.calendar.calendar.on(new_due_on).sessions
    if not sessions:
        raise Refusal(_("Ngày hẹn mới là ngày nghỉ. Vui lòng chọn một ngày làm việc."))
    ends_at = sessions[-1][1]
    if ends_at <= max(at, _due(dossier)):
        raise Refusal(_("Ngày hẹn mới phải sau ngày hẹn cũ và sau thời điểm hiện tại."))
    return reason.strip(), ends_at

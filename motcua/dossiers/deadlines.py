"""The dates a dossier promises, from its procedure's time limit and its units' calendars."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils.translation import gettext as _

from motcua.agencies.models import Agency, CalendarChange, WorkingCalendar
from motcua.dossiers.models import Consultation, Dossier, SupplementRequest, Task
from motcua.dossiers.states import State
from motcua.foundation import shown, working_time
from motcua.foundation.vietnamese import day
from motcua.foundation.working_calendar import Calendar, Span
from motcua.foundation.working_time import Deadline, TimeLimit

# What a procedure without a published time limit gets, so that nothing waits for ever.
UNPUBLISHED = TimeLimit(15, "working_days")


def intake_due(dossier: Dossier, at: datetime) -> datetime:
    """By when the citizen hears whether an online filing is accepted: 8 working hours.

    Source: Nghị định 45/2020/NĐ-CP as consolidated; hours of the reception's calendar.
    """
    calendar = dossier.reception.calendar.calendar
    return working_time.add_working_hours(at, dossier.definition.process.intake_hours, calendar)


def time_limit(dossier: Dossier) -> TimeLimit | None:
    """The published time limit of the dossier's case and channel, in person where the channel has none."""
    definition = dossier.definition
    scenario = definition.scenario(dossier.answers)
    return definition.time_limit(dossier.channel, scenario) or definition.time_limit("in_person", scenario)


def settlement_deadline(dossier: Dossier, start: datetime) -> Deadline:
    """When the result is due if the time limit begins at `start`, with the trace of every day."""
    calendar = dossier.agency.calendar.calendar
    pauses = [(max(begins, start), ends) for begins, ends in _pauses(dossier) if ends > start]
    return working_time.deadline(start, time_limit(dossier) or UNPUBLISHED, calendar, pauses)


def clock_from(dossier: Dossier, start: datetime) -> dict[str, datetime]:
    """The fields of a dossier whose time limit begins at `start`."""
    due_at = settlement_deadline(dossier, start).due_at
    return {"clock_started_at": start, "first_due_at": due_at, "due_at": due_at}


def task_due(dossier: Dossier, unit: Agency, hours: int, at: datetime) -> datetime:
    """By when work begun at `at` should be done: so many working hours, by the calendar of the unit that does it.

    What the dossier waited for its owner is no working time.
    """
    return working_time.add_working_hours(at, hours, unit.calendar.calendar, _pauses(dossier))


def _pauses(dossier: Dossier) -> list[tuple[datetime, datetime]]:
    return [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in dossier.pauses]


def supplement_due(dossier: Dossier, at: datetime, stage: str = "") -> datetime:
    """Until when a supplement is waited for; 15 working days where the procedure says nothing.

    A procedure may give another time for what is asked at intake than for what is asked in appraisal.
    """
    return working_time.deadline(at, supplement_limit(dossier, stage), dossier.reception.calendar.calendar).due_at


def supplement_limit(dossier: Dossier, stage: str) -> TimeLimit:
    limits = dossier.definition.process.limits
    return (limits.supplement_at_intake if stage == "intake" else None) or limits.supplement or UNPUBLISHED


def payment_due(dossier: Dossier, at: datetime) -> datetime:
    """Until when a payment asked for in the middle is waited for; 15 working days where nothing is said."""
    limit = dossier.definition.process.limits.payment or UNPUBLISHED
    return working_time.deadline(at, limit, dossier.reception.calendar.calendar).due_at


# What every date rests on -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Basis:
    """All that one date of a dossier was counted from, but the calendar's version; `due_at` is the date as it is kept.

    The clock began at one of `starts`. `counted_at` is when the date was counted last, as far as the rows tell.
    """

    kind: str  # settlement, intake, step, consultation, supplement, payment
    name: str
    starts: tuple[datetime, ...]
    limit: TimeLimit
    unit: Agency  # whose calendar counts
    due_at: datetime
    law: str
    key: int = 0  # of the step, the consultation or the request
    pauses: tuple[Span, ...] = field(default=())

    @property
    def counted_at(self) -> datetime:
        return max([*self.starts, *(ends for _begins, ends in self.pauses)])

    def by(self, calendar: Calendar, start: datetime) -> Deadline:
        pauses = [(max(begins, start), ends) for begins, ends in self.pauses if ends > start]
        return working_time.deadline(start, self.limit, calendar, pauses)

    def counted(self) -> Deadline | None:
        """How the date that is kept was counted: under the version in force then, else under the one that gives it.

        None when no version of the unit's calendars gives it, so that it was set in another way.
        """
        for row in _calendars_of(self.unit, self.counted_at):
            for calendar in row.as_known(self.counted_at):
                for start in self.starts:
                    found = self.by(calendar, start)
                    if found.due_at == self.due_at:
                        return found
        return None

    def explain(self) -> list[str]:
        """How the date came about, a sentence a line; what can be said of one that no calendar gives."""
        found = self.counted()
        if found is not None:
            before = tuple(pause for pause in found.pauses if pause[0] < found.due_at)
            return working_time.explain(_with_pauses(found, before), self.law)
        words = {"start": shown.moment(self.starts[0]), "due": shown.moment(self.due_at)}
        return [
            _("Thời hạn: %(limit)s.") % {"limit": self.limit},
            _("Bắt đầu: %(start)s.") % words,
            _("Hạn %(due)s được ấn định riêng cho hồ sơ này, không tính tự động theo lịch làm việc.") % words,
        ]


def _with_pauses(found: Deadline, pauses: tuple[Span, ...]) -> Deadline:
    return found if found.pauses == pauses else replace(found, pauses=pauses)


def _calendars_of(unit: Agency, at: datetime) -> Iterator[WorkingCalendar]:
    """The calendar by which a unit worked at a moment, then those that it got since."""
    if unit.calendar_since is None or unit.calendar_since <= at:
        yield unit.calendar
        return
    since = CalendarChange.objects.filter(came_from__has_key=str(unit.pk), kept_at__gt=at).order_by("kept_at")
    for change in since[:5]:
        yield WorkingCalendar.objects.get(pk=change.came_from[str(unit.pk)])
    yield unit.calendar


def settlement_basis(dossier: Dossier) -> Basis | None:
    """Of the date on which the result is due, before any apology moved it; None while the clock has not begun."""
    due_at = dossier.due_before_extension or dossier.due_at
    if dossier.clock_started_at is None or due_at is None:
        return None
    decision = dossier.definition.record.decision
    law = _("thời hạn công bố của thủ tục %(number)s") % {"number": dossier.definition.record.number}
    if decision and decision.number:
        law += _(", Quyết định số %(number)s") % {"number": decision.number}
        law += _(" ngày %(day)s") % {"day": day(decision.issued_on)} if decision.issued_on else ""
    return Basis(
        "settlement", _("Hẹn trả kết quả"), (dossier.clock_started_at,), time_limit(dossier) or UNPUBLISHED,
        dossier.agency, due_at, law, pauses=tuple(_pauses(dossier)),
    )  # fmt: skip


def intake_basis(dossier: Dossier, came_at: datetime) -> Basis | None:
    """Of the answer to a filing, or to what was added to it at `came_at`."""
    hours = dossier.definition.process.intake_hours
    if dossier.intake_due_at is None or not hours:
        return None
    return Basis(
        "intake", _("Hạn phản hồi tiếp nhận"), (came_at,), TimeLimit(hours, "hours"), dossier.reception,
        dossier.intake_due_at, _("Nghị định 45/2020/NĐ-CP và quy trình nội bộ của thủ tục"),
    )  # fmt: skip


def task_basis(dossier: Dossier, task: Task) -> Basis | None:
    """Of a step; None for one that the procedure does not know."""
    step = next((one for one in dossier.definition.process.steps if one.id == task.step_id), None)
    if step is None or not step.hours:
        return None
    starts = [task.started_at]  # a step that waited for the fee began anew with the clock
    if dossier.clock_started_at and dossier.clock_started_at > task.started_at:
        starts.append(dossier.clock_started_at)
    return Basis(
        "step", task.name, tuple(starts), TimeLimit(step.hours, "hours"), task.agency, task.due_at,
        _law_of_process(dossier), task.pk, tuple(_pauses(dossier)),
    )  # fmt: skip


def consultation_basis(dossier: Dossier, asked: Consultation) -> Basis | None:
    """Of an opinion; who asked beside the procedure gave as many working hours as lie between asking and date."""
    steps = dossier.definition.process.steps
    hours = [one.hours for step in steps for one in step.consults if one.id == asked.consult_id]
    law = _law_of_process(dossier) if hours else _("thời hạn do đơn vị lấy ý kiến đặt ra")
    if not hours:
        calendar = asked.agency.calendar.in_force(asked.asked_at)
        hours = [round(working_time.working_hours_between(asked.asked_at, asked.due_at, calendar, _pauses(dossier)))]
    if hours[0] < 1:
        return None
    return Basis(
        "consultation", _("Hạn cho ý kiến"), (asked.asked_at,), TimeLimit(hours[0], "hours"), asked.agency,
        asked.due_at, law, asked.pk, tuple(_pauses(dossier)),
    )  # fmt: skip


def supplement_basis(dossier: Dossier, request: SupplementRequest) -> Basis:
    limit = supplement_limit(dossier, request.stage)
    return Basis(
        "supplement", _("Hạn bổ sung"), (request.requested_at,), limit, dossier.reception, request.due_at,
        _law_of_process(dossier), request.pk,
    )  # fmt: skip


def payment_basis(dossier: Dossier) -> Basis | None:
    """Of a payment that was asked for in the middle; None when none is waited for."""
    if dossier.payment_due_at is None or dossier.paused_at is None:
        return None
    limit = dossier.definition.process.limits.payment or UNPUBLISHED
    return Basis(
        "payment", _("Hạn nộp phí, lệ phí"), (dossier.paused_at,), limit, dossier.reception, dossier.payment_due_at,
        _law_of_process(dossier),
    )  # fmt: skip


def _law_of_process(dossier: Dossier) -> str:
    return _("quy trình nội bộ của thủ tục %(number)s") % {"number": dossier.definition.record.number}


def came_at(dossier: Dossier) -> datetime | None:
    """When a filing that waits for its answer came, or was last added to (at most one query)."""
    if dossier.submitted_at is None:
        return None
    answered = [one.answered_at for one in dossier.supplements.all() if one.answered_at]
    return max([dossier.submitted_at, *answered])


def explain_current(dossier: Dossier) -> list[str]:
    """How the date came about for which a dossier waits in its state, a sentence a line (at most one query).

    Empty where none is waited for. The dossier comes with the calendars of its units.
    """
    basis: Basis | None = None
    if dossier.state == State.SUBMITTED and (came := came_at(dossier)):
        basis = intake_basis(dossier, came)
    elif dossier.state == State.SUPPLEMENT_REQUESTED:
        asked = [one for one in dossier.supplements.all() if one.closed_at is None]
        basis = supplement_basis(dossier, asked[0]) if asked else None
    elif dossier.state == State.PAYMENT_REQUESTED:
        basis = payment_basis(dossier)
    else:
        basis = settlement_basis(dossier)
        return basis.explain() + explain_extension(dossier) if basis else []
    return basis.explain() if basis else []


def explain_extension(dossier: Dossier) -> list[str]:
    """That an apology moved the date, a line; empty when none did."""
    if dossier.due_before_extension is None or dossier.due_at is None:
        return []
    words = {"old": shown.moment(dossier.due_before_extension), "new": shown.moment(dossier.due_at)}
    return [_("Đã xin lỗi và hẹn lại: từ %(old)s sang %(new)s.") % words]

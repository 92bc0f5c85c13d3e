"""What is wrong with process.yaml: steps that nobody reaches or leaves, units, and hours that the law does not give."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from motcua.foundation.working_time import HOURS_PER_DAY
from motcua.procedures.checks.common import AGENCY, check_agency, check_ids
from motcua.procedures.checks.kinds import near
from motcua.procedures.checks.rules import Rules
from motcua.procedures.expressions import BadExpression, ExpressionFailed, expression
from motcua.procedures.parts import END, Channel, Fees, Process, Record, Step
from motcua.procedures.shape import Path, Reader


def check_process(process: Process, fees: Fees, rules: Rules, reader: Reader) -> None:
    if process.intake_hours < 1:
        reader.add(("intake_hours",), _("Số giờ tiếp nhận phải từ 1."), _("Vui lòng ghi intake_hours: 8."))
    if process.limits.supplement_times < 0:
        reader.add(
            ("limits", "supplement_times"),
            _("Số lần yêu cầu bổ sung không thể âm."),
            _("Vui lòng ghi từ 0 trở lên."),
        )
    if process.limits.extension_times < 0:
        reader.add(
            ("limits", "extension_times"),
            _("Số lần xin lỗi, hẹn lại không thể âm."),
            _("Vui lòng ghi từ 0 trở lên."),
        )
    check_ids(reader, ("steps",), [step.id for step in process.steps])
    known = [step.id for step in process.steps]
    for place, step in enumerate(process.steps):
        _step(step, known, fees, rules, reader, ("steps", place))
    _reach(process, reader)


def _step(step: Step, known: Sequence[str], fees: Fees, rules: Rules, reader: Reader, path: Path) -> None:
    if step.hours < 1:
        reader.add((*path, "hours"), _("Số giờ của bước phải từ 1."), _("Vui lòng sửa lại số giờ."))
    if step.unit and step.unit not in ("agency", "reception") and not AGENCY.fullmatch(step.unit):
        reader.add(
            (*path, "unit"),
            _("Đơn vị «%(unit)s» không dùng được.") % {"unit": step.unit},
            _("Vui lòng ghi agency, reception hoặc mã cơ quan như H34.12."),
        )
    rules.condition(step.when, reader, (*path, "when"))
    if not step.outcomes:
        reader.add(
            path, _("Bước «%(step)s» không có lối ra.") % {"step": step.id}, _("Vui lòng ghi outcomes.")
        )
    check_ids(reader, (*path, "outcomes"), [outcome.id for outcome in step.outcomes])
    for number, outcome in enumerate(step.outcomes):
        if outcome.to and outcome.to != END and outcome.to not in known:
            reader.add(
                (*path, "outcomes", number, "to"),
                _("Không có bước «%(step)s».") % {"step": outcome.to},
                near(outcome.to, [*known, END]),
            )
    _consultations(step, rules, reader, path)
    if "opinions" in step.needs and not step.consults:
        reader.add(
            (*path, "needs"),
            _("Bước «%(step)s» chờ ý kiến nhưng không lấy ý kiến của đơn vị nào.") % {"step": step.id},
            _("Vui lòng ghi consults hoặc xóa opinions."),
        )
    if "fee_paid" in step.needs and not fees.lines:
        reader.add(
            (*path, "needs"),
            _("Bước «%(step)s» chờ nộp phí nhưng fees.yaml không có khoản thu nào.") % {"step": step.id},
            _("Vui lòng ghi khoản thu hoặc xóa fee_paid."),
        )


def _consultations(step: Step, rules: Rules, reader: Reader, path: Path) -> None:
    check_ids(reader, (*path, "consults"), [asked.id for asked in step.consults])
    for number, asked in enumerate(step.consults):
        where: Path = (*path, "consults", number)
        check_agency(reader, (*where, "unit"), asked.unit)
        rules.condition(asked.when, reader, (*where, "when"))
        if asked.hours < 1:
            reader.add((*where, "hours"), _("Số giờ trả lời phải từ 1."), _("Vui lòng sửa lại số giờ."))
        elif asked.hours > step.hours > 0:
            reader.add(
                (*where, "hours"),
                _("Đơn vị được hỏi có %(asked)d giờ, nhiều hơn %(hours)d giờ của chính bước này.")
                % {"asked": asked.hours, "hours": step.hours},
                _("Vui lòng giảm số giờ trả lời hoặc tăng số giờ của bước."),
            )


# The way through ----------------------------------------------------------------------------------------------


def _reach(process: Process, reader: Reader) -> None:
    """Every step must be reachable from the first, and the end from every step, also along first outcomes alone."""
    if not process.steps:
        return
    leads = {step.id: {outcome.to for outcome in step.outcomes} for step in process.steps}
    reachable = _closure({process.steps[0].id}, leads)
    backwards: dict[str, set[str]] = {}
    for id, targets in leads.items():
        for target in targets:
            backwards.setdefault(target, set()).add(id)
    ending = _closure({END}, backwards)
    never_ends = False
    for place, step in enumerate(process.steps):
        if step.id not in reachable:
            reader.add(
                ("steps", place),
                _("Không có lối nào dẫn đến bước «%(step)s».") % {"step": step.id},
                _("Vui lòng thêm một kết quả dẫn đến bước này hoặc xóa bước."),
            )
        elif step.id not in ending:
            never_ends = True
            reader.add(
                ("steps", place),
                _("Từ bước «%(step)s» không có lối nào đến khi kết thúc.") % {"step": step.id},
                _("Vui lòng thêm một kết quả dẫn đến end."),
            )
    last = straight_way(process)[-1]
    known = {step.id for step in process.steps}
    if not never_ends and last.outcomes and last.outcomes[0].to in known:
        reader.add(
            ("steps", process.steps.index(last), "outcomes", 0, "to"),
            _("Đi theo kết quả đầu tiên của mỗi bước thì từ bước «%(step)s» quay lại mãi.") % {"step": last.id},
            _("Vui lòng ghi kết quả đi tiếp trước, kết quả trả lại sau."),
        )


def _closure(start: set[str], leads: Mapping[str, Iterable[str]]) -> set[str]:
    reached, waiting = set(start), list(start)
    while waiting:
        for target in leads.get(waiting.pop(), ()):
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    return reached


def straight_way(process: Process) -> list[Step]:
    """The steps in the order in which a dossier passes them when each ends with its first outcome."""
    by_id = {step.id: step for step in process.steps}
    way: list[Step] = []
    step = process.steps[0] if process.steps else None
    while step is not None and step not in way:
        way.append(step)
        step = by_id.get(step.outcomes[0].to) if step.outcomes else None
    return way


# Hours --------------------------------------------------------------------------------------------------------


def check_hours(record: Record, process: Process, reader: Reader) -> None:
    """The straight way through the process must not take longer than the law allows, in none of the cases."""
    for case, channels in _cases(record):
        hours = sum(step.hours for step in straight_way(process) if _may_come(step, case))
        for row in channels:
            limit = row.time_limit
            if limit is None or limit.unit not in ("working_days", "hours"):
                continue
            allowed = limit.amount * (HOURS_PER_DAY if limit.unit == "working_days" else 1)
            if hours > allowed:
                message = _(
                    "Các bước cần %(hours)d giờ làm việc, dài hơn thời hạn %(allowed)d giờ của kênh %(channel)s."
                ) % {"hours": hours, "allowed": allowed, "channel": row.channel}
                if case:
                    message += " " + _("(Trường hợp «%(case)s».)") % {"case": case}
                reader.add(("steps",), message, _("Vui lòng giảm số giờ của các bước."))
                break


def _cases(record: Record) -> list[tuple[str, Sequence[Channel]]]:
    if not record.scenarios:
        return [("", record.channels)]
    return [(case.id, case.channels or record.channels) for case in record.scenarios]


def _may_come(step: Step, case: str) -> bool:
    """Whether a step is on the way in this case, as far as the case alone decides."""
    if not step.when:
        return True
    try:
        compiled = expression(step.when)
        return compiled.names != {"scenario"} or compiled.value({"scenario": case}) is not False
    except (BadExpression, ExpressionFailed):
        return True

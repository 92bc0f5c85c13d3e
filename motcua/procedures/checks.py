"""What the shapes alone cannot say about a package: references, rules, and what the law wants published.

Each function looks at one part and notes every mistake with its reader, which knows the lines.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from motcua.foundation.working_time import HOURS_PER_DAY
from motcua.procedures.answers import empty_value, sample_values
from motcua.procedures.expressions import RESERVED, BadExpression, ExpressionFailed, expression
from motcua.procedures.parts import END, FeeLine, Fees, Field, Form, Process, Record
from motcua.procedures.shape import Path, Reader

NUMBER = re.compile(r"[1-9]\.[0-9]{6}")
_ID = re.compile(r"[a-z][a-z0-9_]{0,59}")
_AGENCY = re.compile(r"[A-Z][0-9]{2}(\.[0-9A-Z]{1,6}){0,4}")
_PREFILL = (
    "applicant.name", "applicant.address", "applicant.phone", "applicant.email", "applicant.tax_code",
    "applicant.citizen_id", "representative.name", "representative.title",
)  # fmt: skip
_MANDATORY = {  # Decree 63/2010/NĐ-CP, article 8, and what filing here needs besides
    "decision": "quyết định công bố",
    "type": "loại thủ tục",
    "administrative_level": "cấp thực hiện",
    "subjects": "đối tượng thực hiện",
    "sequence": "trình tự thực hiện",
    "channels": "cách thức thực hiện",
    "components": "thành phần hồ sơ",
    "results": "kết quả thực hiện",
    "legal_basis": "căn cứ pháp lý",
    "summary": "mô tả ngắn",
}
_TEXTUAL = ("text", "long_text", "email", "phone", "citizen_id", "tax_code", "address")
_ALLOWED = {  # keys that only some types of field have
    "max_length": _TEXTUAL,
    "options": ("choice", "choices"),
    "min": ("number", "money"),
    "max": ("number", "money"),
    "decimals": ("number",),
    "not_after": ("date",),
    "not_before": ("date",),
    "max_age_months": ("date",),
    "columns": ("table",),
    "min_rows": ("table",),
    "max_rows": ("table",),
}


def check(
    record: Record,
    form: Form,
    fees: Fees,
    process: Process,
    readers: Mapping[str, Reader],
    folder: str,
    absent: Collection[str],
) -> None:
    """Note with its reader every mistake in the meaning of the four files of one folder."""
    _record(record, readers["procedure.yaml"], folder)
    _components(record, form, readers["procedure.yaml"])
    _form(form, readers["form.yaml"])
    _fees(fees, form, readers["fees.yaml"])
    _process(process, readers["process.yaml"])
    _unverified(record, {"form": form, "fees": fees, "process": process}, readers["procedure.yaml"])
    if record.kind == "filed_here":
        for name in sorted(set(absent) - {"procedure.yaml"}):
            readers[name].add(
                (),
                _("Thiếu tệp này."),
                _("Thủ tục nộp tại đây (kind: filed_here) cần đủ form.yaml, fees.yaml và process.yaml."),
            )
        _filing(record, process, readers, absent)


# procedure.yaml -----------------------------------------------------------------------------------------------


def _record(record: Record, reader: Reader, folder: str) -> None:
    if record.format != 2:
        reader.add(("format",), _("Không đọc được định dạng này."), _("Vui lòng ghi format: 2."))
    if record.number and not NUMBER.fullmatch(record.number):
        reader.add(
            ("number",),
            _("Mã thủ tục «%(number)s» không đúng dạng.") % {"number": record.number},
            _('Vui lòng ghi mã gồm 7 chữ số có dấu chấm, trong ngoặc kép, ví dụ "2.001207".'),
        )
    elif record.number and folder != record.number:
        reader.add(
            ("number",),
            _("Mã thủ tục «%(number)s» khác tên thư mục «%(folder)s».")
            % {"number": record.number, "folder": folder},
            _("Vui lòng đặt tên thư mục đúng bằng mã thủ tục."),
        )
    _kind(record, reader)
    if record.service_level == "partial" and not record.partial_reason:
        reader.add(
            ("service_level",),
            _("Dịch vụ công một phần phải nêu lý do."),
            _("Vui lòng ghi partial_reason: vì sao chưa thực hiện được toàn trình."),
        )
    _agencies(record, reader)
    _periods(record, reader)
    _unique(reader, ("subjects",), record.subjects, _("đối tượng"))
    _unique(reader, ("channels",), [row.channel for row in record.channels], _("kênh"))
    _ids(reader, ("results",), [result.id for result in record.results])
    _unique(reader, ("legal_basis",), [basis.number for basis in record.legal_basis], _("văn bản"))
    for place, number in enumerate(record.related):
        if not NUMBER.fullmatch(number) or number == record.number:
            reader.add(
                ("related", place),
                _("Thủ tục liên quan «%(number)s» không dùng được.") % {"number": number},
                _('Vui lòng ghi mã của một thủ tục khác, ví dụ "2.001209".'),
            )
    if record.copies_of_dossier < 1:
        reader.add(("copies_of_dossier",), _("Số bộ hồ sơ phải từ 1."), _("Vui lòng sửa lại số bộ hồ sơ."))


def _kind(record: Record, reader: Reader) -> None:
    elsewhere = record.elsewhere
    if record.kind == "filed_elsewhere" and (elsewhere is None or not elsewhere.url):
        reader.add(
            ("kind",),
            _("Thủ tục nộp ở hệ thống khác phải có địa chỉ của hệ thống đó."),
            _("Vui lòng ghi elsewhere: {name: …, url: https://…}."),
        )
    if elsewhere and elsewhere.url and not re.fullmatch(r"https?://[^\s/]+\.[^\s]+", elsewhere.url):
        reader.add(
            ("elsewhere", "url"),
            _("Địa chỉ «%(url)s» không đúng dạng.") % {"url": elsewhere.url},
            _("Vui lòng ghi địa chỉ đầy đủ, bắt đầu bằng https://."),
        )
    if elsewhere and record.kind != "filed_elsewhere":
        reader.add(
            ("elsewhere",),
            _("Mục elsewhere chỉ dùng khi thủ tục nộp ở hệ thống khác."),
            _("Vui lòng ghi kind: filed_elsewhere hoặc xóa mục này."),
        )


def _agencies(record: Record, reader: Reader) -> None:
    agencies = record.agencies
    if not agencies.implementing:
        reader.add(
            ("agencies",),
            _("Chưa ghi cơ quan thực hiện."),
            _("Vui lòng ghi ít nhất một mã cơ quan ở implementing, ví dụ [H34.12]."),
        )
    lists = {
        "implementing": agencies.implementing,
        "competent": agencies.competent,
        "delegated": agencies.delegated,
        "cooperating": agencies.cooperating,
        "reception": (agencies.reception,) if agencies.reception else (),
    }
    for name, codes in lists.items():
        for place, code in enumerate(codes):
            if not _AGENCY.fullmatch(code):
                reader.add(
                    ("agencies", name, place),
                    _("Mã cơ quan «%(code)s» không đúng dạng.") % {"code": code},
                    _("Vui lòng ghi mã định danh như H34.12."),
                )


def _periods(record: Record, reader: Reader) -> None:
    validity = record.validity
    if validity.from_ and validity.to and validity.to < validity.from_:
        reader.add(
            ("validity", "to"),
            _("Ngày hết hiệu lực đứng trước ngày có hiệu lực."),
            _("Vui lòng kiểm tra hai ngày ở mục validity."),
        )


def _filing(record: Record, process: Process, readers: Mapping[str, Reader], absent: Collection[str]) -> None:
    """What a procedure that is filed here must have."""
    reader = readers["procedure.yaml"]
    for key, words in _MANDATORY.items():
        if not getattr(record, key) and key not in record.unverified:
            reader.add(
                (),
                _("Thiếu mục bắt buộc «%(key)s» (%(words)s).") % {"key": key, "words": words},
                _("Vui lòng bổ sung; nếu chưa xác minh được, ghi tên mục vào unverified."),
            )
    for place, row in enumerate(record.channels):
        if row.time_limit is None:
            reader.add(
                ("channels", place),
                _("Kênh nộp hồ sơ chưa có thời hạn giải quyết."),
                _("Vui lòng ghi time_limit: {amount: …, unit: working_days}."),
            )
    online = any(row.channel == "online" for row in record.channels)
    if record.channels and record.service_level != "information" and not online:
        reader.add(
            ("channels",),
            _("Dịch vụ công trực tuyến nhưng không có kênh online."),
            _("Vui lòng thêm kênh online hoặc ghi service_level: information."),
        )
    if not record.agencies.reception:
        reader.add(
            ("agencies",),
            _("Chưa ghi nơi tiếp nhận hồ sơ."),
            _("Vui lòng ghi reception: mã của bộ phận một cửa, ví dụ H34.01."),
        )
    if "process.yaml" not in absent:
        _hours(record, process, readers["process.yaml"])


def _hours(record: Record, process: Process, reader: Reader) -> None:
    """The straight way through the process must not take longer than the law allows."""
    hours = sum(step.hours for step in straight_way(process))
    for row in record.channels:
        limit = row.time_limit
        if limit is None or limit.unit not in ("working_days", "hours"):
            continue
        allowed = limit.amount * (HOURS_PER_DAY if limit.unit == "working_days" else 1)
        if hours > allowed:
            reader.add(
                ("steps",),
                _(
                    "Các bước cần %(hours)d giờ làm việc, dài hơn thời hạn %(allowed)d giờ của kênh %(channel)s."
                )
                % {"hours": hours, "allowed": allowed, "channel": row.channel},
                _("Vui lòng giảm số giờ của các bước."),
            )
            return


# Components ---------------------------------------------------------------------------------------------------


def _components(record: Record, form: Form, reader: Reader) -> None:
    _ids(reader, ("components",), [component.id for component in record.components])
    for place, component in enumerate(record.components):
        path: Path = ("components", place)
        if component.originals < 0 or component.copies < 0:
            reader.add(path, _("Số bản không thể âm."), _("Vui lòng sửa lại originals và copies."))
        if not component.form and component.originals + component.copies < 1:
            reader.add(
                path,
                _("Giấy tờ «%(name)s» không yêu cầu bản nào.") % {"name": component.name},
                _("Vui lòng ghi originals hoặc copies từ 1."),
            )
        if component.form and not form.sections:
            reader.add(
                (*path, "form"),
                _("Giấy tờ này dựa vào tờ khai, nhưng form.yaml chưa có tờ khai."),
                _("Vui lòng bổ sung form.yaml hoặc ghi form: false."),
            )
        if component.when:
            _condition(component.when, form, reader, (*path, "when"), extra={"channel": "online"})


def _unverified(record: Record, files: Mapping[str, Any], reader: Reader) -> None:
    """Each path must lead somewhere; list items are named by place or id."""
    for place, path in enumerate(record.unverified):
        names = re.findall(r"[^.\[\]]+", path)
        root: Any = record
        if names and names[0] in files:
            root, names = files[names[0]], names[1:]
        if not _leads_somewhere(root, names):
            reader.add(
                ("unverified", place),
                _("Không có mục «%(path)s».") % {"path": path},
                _("Vui lòng ghi tên mục như sector.code, components.don_de_nghi hoặc fees.account."),
            )


def _leads_somewhere(root: Any, names: Sequence[str]) -> bool:
    for name in names:
        if isinstance(root, tuple):
            by_place = name.isdecimal() and int(name) < len(root)
            found = [part for part in root if name in (getattr(part, "id", None), getattr(part, "code", None),
                     getattr(part, "number", None), getattr(part, "channel", None), part)]  # fmt: skip
            if not by_place and not found:
                return False
            root = root[int(name)] if by_place else found[0]
        elif root is None:
            return True  # the whole group is still missing
        else:
            attribute = "from_" if name == "from" else name
            if attribute not in getattr(type(root), "__dataclass_fields__", {}):
                return False
            root = getattr(root, attribute)
    return True


# form.yaml ----------------------------------------------------------------------------------------------------


def _form(form: Form, reader: Reader) -> None:
    _ids(reader, ("sections",), [section.id for section in form.sections])
    seen: dict[str, int] = {}
    for place, section in enumerate(form.sections):
        if not section.fields:
            reader.add(
                ("sections", place),
                _("Phần này chưa có trường nào."),
                _("Vui lòng thêm trường hoặc xóa phần."),
            )
        for number, field in enumerate(section.fields):
            path: Path = ("sections", place, "fields", number)
            _id(reader, path, field.id, seen)
            _field(field, form, reader, path)
    _circles(form, reader)
    for place, rule in enumerate(form.checks):
        _condition(rule.rule, form, reader, ("checks", place, "rule"), extra={"today": "2026-11-24"})
        if rule.field and rule.field not in seen:
            reader.add(
                ("checks", place, "field"),
                _("Không có trường «%(field)s».") % {"field": rule.field},
                _("Vui lòng ghi mã của một trường trong tờ khai."),
            )


def _field(field: Field, form: Form, reader: Reader, path: Path, *, in_table: bool = False) -> None:
    default = Field(id="", label="", type="text")
    for key, types in _ALLOWED.items():
        if getattr(field, key) != getattr(default, key) and field.type and field.type not in types:
            reader.add(
                (*path, key),
                _("Mục «%(key)s» không dùng cho trường kiểu %(type)s.") % {"key": key, "type": field.type},
                _("Mục này dùng cho kiểu: %(types)s.") % {"types": ", ".join(types)},
            )
    if field.type in ("choice", "choices"):
        if not field.options:
            reader.add(
                path, _("Trường chọn chưa có lựa chọn."), _("Vui lòng ghi options: [{value: …, label: …}].")
            )
        _unique(reader, (*path, "options"), [option.value for option in field.options], _("giá trị"))
    _bounds(field, reader, path)
    if field.prefill and (field.prefill not in _PREFILL or in_table):
        reader.add(
            (*path, "prefill"),
            _("Không điền sẵn được từ «%(source)s» ở đây.") % {"source": field.prefill},
            _("Các nguồn được dùng, ngoài bảng: %(sources)s.") % {"sources": ", ".join(_PREFILL)},
        )
    if field.when and in_table:
        reader.add(
            (*path, "when"),
            _("Cột của bảng không có điều kiện riêng."),
            _("Vui lòng đặt when ở trường bảng."),
        )
    elif field.when:
        _condition(field.when, form, reader, (*path, "when"))
    if field.type == "table":
        _table(field, form, reader, path, in_table=in_table)


def _bounds(field: Field, reader: Reader, path: Path) -> None:
    wrong = (
        (field.min is not None and field.max is not None and field.min > field.max)
        or (field.max_length is not None and field.max_length < 1)
        or (field.max_rows is not None and field.max_rows < max(field.min_rows, 1))
        or field.min_rows < 0
        or not 0 <= field.decimals <= 6
        or (field.max_age_months is not None and field.max_age_months < 1)
    )
    if wrong:
        reader.add(
            path,
            _("Giới hạn của trường này mâu thuẫn nhau."),
            _("Vui lòng kiểm tra các số nhỏ nhất, lớn nhất."),
        )
    for key, bound in (("not_after", field.not_after), ("not_before", field.not_before)):
        if bound and bound != "today" and not _is_date(bound):
            reader.add(
                (*path, key),
                _("Giới hạn ngày «%(bound)s» không đúng dạng.") % {"bound": bound},
                _("Vui lòng ghi today hoặc một ngày như 2026-11-24."),
            )


def _table(field: Field, form: Form, reader: Reader, path: Path, *, in_table: bool) -> None:
    if in_table:
        reader.add(path, _("Bảng không thể nằm trong bảng."), _("Vui lòng tách thành một trường khác."))
        return
    if not field.columns:
        reader.add(path, _("Bảng chưa có cột."), _("Vui lòng ghi columns."))
    seen: dict[str, int] = {}
    for number, column in enumerate(field.columns):
        place: Path = (*path, "columns", number)
        _id(reader, place, column.id, seen)
        _field(column, form, reader, place, in_table=True)


def _circles(form: Form, reader: Reader) -> None:
    """A field's condition may not depend, through others, on the field itself."""
    paths: dict[str, Path] = {}
    needs: dict[str, frozenset[str]] = {}
    for place, section in enumerate(form.sections):
        for number, field in enumerate(section.fields):
            paths[field.id] = ("sections", place, "fields", number, "when")
            try:
                needs[field.id] = expression(field.when).names if field.when else frozenset()
            except BadExpression:
                needs[field.id] = frozenset()
    for id, names in needs.items():
        reached: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += needs.get(name, ())
        if id in reached:
            reader.add(
                paths[id],
                _("Điều kiện của trường «%(field)s» phụ thuộc vào chính nó.") % {"field": id},
                _("Vui lòng viết lại điều kiện theo các trường đứng trước."),
            )


# fees.yaml ----------------------------------------------------------------------------------------------------


def _fees(fees: Fees, form: Form, reader: Reader) -> None:
    _unique(reader, ("lines",), [line.code for line in fees.lines], _("mã khoản thu"))
    for place, line in enumerate(fees.lines):
        _fee_line(line, form, reader, ("lines", place))
    account = fees.account
    if fees.lines and account is None:
        reader.add(
            (),
            _("Có khoản thu nhưng chưa ghi tài khoản."),
            _("Vui lòng ghi account: {number, bank, holder}."),
        )
    if account and not (account.number and account.bank and account.holder):
        reader.add(("account",), _("Tài khoản chưa đủ thông tin."), _("Vui lòng ghi number, bank và holder."))
    if account and account.bin and not re.fullmatch(r"[0-9]{6}", account.bin):
        reader.add(
            ("account", "bin"), _("Mã ngân hàng gồm 6 chữ số."), _('Vui lòng ghi lại, ví dụ "970436".')
        )


def _fee_line(line: FeeLine, form: Form, reader: Reader, path: Path) -> None:
    extra = {"channel": "online"}
    if (line.amount is None) == (not line.formula):
        reader.add(
            path,
            _("Khoản thu «%(code)s» phải có đúng một trong hai: amount hoặc formula.") % {"code": line.code},
            _("Vui lòng ghi số tiền (đồng) hoặc công thức."),
        )
    if line.amount is not None and line.amount < 0:
        reader.add((*path, "amount"), _("Số tiền không thể âm."), _("Vui lòng sửa lại số tiền."))
    if line.when:
        _condition(line.when, form, reader, (*path, "when"), extra=extra)
    if line.formula:
        for value in _try(line.formula, form, reader, (*path, "formula"), extra):
            if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                reader.add(
                    (*path, "formula"),
                    _("Công thức cho kết quả «%(value)s», không phải số tiền.") % {"value": value},
                    _("Công thức phải cho một số đồng, từ 0 trở lên."),
                )
                break


# process.yaml -------------------------------------------------------------------------------------------------


def _process(process: Process, reader: Reader) -> None:
    if process.intake_hours < 1:
        reader.add(("intake_hours",), _("Số giờ tiếp nhận phải từ 1."), _("Vui lòng ghi intake_hours: 8."))
    known = {step.id for step in process.steps}
    _ids(reader, ("steps",), [step.id for step in process.steps])
    for place, step in enumerate(process.steps):
        path: Path = ("steps", place)
        if step.hours < 1:
            reader.add((*path, "hours"), _("Số giờ của bước phải từ 1."), _("Vui lòng sửa lại số giờ."))
        if not step.outcomes:
            reader.add(
                path, _("Bước «%(step)s» không có lối ra.") % {"step": step.id}, _("Vui lòng ghi outcomes.")
            )
        _ids(reader, (*path, "outcomes"), [outcome.id for outcome in step.outcomes])
        for number, outcome in enumerate(step.outcomes):
            if outcome.to and outcome.to != END and outcome.to not in known:
                reader.add(
                    (*path, "outcomes", number, "to"),
                    _("Không có bước «%(step)s».") % {"step": outcome.to},
                    _("Các bước: %(steps)s, end.") % {"steps": ", ".join(sorted(known))},
                )
    _reach(process, reader)


def _reach(process: Process, reader: Reader) -> None:
    """Every step must be reachable from the first, and the end from every step."""
    if not process.steps:
        return
    leads = {step.id: {outcome.to for outcome in step.outcomes} for step in process.steps}
    reachable = _closure({process.steps[0].id}, leads)
    backwards: dict[str, set[str]] = {}
    for id, targets in leads.items():
        for target in targets:
            backwards.setdefault(target, set()).add(id)
    ending = _closure({END}, backwards)
    for place, step in enumerate(process.steps):
        if step.id not in reachable:
            reader.add(
                ("steps", place),
                _("Không có lối nào dẫn đến bước «%(step)s».") % {"step": step.id},
                _("Vui lòng thêm một kết quả dẫn đến bước này hoặc xóa bước."),
            )
        elif step.id not in ending:
            reader.add(
                ("steps", place),
                _("Từ bước «%(step)s» không có lối nào đến khi kết thúc.") % {"step": step.id},
                _("Vui lòng thêm một kết quả dẫn đến end."),
            )


def _closure(start: set[str], leads: Mapping[str, Iterable[str]]) -> set[str]:
    reached, waiting = set(start), list(start)
    while waiting:
        for target in leads.get(waiting.pop(), ()):
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    return reached


def straight_way(process: Process) -> list[Any]:
    """The steps in the order in which a dossier passes them when each ends with its first outcome."""
    by_id = {step.id: step for step in process.steps}
    way: list[Any] = []
    step = process.steps[0] if process.steps else None
    while step is not None and step not in way:
        way.append(step)
        step = by_id.get(step.outcomes[0].to) if step.outcomes else None
    return way


# Rules, ids, lists --------------------------------------------------------------------------------------------


def _condition(
    source: str, form: Form, reader: Reader, path: Path, extra: Mapping[str, Any] | None = None
) -> None:
    for value in _try(source, form, reader, path, extra or {}):
        if not isinstance(value, bool):
            reader.add(
                path,
                _("Điều kiện «%(rule)s» không cho kết quả đúng hoặc sai.") % {"rule": source},
                _("Vui lòng viết một phép so sánh, ví dụ loai == 'khac'."),
            )
            break


def _try(source: str, form: Form, reader: Reader, path: Path, extra: Mapping[str, Any]) -> list[Any]:
    """The expression's values without answers and with sample answers; a mistake when it cannot be computed."""
    try:
        compiled = expression(source)
    except BadExpression as mistake:
        reader.add(
            path,
            _("Quy tắc «%(rule)s» không đúng: %(reason)s.") % {"rule": source, "reason": mistake},
            _("Vui lòng sửa theo cú pháp CEL, ví dụ loai == 'khac' && so_luong > 0."),
        )
        return []
    fields = {field.id: field for field in form.fields}
    unknown = sorted(compiled.names - fields.keys() - extra.keys())
    for name in unknown:
        reader.add(
            path,
            _("Quy tắc «%(rule)s» dùng trường không có: «%(name)s».") % {"rule": source, "name": name},
            _("Vui lòng dùng mã của một trường trong form.yaml."),
        )
    if unknown:
        return []
    named = [fields[name] for name in compiled.names if name in fields]
    options = [len(part.options) for field in named for part in (field, *field.columns)]
    trials = [{field.id: empty_value(field) for field in named}]
    trials += [
        {field.id: sample_values(field, place) for field in named} for place in range(max([2, *options]))
    ]
    values = []
    for trial in trials:
        try:
            values.append(compiled.value({**extra, **trial}))
        except ExpressionFailed as failure:
            reader.add(
                path, str(failure) + ".", _("Vui lòng sửa quy tắc để tính được cả khi chưa có câu trả lời.")
            )
            return []
    return values


def _id(reader: Reader, path: Path, id: str, seen: dict[str, int]) -> None:
    line = reader.line_of((*path, "id"))
    if id and (not _ID.fullmatch(id) or id in RESERVED):
        reader.add(
            (*path, "id"),
            _("Mã «%(id)s» không dùng được.") % {"id": id},
            _(
                "Mã gồm chữ thường không dấu, chữ số và dấu _, bắt đầu bằng chữ, và không phải từ riêng của CEL."
            ),
        )
    if id in seen:
        reader.add(
            (*path, "id"),
            _("Mã «%(id)s» đã dùng ở dòng %(line)d.") % {"id": id, "line": seen[id]},
            _("Vui lòng đặt mã khác."),
        )
    if id:
        seen.setdefault(id, line)


def _ids(reader: Reader, path: Path, ids: Sequence[str]) -> None:
    seen: dict[str, int] = {}
    for place, id in enumerate(ids):
        _id(reader, (*path, place), id, seen)


def _unique(reader: Reader, path: Path, values: Sequence[str], noun: str) -> None:
    seen = set()
    for place, value in enumerate(values):
        if value and value in seen:
            reader.add(
                (*path, place),
                _("%(noun)s «%(value)s» được ghi hai lần.") % {"noun": noun.capitalize(), "value": value},
                _("Vui lòng giữ lại một lần."),
            )
        seen.add(value)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True

"""What is wrong with procedure.yaml: the public record, its cases and its papers."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from motcua.procedures.checks.common import NUMBER, check_agency, check_ids, check_known, check_unique
from motcua.procedures.checks.kinds import near
from motcua.procedures.checks.rules import Rules
from motcua.procedures.parts import Channel, Component, Form, LegalBasis, Record, Validity
from motcua.procedures.shape import Path, Reader

MANDATORY = {  # Decree 63/2010/NĐ-CP, article 8, and what filing here needs besides
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

def check_record(record: Record, reader: Reader, folder: str) -> None:
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
    if record.service_level == "partial" and not (record.partial_reason and record.partial_cause):
        reader.add(
            ("service_level",),
            _("Dịch vụ công một phần phải nêu lý do."),
            _("Vui lòng ghi partial_cause và partial_reason: vì sao chưa thực hiện được toàn trình."),
        )
    if record.service_level != "partial" and (record.partial_reason or record.partial_cause):
        reader.add(
            ("partial_reason",) if record.partial_reason else ("partial_cause",),
            _("Lý do chỉ dùng cho dịch vụ công một phần."),
            _("Vui lòng ghi service_level: partial hoặc xóa mục này."),
        )
    _agencies(record, reader)
    _period(record.validity, reader, ("validity",))
    for place, basis in enumerate(record.legal_basis):
        _period(basis, reader, ("legal_basis", place))
    check_unique(reader, ("subjects",), record.subjects, _("đối tượng"))
    check_unique(reader, ("channels",), [row.channel for row in record.channels], _("kênh"))
    check_ids(reader, ("results",), [result.id for result in record.results])
    for place, result in enumerate(record.results):
        if result.validity_months is not None and result.validity_months < 1:
            reader.add(
                ("results", place, "validity_months"),
                _("Thời hạn hiệu lực phải từ 1 tháng."),
                _("Vui lòng sửa lại, hoặc xóa mục này khi kết quả không có thời hạn."),
            )
    check_unique(reader, ("old_numbers",), record.old_numbers, _("mã cũ"))
    for place, number in enumerate(record.old_numbers):
        if number == record.number:
            reader.add(
                ("old_numbers", place),
                _("Mã cũ «%(number)s» trùng với mã thủ tục.") % {"number": number},
                _("Vui lòng xóa mã này."),
            )
    check_unique(reader, ("legal_basis",), [basis.number for basis in record.legal_basis], _("văn bản"))
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
    }
    for name, codes in lists.items():
        for place, code in enumerate(codes):
            check_agency(reader, ("agencies", name, place), code)
        check_unique(reader, ("agencies", name), codes, _("cơ quan"))
    check_agency(reader, ("agencies", "reception"), agencies.reception)


def _period(period: Validity | LegalBasis, reader: Reader, path: Path) -> None:
    if period.from_ and period.to and period.to < period.from_:
        reader.add(
            (*path, "to"),
            _("Ngày hết hiệu lực đứng trước ngày có hiệu lực."),
            _("Vui lòng kiểm tra hai ngày này."),
        )


def check_filing(record: Record, reader: Reader) -> None:
    """What the record of a procedure that is filed here must say."""
    for key, words in MANDATORY.items():
        if not getattr(record, key) and key not in record.unverified:
            reader.add(
                (),
                _("Thiếu mục bắt buộc «%(key)s» (%(words)s).") % {"key": key, "words": words},
                _("Vui lòng bổ sung; nếu chưa xác minh được, ghi tên mục vào unverified."),
            )
    _limits(record.channels, reader, ("channels",))
    for place, case in enumerate(record.scenarios):
        _limits(case.channels, reader, ("scenarios", place, "channels"))
    online = any(row.channel == "online" for row in record.channels)
    if record.channels and record.service_level != "information" and not online:
        reader.add(
            ("channels",),
            _("Dịch vụ công trực tuyến nhưng chưa có hình thức nộp trực tuyến."),
            _("Vui lòng thêm kênh online hoặc ghi service_level: information."),
        )
    if not record.agencies.reception:
        reader.add(
            ("agencies",),
            _("Chưa ghi nơi tiếp nhận hồ sơ."),
            _("Vui lòng ghi reception: mã của bộ phận một cửa, ví dụ H34.01."),
        )


def _limits(channels: Sequence[Channel], reader: Reader, path: Path) -> None:
    for place, row in enumerate(channels):
        if row.time_limit is None:
            reader.add(
                (*path, place),
                _("Kênh nộp hồ sơ chưa có thời hạn giải quyết."),
                _("Vui lòng ghi time_limit: {amount: …, unit: working_days}."),
            )


# Cases and papers ---------------------------------------------------------------------------------------------


def check_scenarios(record: Record, rules: Rules, reader: Reader) -> None:
    """Only the last case may be without a condition, and no case may be covered by those before it."""
    check_ids(reader, ("scenarios",), [case.id for case in record.scenarios])
    for place, case in enumerate(record.scenarios):
        path: Path = ("scenarios", place)
        is_last = place == len(record.scenarios) - 1
        if not case.when and not is_last:
            reader.add(
                path,
                _("Trường hợp «%(case)s» không có điều kiện nên các trường hợp sau không bao giờ được dùng.")
                % {"case": case.id},
                _("Vui lòng ghi when, hoặc chuyển trường hợp này xuống cuối."),
            )
        before = [other.when for other in record.scenarios[:place] if other.when]
        rules.condition(case.when, reader, (*path, "when"), unless=before)
        check_unique(reader, (*path, "channels"), [row.channel for row in case.channels], _("kênh"))


def check_components(record: Record, form: Form, rules: Rules, reader: Reader) -> None:
    check_ids(reader, ("components",), [component.id for component in record.components])
    groups = Counter(component.one_of for component in record.components if component.one_of)
    for place, component in enumerate(record.components):
        path: Path = ("components", place)
        _copies(component, reader, path)
        rules.condition(component.when, reader, (*path, "when"))
        cases = [case.id for case in record.scenarios]
        check_known(reader, (*path, "scenarios"), component.scenarios, cases, _("trường hợp"))
        if component.one_of and groups[component.one_of] < 2:
            reader.add(
                (*path, "one_of"),
                _("Nhóm thay thế «%(group)s» chỉ có một giấy tờ.") % {"group": component.one_of},
                _("Vui lòng ghi cùng one_of ở ít nhất hai giấy tờ, hoặc xóa mục này."),
            )
        _rows(component, form, reader, path)
        _printed(component, form, reader, path)
        for number, known in enumerate(component.replaced_by):
            if known.procedure and not NUMBER.fullmatch(known.procedure):
                reader.add(
                    (*path, "replaced_by", number, "procedure"),
                    _("Mã thủ tục «%(number)s» không đúng dạng.") % {"number": known.procedure},
                    _('Vui lòng ghi mã gồm 7 chữ số có dấu chấm, trong ngoặc kép, ví dụ "2.001207".'),
                )
        for key in ("max_age_months", "min_validity_days"):
            number_of = getattr(component, key)
            if number_of is not None and number_of < 1:
                reader.add((*path, key), _("Giới hạn này phải từ 1."), _("Vui lòng sửa lại hoặc xóa mục này."))


def _copies(component: Component, reader: Reader, path: Path) -> None:
    if component.originals < 0 or component.copies < 0:
        reader.add(path, _("Số bản không thể âm."), _("Vui lòng sửa lại originals và copies."))
    if not component.form and component.originals + component.copies < 1:
        reader.add(
            path,
            _("Giấy tờ «%(name)s» không yêu cầu bản nào.") % {"name": component.name},
            _("Vui lòng ghi originals hoặc copies từ 1."),
        )


def _rows(component: Component, form: Form, reader: Reader, path: Path) -> None:
    tables = {one.id: one for one in form.fields if one.type == "table"}
    if component.for_each and component.for_each not in tables:
        reader.add(
            (*path, "for_each"),
            _("Không có bảng «%(table)s» trong tờ khai.") % {"table": component.for_each},
            near(component.for_each, tables) if tables else _("Vui lòng thêm bảng vào form.yaml."),
        )
    elif component.for_each:
        columns = [column.id for column in tables[component.for_each].columns]
        if component.row_name and component.row_name not in columns:
            reader.add(
                (*path, "row_name"),
                _("Bảng «%(table)s» không có cột «%(column)s».")
                % {"table": component.for_each, "column": component.row_name},
                near(component.row_name, columns),
            )
    elif component.row_name:
        reader.add(
            (*path, "row_name"),
            _("Mục row_name chỉ dùng cùng for_each."),
            _("Vui lòng ghi for_each: mã của bảng, hoặc xóa mục này."),
        )


def _printed(component: Component, form: Form, reader: Reader, path: Path) -> None:
    """What the system prints from the answers."""
    if component.form and not form.sections:
        reader.add(
            (*path, "form"),
            _("Giấy tờ này dựa vào tờ khai, nhưng form.yaml chưa có tờ khai."),
            _("Vui lòng bổ sung form.yaml hoặc ghi form: false."),
        )
    for key in ("sections", "layout"):
        if getattr(component, key) and not component.form:
            reader.add(
                (*path, key),
                _("Mục %(key)s chỉ dùng cho giấy tờ in từ tờ khai.") % {"key": key},
                _("Vui lòng ghi form: true hoặc xóa mục này."),
            )
    sections = [section.id for section in form.sections]
    check_known(reader, (*path, "sections"), component.sections, sections, _("phần của tờ khai"))


def check_unverified(record: Record, files: Mapping[str, Any], reader: Reader) -> None:
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

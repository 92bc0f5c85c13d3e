"""What is wrong with fees.yaml: prices, tiers, shares, reliefs and the account."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from motcua.procedures.checks.common import check_ids, check_known, check_unique
from motcua.procedures.checks.rules import Rules
from motcua.procedures.parts import Account, FeeLine, Fees, Percent, Relief, Tier, Tiers
from motcua.procedures.shape import Path, Reader

_MORE = 1000  # percent; a share may be a surcharge


def check_fees(fees: Fees, cases: Sequence[str], rules: Rules, reader: Reader) -> None:
    check_unique(reader, ("lines",), [line.code for line in fees.lines], _("mã khoản thu"))
    for place, line in enumerate(fees.lines):
        path: Path = ("lines", place)
        _line(line, rules, reader, path)
        check_known(reader, (*path, "scenarios"), line.scenarios, cases, _("trường hợp"))
    check_ids(reader, ("reliefs",), [relief.id for relief in fees.reliefs])
    codes = [line.code for line in fees.lines]
    for place, relief in enumerate(fees.reliefs):
        _relief(relief, rules, reader, ("reliefs", place))
        check_known(reader, ("reliefs", place, "lines"), relief.lines, codes, _("khoản thu"))
    if fees.lines and fees.account is None:
        reader.add(
            (),
            _("Có khoản thu nhưng chưa ghi tài khoản."),
            _("Vui lòng ghi account: {number, bank, holder}."),
        )
    if fees.account:
        _account(fees.account, reader)


def _account(account: Account, reader: Reader) -> None:
    if not (account.number and account.bank and account.holder):
        reader.add(("account",), _("Tài khoản chưa đủ thông tin."), _("Vui lòng ghi number, bank và holder."))
    if account.bin and not re.fullmatch(r"[0-9]{6}", account.bin):
        reader.add(
            ("account", "bin"), _("Mã ngân hàng gồm 6 chữ số."), _('Vui lòng ghi lại, ví dụ "970436".')
        )


def _line(line: FeeLine, rules: Rules, reader: Reader, path: Path) -> None:
    prices = [line.amount is not None, bool(line.formula), line.percent is not None, line.tiers is not None]
    if sum(prices) != 1:
        reader.add(
            path,
            _("Khoản thu «%(code)s» phải có đúng một trong bốn: amount hoặc formula, percent, tiers.")
            % {"code": line.code},
            _("Vui lòng ghi số tiền (đồng), công thức, tỷ lệ hoặc bậc giá."),
        )
    if line.amount is not None and line.amount < 0:
        reader.add((*path, "amount"), _("Số tiền không thể âm."), _("Vui lòng sửa lại số tiền."))
    rules.condition(line.when, reader, (*path, "when"))
    if line.formula:
        words = _("Công thức phải cho một số đồng, từ 0 trở lên.")
        rules.number(line.formula, reader, (*path, "formula"), words=words)
    if line.percent:
        _percent(line.percent, rules, reader, (*path, "percent"))
    if line.tiers:
        _tiers(line.tiers, rules, reader, (*path, "tiers"))
    if line.quantity:
        words = _("Số lượng phải là một số, từ 0 trở lên.")
        rules.number(line.quantity, reader, (*path, "quantity"), words=words)
    for place, share in enumerate(line.shares):
        before = [other.when for other in line.shares[:place] if other.when]
        rules.condition(share.when, reader, (*path, "shares", place, "when"), unless=before)
        if not 0 <= share.percent <= _MORE:
            _bad_percent(reader, (*path, "shares", place, "percent"))
        if not share.when and place < len(line.shares) - 1:
            reader.add(
                (*path, "shares", place),
                _("Mức thu không có điều kiện nên các mức sau không bao giờ được dùng."),
                _("Vui lòng ghi when, hoặc chuyển mức này xuống cuối."),
            )
    if line.round_to < 1:
        reader.add((*path, "round_to"), _("Số làm tròn phải từ 1."), _("Vui lòng ghi round_to: 1000 hoặc xóa."))


def _percent(percent: Percent, rules: Rules, reader: Reader, path: Path) -> None:
    words = _("Tỷ lệ phải tính trên một số đồng, từ 0 trở lên.")
    rules.number(percent.of, reader, (*path, "of"), words=words)
    if not 0 < percent.rate <= 100:
        _bad_percent(reader, (*path, "rate"))
    least, most = percent.min_vnd, percent.max_vnd
    if (least is not None and least < 0) or (most is not None and most < (least or 0)):
        reader.add(
            path,
            _("Mức thấp nhất và cao nhất của tỷ lệ mâu thuẫn nhau."),
            _("Vui lòng kiểm tra min_vnd và max_vnd."),
        )


def _tiers(tiers: Tiers, rules: Rules, reader: Reader, path: Path) -> None:
    words = _("Bậc giá phải tính theo một số, từ 0 trở lên.")
    rules.number(tiers.of, reader, (*path, "of"), words=words)
    if not tiers.steps:
        reader.add(path, _("Chưa có bậc giá nào."), _("Vui lòng ghi steps."))
    below = 0
    for place, step in enumerate(tiers.steps):
        is_last = place == len(tiers.steps) - 1
        where: Path = (*path, "steps", place)
        _tier(step, reader, where)
        if step.up_to is None and not is_last:
            reader.add(where, _("Chỉ bậc cuối mới không có up_to."), _("Vui lòng ghi up_to cho bậc này."))
        elif step.up_to is not None and is_last:
            reader.add(
                (*where, "up_to"),
                _("Bậc cuối phải dùng cho mọi giá trị lớn hơn, nên không có up_to."),
                _("Vui lòng xóa up_to hoặc thêm một bậc cuối."),
            )
        elif step.up_to is not None and step.up_to <= below:
            reader.add(
                (*where, "up_to"),
                _("Các bậc giá phải tăng dần."),
                _("Vui lòng ghi up_to lớn hơn bậc đứng trước."),
            )
        below = step.up_to or below


def _tier(step: Tier, reader: Reader, path: Path) -> None:
    prices = [price for price in (step.amount, step.each, step.percent) if price is not None]
    if len(prices) != 1:
        reader.add(
            path,
            _("Mỗi bậc giá phải có đúng một trong ba: amount, each hoặc percent."),
            _("Vui lòng giữ lại một mục."),
        )
    if any(price < 0 for price in prices):
        reader.add(path, _("Số tiền không thể âm."), _("Vui lòng sửa lại số tiền."))


def _relief(relief: Relief, rules: Rules, reader: Reader, path: Path) -> None:
    rules.condition(relief.when, reader, (*path, "when"))
    if not 0 < relief.percent <= 100:
        _bad_percent(reader, (*path, "percent"))
    if relief.from_ and relief.to and relief.to < relief.from_:
        reader.add(
            (*path, "to"),
            _("Ngày cuối của mức giảm đứng trước ngày đầu."),
            _("Vui lòng kiểm tra hai ngày from và to."),
        )


def _bad_percent(reader: Reader, path: Path) -> None:
    reader.add(path, _("Tỷ lệ phần trăm này không dùng được."), _("Vui lòng ghi số phần trăm, ví dụ 75 hoặc 0.1."))

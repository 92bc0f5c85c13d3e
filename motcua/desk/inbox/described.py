"""The conditions of a list in words, each with the address of the list without it."""

from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from motcua.agencies.models import Agency
from motcua.desk.inbox.filters import CHANNELS, EARLY, IN_TIME, LATE, STEPS, Filters
from motcua.dossiers.models import Dossier
from motcua.dossiers.states import State
from motcua.foundation.vietnamese import day
from motcua.procedures.models import Sector


def described(filters: Filters) -> list[tuple[str, str]]:
    """(words, address without this condition) for each condition that the form does not show."""
    found = []
    for fields, words in _words(filters):
        fewer = replace(filters, view=0, **{field: getattr(Filters(), field) for field in fields})
        found.append((words, fewer.address()))
    return found


def _words(filters: Filters) -> list[tuple[list[str], str]]:
    steps = {
        "assign": _("phân công"),
        "appraise": _("thẩm định"),
        "approve": _("phê duyệt"),
        "stamp": _("cấp số, đóng dấu"),
        "return_result": _("trả kết quả"),
    }
    outcomes = {EARLY: _("trước hạn"), IN_TIME: _("đúng hạn"), LATE: _("quá hạn")}
    found: list[tuple[list[str], str]] = []
    if filters.sector:
        name = Sector.objects.filter(code=filters.sector).values_list("name", flat=True).first()
        found.append((["sector"], _("Lĩnh vực: %(name)s") % {"name": name or filters.sector}))
    for field, words in (("agency", _("Cơ quan giải quyết: %(name)s")), ("reception", _("Nơi tiếp nhận: %(name)s"))):
        if code := getattr(filters, field):
            unit = Agency.objects.filter(code=code).first()
            found.append(([field], words % {"name": unit.label if unit else code}))
    if filters.step:
        found.append((["step"], _("Đang ở bước %(step)s") % {"step": steps[STEPS[filters.step]]}))
    if filters.states:
        names = "; ".join(str(state.label) for state in State if state in filters.states)
        found.append((["states"], _("Trạng thái: %(names)s") % {"names": names}))
    if filters.channels:
        names = "; ".join(str(Dossier.Channel(CHANNELS[one]).label) for one in sorted(filters.channels))
        found.append((["channels"], _("Hình thức nộp: %(names)s") % {"names": names}))
    for name, words in [
        ("due", _("Đến hạn %(days)s")),
        ("filed", _("Nộp %(days)s")),
        ("accepted", _("Tiếp nhận %(days)s")),
        ("settled", _("Có kết quả %(days)s")),
        ("returned", _("Trả kết quả %(days)s")),
        ("stopped", _("Từ chối, rút hoặc dừng %(days)s")),
    ]:
        first, last = getattr(filters, f"{name}_from"), getattr(filters, f"{name}_to")
        if first or last:
            found.append(([f"{name}_from", f"{name}_to"], words % {"days": _days(first, last)}))
    if filters.outcome:
        found.append((["outcome"], _("Giải quyết %(how)s") % {"how": outcomes[filters.outcome]}))
    if filters.under_way_on:
        words = _("Đang giải quyết vào cuối ngày %(day)s") % {"day": day(filters.under_way_on)}
        if filters.then:
            words += _(", khi đó quá hạn") if filters.then == LATE else _(", khi đó còn trong hạn")
        found.append((["under_way_on", "then"], words))
    for field, words in [
        ("extended", _("Đã xin lỗi và gia hạn")),
        ("overtaken", _("Bị hồ sơ nộp sau vượt qua")),
        ("no_children", _("Không kể hồ sơ con")),
        ("supplemented", _("Đã yêu cầu bổ sung")),
    ]:
        if getattr(filters, field):
            found.append(([field], words))
    return found


def _days(first: date | None, last: date | None) -> str:
    if first and last:
        if first == last:
            return _("ngày %(day)s") % {"day": day(first)}
        return _("từ %(first)s đến %(last)s") % {"first": day(first), "last": day(last)}
    return _("từ %(first)s") % {"first": day(first)} if first else _("đến %(last)s") % {"last": day(last or date.min)}

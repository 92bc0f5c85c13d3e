"""A shape as inputs: for each key what it is called, what stands there, what may stand there, what is wrong."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.console.editor import conditions, ids, tree
from motcua.console.editor.conditions import Names
from motcua.console.editor.tree import Key, Path
from motcua.foundation.working_time import TimeLimit
from motcua.procedures import parts, words
from motcua.procedures.composites import part_names, sub_fields

Problems = Mapping[Path, Sequence[str]]

_ASKED = (*parts.TEXTUAL, "number", "money", "date", "year", "choice", "choices", "yes_no", "table", "place", "person",
          "organisation", "group", "file")  # fmt: skip
FOR_TYPES = {  # the keys of a question that only some types have
    "required": _ASKED,
    "personal": tuple(kind for kind in _ASKED if kind != "file"),
    "example": (*parts.TEXTUAL, "number", "money", "year"),
    "prefill": tuple(kind for kind in _ASKED if kind not in ("file", "table", "group")),
    **parts.KEYS_OF_TYPES,
}
TYPE_EXAMPLES = {  # what a type is for, where one chooses it
    "text": gettext_lazy("Công ty TNHH Đăk Hà"),
    "long_text": gettext_lazy("Mô tả, lý do, nhiều dòng"),
    "number": gettext_lazy("12 · 2,5"),
    "money": gettext_lazy("150.000 đồng"),
    "date": gettext_lazy("24/11/2026"),
    "year": gettext_lazy("2026"),
    "choice": gettext_lazy("○ Cấp mới  ● Gia hạn"),
    "choices": gettext_lazy("☑ Sản xuất  ☐ Nhập khẩu"),
    "yes_no": gettext_lazy("● Có  ○ Không"),
    "email": gettext_lazy("an@example.vn"),
    "phone": gettext_lazy("0905 123 456"),
    "citizen_id": gettext_lazy("12 chữ số"),
    "tax_code": gettext_lazy("10 hoặc 13 chữ số"),
    "address": gettext_lazy("12 Trần Phú, phường Kon Tum"),
    "place": gettext_lazy("Chọn tỉnh, xã rồi ghi số nhà"),
    "person": gettext_lazy("Họ tên, căn cước, nơi cấp…"),
    "organisation": gettext_lazy("Tên, mã số thuế, trụ sở…"),
    "table": gettext_lazy("Danh sách thiết bị, mỗi dòng một máy"),
    "group": gettext_lazy("Vài câu hỏi đi cùng nhau"),
    "file": gettext_lazy("Ảnh 3×4, bản vẽ"),
    "computed": gettext_lazy("Tổng số tiền, tính từ câu trả lời"),
    "note": gettext_lazy("Câu nhắc, không hỏi gì"),
}
_FIRST = ("name", "label", "title", "question")
_RARE: dict[type, tuple[str, ...]] = {  # keys that most never need: folded away until something stands there
    parts.Record: ("short_name", "old_numbers", "linked", "has_result", "at_one_stop", "no_boundary", "related"),
    parts.Agencies: ("delegated", "cooperating", "former"),
    parts.Component: ("id", "code", "scenarios", "one_of", "for_each", "row_name", "sections", "layout", "template",
                      "max_age_months", "min_validity_days", "replaced_by"),
    parts.Result: ("id", "code", "template", "validity_months"),
    parts.Section: ("id",),
    parts.Field: ("id", "personal", "prefill", "max_length", "example", "layout", "min_rows", "max_rows"),
    parts.FeeLine: ("code", "quantity", "shares", "round_to", "scenarios"),
    parts.Relief: ("id", "lines"),
    parts.Step: ("id", "when", "consults", "prints", "needs", "signs"),
    parts.Scenario: ("id", "sequence", "channels"),
    parts.Consultation: ("id",),
}  # fmt: skip
FEW_AGENCIES = 60  # as many can be ticked; of more the codes are written
_PRICES = ("amount", "formula", "percent", "tiers")
_WIDE = {(parts.Record, "name"), (parts.Component, "name"), (parts.LegalBasis, "title"), (parts.FeeLine, "name")}
_PREFILL = {
    "applicant.name": gettext_lazy("Tên chủ hồ sơ"),
    "applicant.address": gettext_lazy("Địa chỉ chủ hồ sơ"),
    "applicant.phone": gettext_lazy("Số điện thoại chủ hồ sơ"),
    "applicant.email": gettext_lazy("Thư điện tử chủ hồ sơ"),
    "applicant.tax_code": gettext_lazy("Mã số thuế chủ hồ sơ"),
    "applicant.citizen_id": gettext_lazy("Số định danh chủ hồ sơ"),
    "representative.name": gettext_lazy("Tên người đại diện"),
    "representative.title": gettext_lazy("Chức vụ người đại diện"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One of the items that have a page of their own, as its list shows it."""

    place: int
    title: str
    note: str
    path: str  # for the address, from the page's own
    mistakes: int


@dataclass(frozen=True)
class Control:
    """One key as the page shows it."""

    key: Key
    name: str
    label: str
    help: str
    text: str = ""
    chosen: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    pick: str = ""  # "select" or "checks" for what is chosen among what the procedure has; "suggest" for a hint list
    problems: tuple[str, ...] = ()
    reading: str = ""
    parts: tuple["Control", ...] = ()
    rows: tuple[tuple["Control", ...], ...] = ()
    items: tuple[Item, ...] = ()
    is_rare: bool = False
    is_wide: bool = False
    is_unverified: bool = False
    theirs: str = ""  # what somebody else saved here meanwhile

    @property
    def kind(self) -> str:
        return self.key.kind

    @property
    def is_name(self) -> bool:
        """Whether this is the name by which others speak of the part."""
        return tree.NAMING.get(self.key.shape) == self.key.key

    @property
    def is_filled(self) -> bool:
        """Whether something stands here that is not at its default."""
        at_default = self.text in ("", _text(self.key, None), "yes" if self.key.default is True else "")
        return bool(self.items or self.rows or self.chosen) or any(one.is_filled for one in self.parts) or not at_default

    @property
    def id(self) -> str:
        return self.name.replace(".", "-")

    @property
    def problem(self) -> str:
        return " ".join(self.problems)


@dataclass(frozen=True)
class Look:
    """What controls are made from: the whole content, its mistakes, and what is known from elsewhere."""

    content: Any
    problems: Problems = field(default_factory=dict)
    agencies: Mapping[str, str] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    unverified: frozenset[str] = frozenset()

    @classmethod
    def at(cls, content: Any, problems: Problems, agencies: Mapping[str, str]) -> "Look":
        marks = frozenset(map(str, tree.list_at(content, ("record", "unverified"))))
        return cls(content, problems, agencies, Names.of(content), marks)

    def mistakes_below(self, path: Path) -> int:
        return sum(len(found) for place, found in self.problems.items() if place[: len(path)] == path)


def controls(look: Look, path: Path, *, keys: Sequence[str] = (), prefix: str = "") -> list[Control]:
    """The inputs of what stands at a path, of these keys or of all that it may have."""
    shape = tree.shape_at(path)
    group = tree.group_at(look.content, path)
    wanted = [tree.key_of(shape, key) for key in keys] or [
        key for key in _ordered(shape) if _is_shown(shape, key, group, path)
    ]
    return [_control(look, key, (*path, key.key), group.get(key.key), prefix + key.key, group) for key in wanted]


def _ordered(shape: type) -> list[Key]:
    keys = tree.keys_of(shape)
    first = [key for key in keys if key.key in _FIRST and shape is not parts.Step]
    own = ids.key_of(shape) if shape in ids.NAMED else ""
    named = [key for key in keys if key.key == own and key not in first]
    if shape is parts.Step:
        first = [key for key in keys if key.key in ("act", "name")]
    return first + named + [key for key in keys if key not in first and key not in named]


def _is_shown(shape: type, key: Key, group: Mapping[str, Any], path: Path) -> bool:
    """A question shows only what its type may have, and whatever stands there all the same."""
    if shape is parts.Record and key.key in ("format", "unverified"):
        return False
    if shape is parts.Component and key.key == "row_name":
        return bool(group.get("for_each") or group.get(key.key))
    if shape is parts.Component and key.key in ("sections", "layout"):
        return bool(group.get("form") or group.get(key.key))
    if shape is not parts.Field or group.get(key.key):
        return True
    is_column = len(path) > 5
    if key.key in ("prefill", "when") and is_column:
        return False
    types = FOR_TYPES.get(key.key)
    return types is None or group.get("type") in types or not group.get("type")


def _control(
    look: Look, key: Key, path: Path, value: Any, name: str, group: Mapping[str, Any]
) -> Control:
    options, pick = _options(look, key, path, value, group)
    shown: dict[str, Any] = {}
    if key.kind == "shape":
        shown["parts"] = tuple(controls(look, path, prefix=f"{name}."))
    elif key.kind == "rows":
        rows = tree.list_at(look.content, path)
        shown["rows"] = tuple(
            tuple(controls(look, (*path, place), prefix=f"{name}.{place}.")) for place in range(len(rows))
        )
    elif key.kind == "pages":
        shown["items"] = tuple(_items(look, key, path))
    else:
        shown["text"] = _text(key, value)
    if key.kind in ("lines", "words"):
        shown["chosen"] = tuple(map(str, value)) if isinstance(value, list) else ()
    if key.kind == "bool":
        shown["text"] = "yes" if (key.default if value is None else value) is True else ""
    return Control(
        key=key,
        name=name,
        label=words.label(key.shape, key.key),
        help=_("Chọn trong danh sách các cơ quan của cổng.") if key.shape is parts.Agencies and pick else _help(key),
        options=options,
        pick=pick,
        problems=_problems(look, key, path),
        reading=_reading(look, key, value),
        is_rare=_is_rare(key, value, group),
        is_wide=(key.shape, key.key) in _WIDE,
        is_unverified=dotted(look.content, path) in look.unverified,
        **shown,
    )


def _is_rare(key: Key, value: Any, group: Mapping[str, Any]) -> bool:
    """Whether a key is folded away: most never need it, or it does not belong to what was chosen."""
    if key.shape is parts.Record and key.key == "elsewhere":
        return not value and group.get("kind") != "filed_elsewhere"
    if key.shape is parts.Record and key.key in ("partial_cause", "partial_reason"):
        return not value and group.get("service_level") != "partial"
    if key.shape is parts.FeeLine and key.key in _PRICES:  # one way of pricing is enough
        return not value and any(group.get(other) for other in _PRICES)
    return key.key in _RARE.get(key.shape, ())


def _help(key: Key) -> str:
    if key.kind == "day":
        return _("Một ngày như 24/11/2026, hoặc “hôm nay” cho ngày nộp hồ sơ.")
    return words.help_text(key.shape, key.key)


def _problems(look: Look, key: Key, path: Path) -> tuple[str, ...]:
    """What is wrong at this key itself, and what is wrong in the lines of a list of words."""
    found = list(look.problems.get(path, ()))
    if key.kind in ("lines", "words"):
        for place, messages in look.problems.items():
            if len(place) == len(path) + 1 and place[:-1] == path:
                found += messages
    return tuple(dict.fromkeys(found))


def _text(key: Key, value: Any) -> str:
    if key.kind == "lines":
        return tree.lines_text(value)
    if value is None:
        value = key.default
    if key.kind in ("int", "number"):
        return tree.number_text(value)
    if value is None or isinstance(value, dict | list):
        return ""
    if key.kind == "day" and value == tree.TODAY:
        return _("hôm nay")
    return str(value)


def _reading(look: Look, key: Key, value: Any) -> str:
    if key.kind == "expression" and key.key == "when":
        return conditions.reading(value, look.names)
    if key.kind == "lines" and key.shape is parts.Agencies and isinstance(value, list) and len(look.agencies) > FEW_AGENCIES:
        return "; ".join(f"{code}: {look.agencies[code]}" for code in value if code in look.agencies)
    return ""


# What may stand at a key --------------------------------------------------------------------------------------


def _options(
    look: Look, key: Key, path: Path, value: Any, group: Mapping[str, Any]
) -> tuple[tuple[tuple[str, str], ...], str]:
    if key.kind in ("word", "words"):
        names = words.values(key.shape, key.key)
        wrong = [str(one) for one in (value if isinstance(value, list) else [value]) if one and one not in names]
        return (*names.items(), *((one, one) for one in wrong)), ""
    known, pick = _known(look, key, path, group)
    if pick in ("select", "checks"):
        there = {one for one, _label in known}
        own = [str(one) for one in (value if isinstance(value, list) else [value]) if one and one not in there]
        known = [*known, *((one, _("%(id)s (không có trong danh sách)") % {"id": one}) for one in own)]
    return tuple(known), pick


def _known(look: Look, key: Key, path: Path, group: Mapping[str, Any]) -> tuple[list[tuple[str, str]], str]:
    content = look.content
    match key.shape, key.key:
        case (parts.Component | parts.FeeLine, "scenarios"):
            return list(look.names.scenarios.items()), "checks"
        case parts.Component, "sections":
            return _named(content, ("form", "sections"), "id", "title"), "checks"
        case parts.Component, "for_each":
            return [pair for pair in _fields(look) if look.names.fields[pair[0]].get("type") == "table"], "select"
        case parts.Component, "row_name":
            table = look.names.fields.get(str(group.get("for_each")), {})
            return _named(table, ("columns",), "id", "label"), "select"
        case parts.Component, "layout":
            return [(name, name) for name in tree.group_at(content, ("papers",))], "select"
        case parts.Template, "file":
            return [(name, name) for name in tree.group_at(content, ("templates",))], "select"
        case parts.Component, "one_of":
            all_of = tree.list_at(content, ("record", "components"))
            groups = {str(one["one_of"]) for one in all_of if isinstance(one, dict) and one.get("one_of")}
            return [(name, name) for name in sorted(groups)], "suggest"
        case parts.Check, "field":
            return _fields(look), "select"
        case parts.Relief, "lines":
            return _named(content, ("fees", "lines"), "code", "name"), "checks"
        case parts.Outcome, "to":
            return [*_named(content, ("process", "steps"), "id", "name"), (parts.END, _("Kết thúc quy trình"))], "select"
        case parts.Field, "parts":
            return _part_labels(str(group.get("type"))), "checks"
        case parts.Field, "prefill":
            return [(word, str(name)) for word, name in _PREFILL.items()], "suggest"
        case (parts.Step, "unit"):
            own = [("agency", _("Cơ quan giải quyết")), ("reception", _("Bộ phận một cửa"))]
            return [*own, *look.agencies.items()], "select"
        case (parts.Consultation, "unit") | (parts.Agencies, "reception"):
            return list(look.agencies.items()), "select" if look.agencies else ""
        case parts.Agencies, "implementing" | "competent" | "delegated" | "cooperating" if 0 < len(look.agencies) <= FEW_AGENCIES:
            chosen = {str(one) for one in tree.list_at(group, (key.key,))}
            return sorted(look.agencies.items(), key=lambda one: one[0] not in chosen), "checks"
        case _:
            return [], ""


def _fields(look: Look) -> list[tuple[str, str]]:
    return [(id, f"{look.names.label(id)} ({id})") for id in look.names.fields]


def _named(content: Any, path: Path, key: str, label: str) -> list[tuple[str, str]]:
    items = [one for one in tree.list_at(content, path) if isinstance(one, dict) and one.get(key)]
    return [(str(one[key]), str(one.get(label) or one[key])) for one in items]


def _part_labels(kind: str) -> list[tuple[str, str]]:
    if kind not in ("person", "organisation"):
        return []
    names = part_names(kind)
    whole = parts.Field(id="x", label="", type=kind, parts=names)  # type: ignore[arg-type]
    return [(one.id, str(one.label)) for one in sub_fields(whole)]


# Items and places in words ------------------------------------------------------------------------------------


def _items(look: Look, key: Key, path: Path) -> Iterator[Item]:
    for place, item in enumerate(tree.list_at(look.content, path)):
        yield Item(
            place=place,
            title=title_of(item, key.item, place),
            note=note_of(item, key.item, look),
            path=f"{key.key}/{place}",
            mistakes=look.mistakes_below((*path, place)),
        )


def title_of(item: Any, shape: type, place: int) -> str:
    """What an item is called in lists."""
    group = item if isinstance(item, dict) else {}
    for key in ("name", "label", "title", "message", "question", "number"):
        if group.get(key):
            return str(group[key])
    if shape is parts.Step and group.get("act"):
        return words.value(parts.Step, "act", group["act"])
    return _("%(kind)s %(number)s") % {"kind": words.name(shape), "number": place + 1}


def note_of(item: Any, shape: type, look: Look) -> str:
    """What else a list tells of an item, in a line."""
    group = item if isinstance(item, dict) else {}
    told = []
    if shape is parts.Field:
        told.append(words.value(parts.Field, "type", group.get("type", "")))
        told += [_("bắt buộc")] if group.get("required") else []
        columns = tree.list_at(group, ("columns",))
        told += [_("%(count)s cột") % {"count": len(columns)}] if columns else []
    elif shape is parts.Section:
        told.append(_("%(count)s câu hỏi") % {"count": len(tree.list_at(group, ("fields",)))})
    elif shape is parts.Component:
        told += [_("lập từ tờ khai")] if group.get("form") else []
        for key, text in (("originals", _("%(count)s bản chính")), ("copies", _("%(count)s bản sao"))):
            told += [text % {"count": group[key]}] if group.get(key) else []
        told += [] if group.get("required", True) else [_("nếu có")]
    elif shape is parts.Step:
        told.append(words.value(parts.Step, "role", group.get("role", "")))
        told += [_("%(count)s giờ") % {"count": group["hours"]}] if group.get("hours") else []
    elif shape is parts.FeeLine:
        told.append(words.value(parts.FeeLine, "kind", group.get("kind", "")))
        if isinstance(group.get("amount"), int):
            told.append(_("%(amount)s đồng") % {"amount": f"{group['amount']:,}".replace(",", ".")})
    elif shape is parts.Check:
        told.append(words.value(parts.Check, "level", group.get("level", "error")))
    elif shape is parts.Result:
        told.append(words.value(parts.Result, "type", group.get("type", "")))
    if group.get("when"):
        told.append(conditions.reading(group["when"], look.names) or _("có điều kiện"))
    return " · ".join(text for text in told if text)


def dotted(content: Any, path: Path) -> str:
    """A place as `unverified` names it: `sector.code`, `components.don`, `fees.account`."""
    names = [] if path[:1] == ("record",) else [str(path[0])]
    for end in range(1, len(path)):
        part = path[end]
        if isinstance(part, int):
            item = tree.at(content, path[: end + 1])
            own = [item.get(key) for key in ("id", "code", "number", "channel")] if isinstance(item, dict) else []
            part = next((str(one) for one in own if one and "." not in str(one)), str(part))
        names.append(str(part))
    return ".".join(names)


def where(content: Any, path: Path) -> str:
    """A place in words: "Giấy tờ «Bản sao giấy đăng ký kinh doanh», Chỉ cần khi"."""
    said = []
    shape: Any = tree.ROOTS.get(str(path[0])) if path else None
    for end in range(1, len(path)):
        part = path[end]
        if isinstance(part, int):
            if isinstance(shape, type):
                item = tree.at(content, path[: end + 1])
                said.append(f"{words.name(shape)} «{title_of(item, shape, part)}»")
            continue
        try:
            key = tree.key_of(shape, part) if isinstance(shape, type) else None
        except KeyError:
            key = None
        if key is None:
            break
        follows = end + 1 < len(path)
        if key.kind in ("rows", "pages") and follows:
            shape = key.item
        else:
            said.append(words.label(key.shape, key.key))
            shape = key.item if key.kind == "shape" else None
    return ", ".join(said)


def differing(shape: type, mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, str]:
    """What somebody else has at the keys where we differ, in words, by key."""
    found = {}
    for key in tree.keys_of(shape):
        if mine.get(key.key) != theirs.get(key.key):
            value = theirs.get(key.key)
            found[key.key] = value_words(key, value)
    return found


def value_words(key: Key, value: Any) -> str:
    """What stands at a key, as a short text."""
    if value is None or value in ("", [], {}):
        return _("(để trống)")
    if key.kind == "bool":
        return _("có") if value is True else _("không")
    if key.kind in ("word", "words"):
        items = value if isinstance(value, list) else [value]
        return ", ".join(words.value(key.shape, key.key, item) for item in items)
    if key.kind == "shape" and key.item is TimeLimit and isinstance(value, dict):
        return f"{value.get('amount')} {words.value(TimeLimit, 'unit', value.get('unit'))}"
    if isinstance(value, list):
        if key.kind in ("rows", "pages"):
            return ", ".join(title_of(item, key.item, place) for place, item in enumerate(value))
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(str(one) for one in value.values() if not isinstance(one, dict | list))
    return str(value)

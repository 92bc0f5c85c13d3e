"""What is different between two versions of a procedure, in sentences for the people who answer for it.

There is no sentence exactly when the versions are equal.
"""

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from datetime import date
from itertools import groupby
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.foundation import vietnamese
from motcua.foundation.working_time import TimeLimit
from motcua.procedures import parts, shape, words
from motcua.procedures.conditions import condition_words
from motcua.procedures.definition import Definition

Kind = Literal["added", "removed", "changed"]
Text = str | Promise


@dataclass(frozen=True, slots=True)
class Difference:
    """One sentence, and the heading under which it stands."""

    part: str
    sentence: str
    kind: Kind = "changed"

    def __str__(self) -> str:
        return self.sentence


def differences(old: Definition, new: Definition) -> list[Difference]:
    """Everything that is different, part by part in the order of the record, the form, the fees, the process."""
    compare = _Comparison(old, new)
    return [
        *compare.record(),
        *compare.form(),
        *compare.shapes(old.fees, new.fees, _Place(_("Phí, lệ phí"))),
        *compare.shapes(old.process, new.process, _Place(_("Quy trình"))),
        *compare.files(old.papers, new.papers, _("Mẫu in"), _("mẫu in")),
        *compare.files(old.templates, new.templates, _("Mẫu tải về"), _("tệp mẫu")),
        *compare.files(old.tests, new.tests, _("Ví dụ kiểm tra"), _("tệp ví dụ")),
    ]


def grouped(found: Sequence[Difference]) -> list[tuple[str, list[Difference]]]:
    """The differences by heading, in their order."""
    return [(part, list(group)) for part, group in groupby(found, key=lambda difference: difference.part)]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where we are: the heading, and the things around, outermost first ("Bước «Thẩm định»")."""

    part: str
    around: tuple[str, ...] = ()

    def inside(self, name: str) -> "_Place":
        return _Place(self.part, (*self.around, name))

    def changed(self, what: str, before: str, after: str) -> Difference:
        change = _("%(before)s → %(after)s") % {"before": before, "after": after}
        subject = self.subject(what)
        return Difference(self.part, f"{subject}: {change}" if subject else change)

    def subject(self, what: str = "") -> str:
        """All names around and the last, as one subject."""
        names = [*self.around, *([what] if what else [])]
        return ", ".join(name if place == 0 else _low(name) for place, name in enumerate(names))

    def says(self, sentence: str, kind: Kind = "changed") -> Difference:
        """What happened to something here: the sentence begins with a verb."""
        subject = self.subject()
        return Difference(self.part, f"{subject}: {_low(sentence)}" if subject else sentence, kind)


_PARTS: dict[str, Text] = {  # of the record; all other keys belong to the public record itself
    "sequence": gettext_lazy("Trình tự thực hiện"),
    "channels": gettext_lazy("Cách thức và thời hạn"),
    "scenarios": gettext_lazy("Trường hợp"),
    "components": gettext_lazy("Thành phần hồ sơ"),
    "results": gettext_lazy("Kết quả thực hiện"),
    "requirements": gettext_lazy("Yêu cầu, điều kiện"),
    "legal_basis": gettext_lazy("Căn cứ pháp lý"),
}
_NAMED_BY = {  # the key by which people know a thing, and the keys by which it stays the same thing
    parts.FormerAgency: ("name", ("code",)),
    parts.Channel: ("channel", ("channel",)),
    parts.Scenario: ("name", ("id",)),
    parts.Component: ("name", ("id",)),
    parts.ResultOf: ("procedure", ("procedure", "result")),
    parts.Result: ("name", ("id",)),
    parts.LegalBasis: ("number", ("number",)),
    parts.Option: ("label", ("value",)),
    parts.Field: ("label", ("id",)),
    parts.Section: ("title", ("id",)),
    parts.Check: ("message", ("field", "message")),
    parts.Tier: ("up_to", ("up_to",)),
    parts.Share: ("name", ("when",)),
    parts.FeeLine: ("name", ("code",)),
    parts.Relief: ("name", ("id",)),
    parts.Outcome: ("name", ("id",)),
    parts.Consultation: ("question", ("id",)),
    parts.Step: ("name", ("id",)),
}
_MONEY = {"amount", "each", "min_vnd", "max_vnd"}
_CONDITIONS = {"when", "rule", "formula", "of", "quantity"}
_BECOMES = {  # yes-or-no keys with a sentence of their own
    (parts.Field, "required"): (gettext_lazy("trở thành bắt buộc"), gettext_lazy("không còn bắt buộc")),
    (parts.Component, "required"): (gettext_lazy("trở thành bắt buộc"), gettext_lazy("không còn bắt buộc")),
    (parts.Consultation, "required"): (
        gettext_lazy("trở thành bắt buộc"),
        gettext_lazy("không còn bắt buộc"),
    ),
    (parts.Component, "form"): (
        gettext_lazy("do hệ thống lập từ tờ khai, không phải tải lên nữa"),
        gettext_lazy("phải tải lên, hệ thống không lập nữa"),
    ),
}


class _Comparison:
    """Two definitions side by side, each knowing the names of its own ids."""

    def __init__(self, old: Definition, new: Definition) -> None:
        self.old, self.new = old, new
        self._names = _names(old), _names(new)

    def record(self) -> Iterator[Difference]:
        changes = list(_changes(self.old.record, self.new.record))
        for key, before, after in sorted(changes, key=lambda change: change[0] in _PARTS):
            place = _Place(str(_PARTS.get(key, _("Thông tin công khai"))))
            yield from self.value(parts.Record, key, before, after, place)

    def form(self) -> Iterator[Difference]:
        """Sections without their questions, then the questions of all sections, which may move."""
        old, new = self.old.form, self.new.form
        place = _Place(_("Tờ khai"))
        homes = _pairs(old.sections, new.sections)
        for i, j in homes:
            yield from self.item(_at(old.sections, i), _at(new.sections, j), place, without=("fields",))
        if _moved(homes):
            yield place.says(_("Thay đổi thứ tự các phần của tờ khai"))
        before = [(home, field) for home, section in enumerate(old.sections) for field in section.fields]
        after = [(home, field) for home, section in enumerate(new.sections) for field in section.fields]
        fields = _pairs([field for _home, field in before], [field for _home, field in after])
        for i, j in fields:
            (was_in, was), (is_in, is_) = (_at(before, i) or (0, None)), (_at(after, j) or (0, None))
            if was is None:
                yield from self.item(None, is_, place.inside(_named(new.sections[is_in])))
            elif is_ is None:
                yield from self.item(was, None, place.inside(_named(old.sections[was_in])))
            else:
                yield from self.item(was, is_, place)
                if (was_in, is_in) not in homes:
                    yield place.inside(_named(is_)).says(
                        _("Chuyển từ %(old)s sang %(new)s")
                        % {"old": _low(_named(old.sections[was_in])), "new": _low(_named(new.sections[is_in]))}
                    )
        if _moved(fields):
            yield place.says(_("Thay đổi thứ tự các câu hỏi"))
        yield from self.value(parts.Form, "checks", old.checks, new.checks, place)

    def shapes(
        self, before: Any, after: Any, place: _Place, without: Sequence[str] = ()
    ) -> Iterator[Difference]:
        """The differences between two things of one shape."""
        for key, was, is_ in _changes(before, after):
            if key not in without:
                is_table = isinstance(after, parts.Field) and after.type == "table" and key == "columns"
                yield from self.value(type(before), key, was, is_, place, noun=_("Cột") if is_table else "")

    def value(
        self, kind: type, key: str, before: Any, after: Any, place: _Place, noun: str = ""
    ) -> Iterator[Difference]:
        """What is different in one key of a shape."""
        if before == after:
            return
        label = words.label(kind, key)
        some = before or after
        if isinstance(before, tuple):
            if is_dataclass(some[0]):
                yield from self.things(before, after, place, label, noun)
            else:
                yield from self.list(kind, key, before, after, place)
        elif isinstance(before, bool):
            yield self.yes_or_no(kind, key, after, place)
        elif isinstance(some, TimeLimit):
            yield self.limit(kind, key, before, after, place)
        elif is_dataclass(some):
            yield from self.part(before, after, place, label)
        elif not (kind is parts.Step and key == "name" and not before and not after):
            yield self.plain(kind, key, before, after, place)

    def part(self, before: Any, after: Any, place: _Place, label: str) -> Iterator[Difference]:
        """One thing that may be missing as a whole: a template, an account, percent of a value."""
        if before is None or after is None:
            verb = _("Thêm %(what)s: %(content)s") if before is None else _("Bỏ %(what)s: %(content)s")
            content = self.content(before or after, new=before is None)
            kind: Kind = "added" if before is None else "removed"
            yield place.says(verb % {"what": _low(label), "content": content}, kind)
        else:
            yield from self.shapes(before, after, place.inside(label))

    def content(self, thing: Any, *, new: bool) -> str:
        """A small thing in a few words: its keys one after the other."""
        found = []
        for key, value in shape.given(thing):
            if isinstance(value, tuple):
                shown = ", ".join(
                    self.content(part, new=new) if is_dataclass(part) else self.shown(type(thing), key, part, new=new)
                    for part in value
                )
            elif is_dataclass(value):
                shown = self.content(value, new=new)
            else:
                shown = self.shown(type(thing), key, value, new=new)
            found.append(f"{_low(words.label(type(thing), key))} {shown}")
        return "; ".join(found) or _("không có")

    def things(
        self, before: tuple[Any, ...], after: tuple[Any, ...], place: _Place, label: str, noun: str = ""
    ) -> Iterator[Difference]:
        """Lists of things: what came, what went, what changed, and whether the order did."""
        pairs = _pairs(before, after)
        for i, j in pairs:
            yield from self.item(_at(before, i), _at(after, j), place, noun=noun)
        if _moved(pairs):
            yield place.says(_("Thay đổi thứ tự %(what)s") % {"what": _low(label)})

    def item(
        self, before: Any, after: Any, place: _Place, without: Sequence[str] = (), noun: str = ""
    ) -> Iterator[Difference]:
        if before is None:
            yield place.says(_("Thêm %(thing)s") % {"thing": _called(after, noun)}, "added")
        elif after is None:
            yield place.says(_("Bỏ %(thing)s") % {"thing": _called(before, noun)}, "removed")
        elif before != after:
            yield from self.shapes(before, after, place.inside(_named(before, noun)), without)

    def list(
        self, kind: type, key: str, before: tuple[Any, ...], after: tuple[Any, ...], place: _Place
    ) -> Iterator[Difference]:
        """Lists of texts, words or ids."""
        what = words.label(kind, key)
        heading = what if not place.around and what == place.part else ""
        olds = [self.shown(kind, key, value, new=False) for value in before]
        news = [self.shown(kind, key, value, new=True) for value in after]
        if olds == news:  # different ids with the same names
            olds, news = [_quoted(str(value)) for value in before], [_quoted(str(value)) for value in after]
        here = place if heading else place.inside(what)
        for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, olds, news, autojunk=False).get_opcodes():
            if tag == "replace" and i2 - i1 == j2 - j1:
                for was, is_ in zip(olds[i1:i2], news[j1:j2], strict=True):
                    yield here.says(_("Sửa %(old)s → %(new)s") % {"old": was, "new": is_})
                continue
            for was in olds[i1:i2] if tag != "equal" else []:
                yield here.says(_("Bỏ %(thing)s") % {"thing": was}, "removed")
            for is_ in news[j1:j2] if tag != "equal" else []:
                yield here.says(_("Thêm %(thing)s") % {"thing": is_}, "added")

    def yes_or_no(self, kind: type, key: str, after: bool, place: _Place) -> Difference:
        if (kind, key) in _BECOMES:
            sentence = str(_BECOMES[kind, key][0 if after else 1])
            return Difference(place.part, f"{place.subject()} {sentence}")
        yes, no = _("có"), _("không")
        return place.changed(words.label(kind, key), no if after else yes, yes if after else no)

    def limit(
        self, kind: type, key: str, before: TimeLimit | None, after: TimeLimit | None, place: _Place
    ) -> Difference:
        was, is_ = (str(limit) if limit else _("không có") for limit in (before, after))
        if before and after and before.unit == after.unit and before.amount and after.amount:
            was = vietnamese.number(before.amount)
        if was == is_:
            was, is_ = (f"{limit.amount} {limit.unit}" if limit else "" for limit in (before, after))
        label = words.label(kind, key)
        if kind is parts.Channel:  # "Thời hạn giải quyết (trực tuyến)" says it better than two names
            *around, channel = place.around
            return _Place(place.part, tuple(around)).changed(f"{label} ({_low(channel)})", was, is_)
        return place.changed(label, was, is_)

    def plain(self, kind: type, key: str, before: Any, after: Any, place: _Place) -> Difference:
        was = self.shown(kind, key, before, new=False)
        is_ = self.shown(kind, key, after, new=True)
        if was == is_:  # another id with the same name, or a number written otherwise
            was, is_ = _quoted(str(before)), _quoted(str(after))
        if (kind is parts.FeeLine and key == "amount") or (kind is parts.Step and key == "hours"):
            if key == "hours":
                was = vietnamese.number(before)
            return place.changed("", was, is_)
        return place.changed(words.label(kind, key), was, is_)

    def shown(self, kind: type, key: str, value: Any, *, new: bool) -> str:
        """One value as people read it."""
        if value is None or value == "":
            return _("không có")
        if isinstance(value, bool):
            return _("có") if value else _("không")
        if isinstance(value, date):
            return vietnamese.day(value)
        if isinstance(value, TimeLimit):
            return str(value)
        if isinstance(value, int | float):
            return _number(kind, key, value)
        if known := words.values(kind, key):
            return known.get(value, value)
        if key in _CONDITIONS:
            return condition_words(value, self.new if new else self.old)
        if key == "unverified":
            return self.path(value, new=new)
        named = self._names[new].get(_REFERS.get((kind, key), ""), {}).get(value)
        return _quoted(named or value)

    def path(self, path: str, *, new: bool) -> str:
        """A path of what is not verified, with the names of what stands there."""
        names = self._names[new]
        known = names["component"] | names["result"] | names["section"] | names["field"] | names["line"] | names["step"]
        shown = []
        for key in path.split("."):
            label = _FILES.get(key) or words.any_label(key)
            shown.append(_quoted(known[key]) if key in known and label == key else str(label))
        return " › ".join(shown)

    def files(
        self, before: Mapping[str, str], after: Mapping[str, str], part: str, what: str
    ) -> Iterator[Difference]:
        for name in sorted({*before, *after}):
            thing = {"what": what, "name": name}
            if name not in before:
                yield Difference(part, _("Thêm %(what)s «%(name)s»") % thing, "added")
            elif name not in after:
                yield Difference(part, _("Bỏ %(what)s «%(name)s»") % thing, "removed")
            elif before[name] != after[name]:
                yield Difference(part, _("Nội dung %(what)s «%(name)s» thay đổi") % thing)


# Names --------------------------------------------------------------------------------------------------------

_REFERS = {  # keys that name something by its id
    (parts.Component, "scenarios"): "scenario",
    (parts.FeeLine, "scenarios"): "scenario",
    (parts.Component, "for_each"): "field",
    (parts.Component, "row_name"): "column",
    (parts.Component, "sections"): "section",
    (parts.Check, "field"): "field",
    (parts.Relief, "lines"): "line",
    (parts.Outcome, "to"): "step",
}


_FILES: dict[str, Text] = {
    "form": gettext_lazy("Tờ khai"),
    "fees": gettext_lazy("Phí, lệ phí"),
    "process": gettext_lazy("Quy trình"),
}


def _names(definition: Definition) -> dict[str, dict[str, str]]:
    return {
        "component": {component.id: component.name for component in definition.record.components},
        "result": {result.id: result.name for result in definition.record.results},
        "scenario": {case.id: case.name for case in definition.record.scenarios},
        "field": {field.id: field.label for field in definition.form.fields},
        "column": {column.id: column.label for field in definition.form.fields for column in field.columns},
        "section": {section.id: section.title for section in definition.form.sections},
        "line": {line.code: line.name for line in definition.fees.lines},
        "step": {parts.END: _("kết thúc")} | {step.id: step.name for step in definition.process.steps},
    }


def _named(thing: Any, noun: str = "") -> str:
    """A thing with its kind, or as it is called here: "Giấy tờ «Bản công bố»"."""
    kind = type(thing)
    key, identity = _NAMED_BY[kind]
    value = getattr(thing, key) or getattr(thing, identity[0])
    if kind is parts.Channel:
        return words.value(kind, key, value)
    if kind is parts.Tier:
        return _("Bậc đến %(value)s") % {"value": vietnamese.number(value)} if value is not None else _("Bậc cuối")
    if kind is parts.FeeLine:
        noun = words.value(kind, "kind", thing.kind)
    elif kind is parts.Step:
        noun = _("Bước")
    noun = noun or words.name(kind)
    return f"{noun} {_quoted(str(value))}"


def _called(thing: Any, noun: str = "") -> str:
    """A thing within a sentence: "giấy tờ «Bản công bố»"."""
    named = _low(_named(thing, noun))
    return _("hình thức nộp %(name)s") % {"name": named} if isinstance(thing, parts.Channel) else named


def _number(kind: type, key: str, value: int | float) -> str:
    if kind in (parts.FeeLine, parts.Tier, parts.Percent) and key in _MONEY:
        return vietnamese.money(int(value))
    written = vietnamese.number(value)
    if key in ("percent", "rate"):
        return _("%(number)s%%") % {"number": written}
    if key in ("hours", "intake_hours"):
        return _("%(number)s giờ làm việc") % {"number": written}
    return written


def _quoted(text: str) -> str:
    return f"«{text}»"


def _low(text: str) -> str:
    """The text as it stands within a sentence."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


# Pairs --------------------------------------------------------------------------------------------------------


def _changes(before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    """The keys of a shape whose values differ, with both."""
    kind: type = type(before)
    for key in shape.keys(kind):
        was, is_ = getattr(before, key.name), getattr(after, key.name)
        if was != is_:
            yield key.key, was, is_


def _pairs(before: Sequence[Any], after: Sequence[Any]) -> list[tuple[int | None, int | None]]:
    """Each place of both lists once, with what it became; None where there is nothing.

    The same thing has the same identity, or of what is left the same name. What stays or comes is in the new order,
    what goes stands at the end.
    """
    partner: dict[int, int] = {}
    for sign in (_identity, _name_only):
        taken = set(partner.values())
        free = _numbered([None if i in taken else sign(thing) for i, thing in enumerate(before)])
        wanted = _numbered([None if j in partner else sign(thing) for j, thing in enumerate(after)])
        places = {key: i for i, key in free.items() if key[0] is not None}
        partner |= {j: places[key] for j, key in wanted.items() if key in places}
    pairs: list[tuple[int | None, int | None]] = [(partner.get(j), j) for j in range(len(after))]
    gone = set(range(len(before))) - set(partner.values())
    return pairs + [(i, None) for i in sorted(gone)]


def _numbered(signs: list[Any]) -> dict[int, tuple[Any, int]]:
    """Each sign with how often it came before, for ids that are there twice."""
    seen: Counter[Any] = Counter()
    found = {}
    for place, sign in enumerate(signs):
        found[place] = (sign, seen[sign])
        seen[sign] += 1
    return found


def _identity(thing: Any) -> tuple[Any, ...]:
    return tuple(getattr(thing, key) for key in _NAMED_BY[type(thing)][1])


def _name_only(thing: Any) -> Any:
    return getattr(thing, _NAMED_BY[type(thing)][0]) or None


def _at(things: Sequence[Any], place: int | None) -> Any:
    return None if place is None else things[place]


def _moved(pairs: Sequence[tuple[int | None, int | None]]) -> bool:
    """Whether what stays stands in another order."""
    kept = [i for i, j in pairs if i is not None and j is not None]
    return kept != sorted(kept)

"""The steps of a procedure as a drawing, and the same as rows of a table for everybody who does not see it.

Steps stand below each other. Each way out of a step is a line in its box; what goes on to the next step leaves at
the bottom, what leaps ahead runs at the right, what is returned runs at the left.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from motcua.agencies.models import Role
from motcua.procedures.parts import END, Outcome, Process, Step

_BOX, _PAD, _LANE, _GAP = 340, 14, 18, 34  # widths of a box, its padding, a lane for arrows; space between boxes
_LINE, _ROW = 19, 26  # heights of a line of text and of a way out
_ASIDE = 210  # width of a consultation
_LETTERS, _ASIDE_LETTERS = 40, 25  # that fit into one line of them


@dataclass(slots=True)
class _Box:
    step: Step
    lines: list[tuple[str, str]]  # class and text
    asides: list[list[tuple[str, str]]]
    y: int = 0

    @property
    def ports_at(self) -> int:
        """Where the ways out begin, below the top of the box."""
        return _PAD + len(self.lines) * _LINE + 8

    @property
    def height(self) -> int:
        return self.ports_at + max(1, len(self.step.outcomes)) * _ROW + 6

    @property
    def asides_height(self) -> int:
        return sum(_aside_height(aside) + 10 for aside in self.asides)

    def port(self, place: int) -> int:
        """The height on the page of a way out."""
        return self.y + self.ports_at + place * _ROW + _ROW // 2


def diagram(
    process: Process,
    *,
    units: Mapping[str, str] | None = None,
    condition: Callable[[str], str] = str,
) -> Markup:
    """The process as an SVG that scrolls within its own frame; nothing when it has no steps.

    `units` names agencies by code; `condition` says a condition in words. Steps that lead nowhere known, as they
    may while somebody edits, are drawn without an arrow.
    """
    if not process.steps:
        return Markup()
    boxes = [_box(step, units or {}, condition) for step in process.steps]
    y = 64
    for box in boxes:
        box.y = y
        y += max(box.height, box.asides_height) + _GAP
    end = y
    places = {box.step.id: place for place, box in enumerate(boxes)}
    back, ahead = _arcs(boxes, places)
    left = 16 + _LANE * len(back)
    right = left + _BOX + _LANE * len(ahead) + 16
    width = right + (_ASIDE if any(box.asides for box in boxes) else 0)
    middle = left + _BOX // 2
    drawn = [_pill(middle, 8, _("Tiếp nhận hồ sơ · %(hours)s giờ làm việc") % {"hours": process.intake_hours})]
    drawn.append(_arrow(f"M{middle} 40V{boxes[0].y}"))
    for place, box in enumerate(boxes):
        below = boxes[place + 1].y if place + 1 < len(boxes) else end
        following = boxes[place + 1].step.id if place + 1 < len(boxes) else END
        if any(outcome.to == following for outcome in box.step.outcomes):
            drawn.append(_arrow(f"M{middle} {box.y + box.height}V{below}"))
        drawn.append(_drawn(box, left, right, places, place))
    for lane, (from_, goal) in enumerate(back):
        x = left - _LANE * (lane + 1)
        drawn.append(
            _arrow(f"M{left} {from_}H{x + 6}Q{x} {from_} {x} {from_ - 6}V{goal + 6}Q{x} {goal} {x + 6} {goal}H{left}", "back")
        )
    for lane, (from_, to) in enumerate(ahead):
        x = left + _BOX + _LANE * (lane + 1)
        goal, edge = (end + 16, middle + 60) if to is None else (to, left + _BOX)
        drawn.append(
            _arrow(f"M{left + _BOX} {from_}H{x - 6}Q{x} {from_} {x} {from_ + 6}V{goal - 6}Q{x} {goal} {x - 6} {goal}H{edge}", "ahead")
        )
    drawn.append(_pill(middle, end, _("Kết thúc"), half=60))
    return Markup(
        '<div class="mc-diagram" tabindex="0" role="region" aria-label="{label}">'
        '<svg class="mc-diagram__drawing" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        'aria-label="{text}"><defs>{heads}</defs>{drawn}</svg></div>'
    ).format(
        label=_("Sơ đồ quy trình"),
        text=_("Sơ đồ các bước; nội dung đầy đủ ở bảng bên dưới."),
        width=width,
        height=end + 44,
        heads=Markup("").join(_head(kind) for kind in ("next", "back", "ahead")),
        drawn=Markup("").join(drawn),
    )


def columns() -> list[str]:
    """The headings of `rows`."""
    return [_("Bước"), _("Người thực hiện"), _("Thời gian"), _("Hướng đi tiếp"), _("Ghi chú")]


def rows(
    process: Process,
    *,
    units: Mapping[str, str] | None = None,
    condition: Callable[[str], str] = str,
) -> list[list[Any]]:
    """All that the drawing says, a row for each step."""
    names = {step.id: f"{place}. {step.name}" for place, step in enumerate(process.steps, 1)} | {END: _("Kết thúc")}
    found = []
    for step in process.steps:
        ways = [f"{outcome.name} → {names.get(outcome.to, outcome.to)}" for outcome in step.outcomes]
        found.append(
            [
                names[step.id],
                f"{_role(step.role)}, {_unit(step.unit, units or {})}",
                _hours(step.hours),
                _lines(ways),
                _lines(_notes(step, units or {}, condition)),
            ]
        )
    return found


def _notes(step: Step, units: Mapping[str, str], condition: Callable[[str], str]) -> Iterator[str]:
    if step.when:
        yield _("Chỉ thực hiện khi %(condition)s") % {"condition": condition(step.when)}
    if step.signs:
        yield _("Ký số")
    for need in step.needs:
        yield {"fee_paid": _("Cần nộp đủ phí, lệ phí"), "result_draft": _("Cần có dự thảo kết quả"),
               "opinions": _("Cần đủ ý kiến")}.get(need, need)  # fmt: skip
    for asked in step.consults:
        yield ". ".join(text for _class, text in _consultation(asked, units, condition))


def _lines(texts: Any) -> Markup:
    return Markup("<br>").join(texts)


# Words --------------------------------------------------------------------------------------------------------


def _role(word: str) -> str:
    return str(Role(word).label) if word in Role.values else word


def _unit(code: str, units: Mapping[str, str]) -> str:
    return {"agency": _("Cơ quan giải quyết"), "reception": _("Bộ phận Một cửa")}.get(code) or units.get(code, code)


def _hours(hours: int) -> str:
    return _("%(hours)s giờ làm việc") % {"hours": hours}


def _wrapped(text: str, letters: int) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > letters:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line] if line else lines or [""]


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def _consultation(asked: Any, units: Mapping[str, str], condition: Callable[[str], str]) -> list[tuple[str, str]]:
    lines = [
        ("strong", _("Xin ý kiến %(unit)s") % {"unit": _unit(asked.unit, units)}),
        ("", asked.question),
        ("", _hours(asked.hours) + (_(", bắt buộc") if asked.required else _(", không bắt buộc"))),
    ]
    if asked.when:
        lines.append(("when", _("Khi %(condition)s") % {"condition": condition(asked.when)}))
    return [(kind, text) for kind, text in lines if text]


# Drawing ------------------------------------------------------------------------------------------------------


def _box(step: Step, units: Mapping[str, str], condition: Callable[[str], str]) -> _Box:
    lines = [("name", line) for line in _wrapped(step.name or step.id, _LETTERS - 4)]
    where = f"{_role(step.role)} · {_unit(step.unit, units)}"
    lines += [("", line) for line in _wrapped(where, _LETTERS + 2)]
    lines.append(("strong", _hours(step.hours) + (" · " + _("ký số") if step.signs else "")))
    if step.when:
        said = _("Khi %(condition)s") % {"condition": condition(step.when)}
        lines += [("when", line) for line in _wrapped(said, _LETTERS)]
    asides = [
        [(kind, line) for kind, text in _consultation(asked, units, condition) for line in _wrapped(text, _ASIDE_LETTERS)]
        for asked in step.consults
    ]
    return _Box(step, lines, asides)


def _arcs(boxes: list[_Box], places: Mapping[str, int]) -> tuple[list[tuple[int, int]], list[tuple[int, int | None]]]:
    """What runs at the left and at the right, from height to height (None: to the end), short ones innermost."""
    back: list[tuple[int, int]] = []
    ahead: list[tuple[int, int | None]] = []
    for place, box in enumerate(boxes):
        for number, outcome in enumerate(box.step.outcomes):
            to = places.get(outcome.to)
            if to is not None and to <= place:
                back.append((box.port(number), boxes[to].y + 20 + 4 * len(back) % 12))
            elif to is not None and to > place + 1:
                ahead.append((box.port(number), boxes[to].y + 20))
            elif outcome.to == END and place + 1 < len(boxes):
                ahead.append((box.port(number), None))
    back.sort(key=lambda arc: arc[0] - arc[1])
    ahead.sort(key=lambda arc: (arc[1] is None, (arc[1] or 0) - arc[0]))
    return back, ahead


def _drawn(box: _Box, left: int, right: int, places: Mapping[str, int], place: int) -> Markup:
    parts = [
        Markup('<rect class="mc-diagram__box{when}" x="{x}" y="{y}" width="{width}" height="{height}" rx="8"/>').format(
            when=" mc-diagram__box--when" if box.step.when else "", x=left, y=box.y, width=_BOX, height=box.height
        ),
        Markup('<circle class="mc-diagram__number" cx="{x}" cy="{y}" r="12"/>').format(x=left + _BOX - 22, y=box.y + 22),
        _text("count", left + _BOX - 22, box.y + 27, str(place + 1), middle=True),
    ]
    parts += [
        _text(kind, left + _PAD, box.y + _PAD + 14 + number * _LINE, line)
        for number, (kind, line) in enumerate(box.lines)
    ]
    at = box.y + box.ports_at - 2
    parts.append(Markup('<path class="mc-diagram__rule" d="M{x} {y}h{width}"/>').format(x=left, y=at, width=_BOX))
    for number, outcome in enumerate(box.step.outcomes):
        kind, mark = _way(outcome, places, place)
        text = _cut(f"{mark} {outcome.name}", _LETTERS + 2)
        parts.append(_text(kind, left + _PAD, box.port(number) + 5, text))
    y = box.y
    for place_of, aside in enumerate(box.asides):
        height = _aside_height(aside)
        line = f"M{right + 24} {y - 10}V{y}" if place_of else f"M{left + _BOX} {y + 18}H{right}"
        parts.append(
            Markup(
                '<path class="mc-diagram__aside-line" d="{line}"/>'
                '<rect class="mc-diagram__aside" x="{x}" y="{y}" width="{width}" height="{height}" rx="8"/>'
            ).format(line=line, x=right, y=y, width=_ASIDE - 8, height=height)
        )
        parts += [
            _text(f"{kind} mc-diagram__text--small", right + 10, y + 21 + number * (_LINE - 1), line)
            for number, (kind, line) in enumerate(aside)
        ]
        y += height + 10
    return Markup("").join(parts)


def _way(outcome: Outcome, places: Mapping[str, int], place: int) -> tuple[str, str]:
    to = places.get(outcome.to)
    if to is not None and to <= place:
        return "back", "↰"
    return ("", "↓") if to == place + 1 or (outcome.to == END and place + 1 == len(places)) else ("", "→")


def _aside_height(aside: list[tuple[str, str]]) -> int:
    return 16 + len(aside) * (_LINE - 1)


def _text(kind: str, x: int, y: int, text: str, *, middle: bool = False) -> Markup:
    kinds = f"mc-diagram__text mc-diagram__text--{kind}" if kind.strip() else "mc-diagram__text"
    anchor = Markup(' text-anchor="middle"') if middle else ""
    return Markup('<text class="{}" x="{}" y="{}"{}>{}</text>').format(kinds, x, y, anchor, escape(text))


def _pill(middle: int, y: int, text: str, *, half: int = 150) -> Markup:
    return Markup('<rect class="mc-diagram__pill" x="{}" y="{}" width="{}" height="32" rx="16"/>').format(
        middle - half, y, 2 * half
    ) + _text("pill", middle, y + 21, text, middle=True)


def _arrow(path: str, kind: str = "next") -> Markup:
    return Markup(
        '<path class="mc-diagram__arrow mc-diagram__arrow--{kind}" d="{path}" marker-end="url(#mc-head-{kind})"/>'
    ).format(kind=kind, path=path)


def _head(kind: str) -> Markup:
    return Markup(
        '<marker id="mc-head-{kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path class="mc-diagram__head mc-diagram__head--{kind}" d="M0 0 8 4 0 8z"/></marker>'
    ).format(kind=kind)

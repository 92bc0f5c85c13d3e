"""One page of the editor: a part of the content as a form. Whatever is posted is kept; what is wrong is told beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from motcua.accounts.http import Request
from motcua.agencies.models import Agency
from motcua.console.editor import check, conditions, controls, ids, tree
from motcua.console.editor.controls import Control, Look
from motcua.console.editor.pages import BY_SLUG, PAGES, Page, counts, page_of, spot
from motcua.console.editor.tree import Path
from motcua.foundation import shown
from motcua.foundation.errors import Refusal
from motcua.foundation.time import HANOI, now
from motcua.procedures import operations, parts, words
from motcua.procedures.models import ProcedureDraft
from motcua.ui import process_diagram

_OWN_VIEWS = {
    "vi-du": "console:editor_examples",
    "chua-xac-minh": "console:editor_unverified",
    "mau-in": "console:editor_files",
    "van-ban-nguon": "console:editor_source",
}
_TRIES = 3
_REMOVED = "console.editor.removed"  # in the session: what was removed last, to bring it back
_MOST_ITEMS = 500
_LONG_FORM = 60  # questions; of a longer form the preview shows the section that is edited alone


@dataclass(frozen=True)
class Desk:
    """What every page of the editor has in front of it."""

    draft: ProcedureDraft

    @cached_property
    def problems(self) -> check.Problems:
        """The mistakes by their places: worked out when a page shows them."""
        return check.problems(self.draft)

    @property
    def number(self) -> str:
        return self.draft.number

    @property
    def total(self) -> int:
        return sum(map(len, self.problems.values()))

    def navigation(self, here: str) -> list[dict[str, Any]]:
        wrong = counts(self.problems)
        return [
            {
                "text": page.title,
                "href": address(self.number, page.slug),
                "current": page.slug == here,
                "slug": page.slug,
                "mistakes": wrong.get(page.slug, 0),
            }
            for page in PAGES
        ]


def desk(number: str) -> Desk:
    """The draft of a procedure. Raises Http404 when nobody has begun one."""
    rows = ProcedureDraft.objects.select_related("procedure__sector")
    draft = get_object_or_404(rows, procedure__number=number)
    return Desk(draft)


def address(number: str, slug: str, path: Path = ()) -> str:
    """The address of a page, or of an item of it."""
    if slug in _OWN_VIEWS:
        return reverse(_OWN_VIEWS[slug], args=[number])
    if path:
        return reverse("console:editor_item", args=[number, slug, "/".join(map(str, path))])
    return reverse("console:editor", args=[number, slug])


def place_address(number: str, path: Path) -> str:
    """The address at which a place of the content is edited, down to the input."""
    page, part, input_id = spot(path)
    rest = part[len(page.base) :] if page.base else ()
    return address(number, page.slug, rest) + (f"#{input_id}" if input_id and page.base else "")


def agencies() -> dict[str, str]:
    """The agencies that can be named, by code."""
    return dict(Agency.objects.order_by("code").values_list("code", "name")[:_MOST_ITEMS])


def kept(request: Request, draft: ProcedureDraft, content: Mapping[str, Any]) -> ProcedureDraft:
    return operations.save_draft(
        draft=draft, content=content, revision=draft.revision, actor=request.actor, at=now()
    )


@require_safe
def first(request: Request, number: str) -> HttpResponse:
    desk(number)
    return redirect(address(number, PAGES[0].slug))


@require_safe
def mistakes(request: Request, number: str) -> HttpResponse:
    """Every mistake of the draft, with the place where it is mended."""
    found = desk(number)
    rows = [
        (controls.where(found.draft.content, path) or page_of(path).title, message, place_address(number, path))
        for path, told in found.problems.items()
        for message in told
    ]
    return render(request, "console/editor/mistakes.html", frame(found, "") | {"rows": rows})


def frame(found: Desk, slug: str, preview: str = "thu-tuc") -> dict[str, Any]:
    """What the frame of every page shows."""
    return {
        "draft": found.draft,
        "number": found.number,
        "navigation": found.navigation(slug),
        "total": found.total,
        "preview": preview,
        "problems": {},
    }


# A page of inputs ---------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def page(request: Request, number: str, slug: str, rest: str = "") -> HttpResponse:
    """One part of the content; posting keeps it, and adds, copies, moves or removes what the button says."""
    if slug not in BY_SLUG or not BY_SLUG[slug].base:
        raise Http404
    place = _Place.of(number, BY_SLUG[slug], tree.path_of(rest))
    if request.method == "POST":
        return _Post(request, place).answer()
    return place.show(request)


@dataclass(frozen=True)
class _Place:
    """A page of one draft, down to the item that it shows."""

    desk: Desk
    page: Page
    rest: Path

    @classmethod
    def of(cls, number: str, page: Page, rest: Path) -> "_Place":
        found = cls(desk(number), page, rest)
        try:
            tree.shape_at(found.path)
        except KeyError:
            raise Http404 from None
        if rest and (not page.holds(found.path) or tree.at(found.desk.draft.content, found.path) is None):
            raise Http404
        return found

    @property
    def path(self) -> Path:
        return self.page.base + self.rest

    @property
    def shape(self) -> type:
        return tree.shape_at(self.path)

    @property
    def keys(self) -> tuple[str, ...]:
        return () if self.rest else self.page.keys

    @property
    def href(self) -> str:
        return address(self.desk.number, self.page.slug, self.rest)

    def group(self, content: Any) -> dict[str, Any]:
        return tree.group_at(content, self.path)

    def mark(self, content: Any) -> str:
        """What the page shows, as a short mark: of items with pages of their own only which there are."""
        group, seen = self.group(content), {}
        for key in tree.keys_of(self.shape):
            if self.keys and key.key not in self.keys:
                continue
            value = group.get(key.key)
            if key.kind == "pages" and isinstance(value, list):
                own = ids.key_of(key.item)
                value = [item.get(own) or item.get("message") if isinstance(item, dict) else item for item in value]
            seen[key.key] = value
        return check.digest(seen)

    def controls(self, content: Any) -> list[Control]:
        look = Look.at(content, self.desk.problems, agencies())
        return controls.controls(look, self.path, keys=self.keys)

    def show(self, request: Request, content: Any = None, status: int = 200, **more: Any) -> HttpResponse:
        stored = self.desk.draft.content
        content = stored if content is None else content
        made = self.controls(content)
        theirs: Mapping[str, str] = more.pop("theirs", {})
        if theirs:
            made = [replace(one, theirs=theirs.get(one.key.key, "")) for one in made]
            more["theirs"] = theirs
        names = conditions.Names.of(content)
        shown_now = frame(self.desk, self.page.slug, self.page.preview) | {
            "page": self.page,
            "shape_name": self._shape_name(content),
            "title": self._title(content),
            "trail": self._trail(content),
            "own_problems": self.desk.problems.get(self.path, []),
            "controls": made,
            "base": self.mark(stored),
            "href": self.href,
            "conditions": conditions.choices(names, extra=self.page.slug != "to-khai"),
            "names": [(id, names.label(id), words.value(parts.Field, "type", one.get("type", ""))) for id, one in names.fields.items()],
            "types": _types(self.path),
            "around": self._around(content),
            "removed": self._removed(request),
            "preview_anchor": self._anchor(content),
            "agency_codes": self._agency_codes(),
        }
        if self.page.slug == "quy-trinh" and not self.rest:
            shown_now |= self._process(names)
        return render(request, "console/editor/page.html", shown_now | more, status=status)

    def _shape_name(self, content: Any) -> str:
        """What kind of item this page shows; a question within a table is a column."""
        if not self.rest:
            return ""
        table = tree.group_at(content, self.path[:-2]) if self.path[-2:-1] == ("columns",) else {}
        return _("Cột") if table.get("type") == "table" else words.name(self.shape)

    def _agency_codes(self) -> dict[str, str]:
        """The codes to write, where there are too many agencies to tick."""
        known = agencies() if self.page.slug == "co-quan" else {}
        return known if len(known) > controls.FEW_AGENCIES else {}

    def _anchor(self, content: Any) -> str:
        """Where the preview begins: at the section that is edited; of a long form it shows that one alone."""
        if self.page.slug != "to-khai" or len(self.rest) < 2:
            return ""
        section = tree.group_at(content, self.path[:3]).get("id")
        sections = tree.list_at(content, ("form", "sections"))
        is_long = sum(len(tree.list_at(one, ("fields",))) for one in sections) > _LONG_FORM
        return "" if not section else f"?phan={section}" if is_long else f"#phan-{section}"

    def _removed(self, request: Request) -> str:
        """What was removed last from a list of this page, and can be brought back."""
        removed = request.session.get(_REMOVED)
        if not removed or removed["number"] != self.desk.number:
            return ""
        path = tuple(removed["path"])
        return str(removed["title"]) if self.page.holds(path) and path[: len(self.path)] == self.path else ""

    def _process(self, names: conditions.Names) -> dict[str, Any]:
        """The steps as a drawing, and the same as a table."""
        process = check.sketch(self.desk.draft).process

        def said(source: str) -> str:
            return conditions.reading(source, names).rstrip(".") or source

        return {
            "diagram": process_diagram.diagram(process, units=agencies(), condition=said),
            "diagram_columns": process_diagram.columns(),
            "diagram_rows": process_diagram.rows(process, units=agencies(), condition=said),
        }

    def _title(self, content: Any) -> str:
        if not self.rest:
            return str(self.page.title)
        place = self.rest[-1]
        return controls.title_of(tree.at(content, self.path), self.shape, place if isinstance(place, int) else 0)

    def _trail(self, content: Any) -> list[tuple[str, str]]:
        """Where one is: the page, and the items around this one."""
        number = self.desk.number
        trail = [(_("Thủ tục hành chính"), reverse("console:procedures")), (number, reverse("console:procedure", args=[number]))]
        trail.append((str(self.page.title), address(number, self.page.slug) if self.rest else ""))
        for end in range(1, len(self.rest)):
            if isinstance(self.rest[end - 1], int):
                path = self.page.base + self.rest[:end]
                title = controls.title_of(tree.at(content, path), tree.shape_at(path), int(self.rest[end - 1]))
                trail.append((title, address(number, self.page.slug, self.rest[:end])))
        return [*trail, (self._title(content), "")] if self.rest else trail

    def _around(self, content: Any) -> tuple[str, str, str]:
        """The addresses of the item before, of the list, and of the item after."""
        if not self.rest or not isinstance(self.rest[-1], int):
            return "", "", ""
        place, count = self.rest[-1], len(tree.list_at(content, self.path[:-1]))
        number, slug = self.desk.number, self.page.slug
        before = address(number, slug, (*self.rest[:-1], place - 1)) if place else ""
        after = address(number, slug, (*self.rest[:-1], place + 1)) if place + 1 < count else ""
        return before, address(number, slug, self.rest[:-2]), after


def _types(path: Path) -> list[tuple[str, str, str]]:
    """The types of questions that may be added here: word, name, example."""
    in_table = len(path) >= 5 and path[0] == "form" and path[1] == "sections"
    no_columns = ("table", "group", "person", "organisation", "place", "file", "computed", "note")
    return [
        (word, name, str(controls.TYPE_EXAMPLES.get(word, "")))
        for word, name in words.values(parts.Field, "type").items()
        if not (in_table and word in no_columns)
    ]


class _Post:
    """One post to a page."""

    def __init__(self, request: Request, place: _Place) -> None:
        self.request, self.place = request, place
        self.posted: QueryDict = request.POST.copy()
        self.verb, *self.arguments = self.posted.get("do", "save").split(":")
        if self.verb == "build" and self.arguments:
            self._build(self.arguments[0])

    def _build(self, name: str) -> None:
        choice, negated = self.posted.get(f"{name}{tree.MARK}pick", ""), self.posted.get(f"{name}{tree.MARK}not")
        joined = conditions.joined(self.posted.get(name, ""), choice, negated=negated == "yes")
        self.posted[name] = joined

    @property
    def is_script(self) -> bool:
        return self.request.headers.get("X-Requested-With") == "fetch"

    def answer(self) -> HttpResponse:
        place, content = self.place, self.place.desk.draft.content
        typed = tree.read(place.shape, self.posted, place.group(content))
        if self.posted.get("base") != place.mark(content):
            theirs = controls.differing(place.shape, typed, place.group(content))
            if theirs:
                return self._conflict(typed, theirs)
        renames = self._renames(content, typed)
        used = [(old, new, uses) for path, old, new in renames if (uses := ids.uses(content, path))]
        answer = self.posted.get("rename", "")
        if used and answer not in ("all", "only"):
            return self._ask(content, typed, used)
        if answer == "all":
            for path, _old, new in renames:
                content = ids.renamed(content, path, new)
            typed = tree.read(place.shape, self.posted, place.group(content))
        content = ids.named(tree.put(content, place.path, typed), place.path)
        try:
            content, href = self._done(content)
            draft = kept(self.request, place.desk.draft, content)
        except operations.SavedMeanwhile:
            return self._again()
        except Refusal as refusal:
            return self._refused(typed, str(refusal))
        if self.is_script:
            return self._told(draft)
        return redirect(href)

    def _done(self, content: Any) -> tuple[Any, str]:
        """The content after what the button says, and where one goes then."""
        place, number, slug = self.place, self.place.desk.number, self.place.page.slug
        removed = self.request.session.pop(_REMOVED, None) if not self.is_script else None
        if self.verb == "restore" and removed and removed["number"] == number:
            path = tuple(removed["path"])
            spot_in_list = min(removed["place"], len(tree.list_at(content, path)))
            messages.success(self.request, _("Đã khôi phục «%(title)s».") % {"title": removed["title"]})
            return tree.added(content, path, removed["item"], spot_in_list), place.href
        if self.verb not in ("add", "copy", "up", "down", "remove") or not self.arguments:
            if not self.is_script:
                messages.success(self.request, _("Đã lưu."))
            anchor = f"#{self.arguments[0].replace('.', '-')}" if self.verb == "build" and self.arguments else ""
            return content, place.href + anchor
        key_path = tree.path_of(self.arguments[0].replace(".", "/"))
        path = place.path + key_path
        key = tree.key_of(tree.shape_at(path[:-1]), str(path[-1]))
        if key.kind not in ("rows", "pages"):
            raise Http404
        anchor = f"#{'-'.join(map(str, key_path))}"
        items = tree.list_at(content, path)
        if self.verb == "add":
            if len(items) >= _MOST_ITEMS:
                raise Refusal(_("Danh sách đã dài tối đa. Vui lòng bỏ bớt mục trước khi thêm."))
            if key.item is parts.Step:
                content = _with_step(content, path)
            else:
                content = tree.added(content, path, _new_item(key.item, self.arguments[1:]))
            if key.kind == "pages":
                return content, address(number, slug, (*place.rest, *key_path, len(items)))
            return content, place.href + f"{anchor}-{len(items)}"
        at = int(self.arguments[1]) if len(self.arguments) > 1 and self.arguments[1].isdecimal() else -1
        if not 0 <= at < len(items):
            raise Refusal(_("Mục này không còn. Vui lòng tải lại trang."))
        if self.verb == "copy":
            content = _with_copy(content, path, at)
        elif self.verb == "remove":
            title = controls.title_of(items[at], key.item, at)
            content = tree.removed(content, path, at)
            self.request.session[_REMOVED] = {
                "number": number, "path": list(path), "place": at, "item": items[at], "title": title,
            }  # fmt: skip
        else:
            content = tree.moved(content, path, at, -1 if self.verb == "up" else 1)
        return content, place.href + anchor

    def _renames(self, content: Any, typed: Mapping[str, Any]) -> list[tuple[Path, str, str]]:
        """The names that this post changes: of the part itself, and of rows that stand where they stood."""
        place = self.place
        pairs = [(place.path, place.group(content), typed, place.shape)]
        for key in tree.keys_of(place.shape):
            if key.kind == "rows" and key.item in ids.NAMED:
                old, new = tree.list_at(place.group(content), (key.key,)), typed.get(key.key) or []
                if len(old) == len(new):
                    pairs += [
                        ((*place.path, key.key, number), old[number], new[number], key.item)
                        for number in range(len(old))
                    ]
        found = []
        for path, old_group, new_group, shape in pairs:
            if shape not in ids.NAMED or not isinstance(old_group, dict):
                continue
            before, after = old_group.get(ids.key_of(shape)), new_group.get(ids.key_of(shape))
            if before and after and before != after:
                found.append((path, str(before), str(after)))
        return found

    # What is not kept at once

    def _conflict(self, typed: dict[str, Any], theirs: dict[str, str]) -> HttpResponse:
        draft, place = self.place.desk.draft, self.place
        told = _("%(name)s đã sửa phần này lúc %(time)s. Nội dung Ông/Bà vừa nhập còn nguyên dưới đây nhưng chưa được lưu.") % {
            "name": draft.edited_by_name, "time": shown.moment(draft.edited_at)}  # fmt: skip
        if self.is_script:
            return JsonResponse({"problem": told}, status=409)
        content = tree.put(draft.content, place.path, typed)
        return place.show(self.request, content, status=409, conflict=told, theirs=theirs)

    def _ask(self, content: Any, typed: dict[str, Any], used: list[tuple[str, str, list[ids.Use]]]) -> HttpResponse:
        place = self.place
        if self.is_script:
            return JsonResponse({"problem": _("Mã được đổi đang dùng ở nơi khác. Vui lòng bấm Lưu để xác nhận.")}, status=409)
        asked = [
            (old, new, [(controls.where(content, use.path), place_address(place.desk.number, use.path)) for use in uses])
            for old, new, uses in used
        ]
        return place.show(self.request, tree.put(content, place.path, typed), status=422, renames=asked)

    def _refused(self, typed: dict[str, Any], told: str) -> HttpResponse:
        if self.is_script:
            return JsonResponse({"problem": told}, status=409)
        content = tree.put(self.place.desk.draft.content, self.place.path, typed)
        return self.place.show(self.request, content, status=422, conflict=told)

    def _again(self, tries: int = _TRIES) -> HttpResponse:
        """Somebody saved in this very moment: read the draft anew and try again."""
        tries = int(self.request.META.get("motcua.editor.tries", 0)) + 1
        if tries > _TRIES:
            return self._refused({}, _("Bản soạn đang được nhiều người lưu cùng lúc. Vui lòng lưu lại."))
        self.request.META["motcua.editor.tries"] = tries
        return _Post(self.request, _Place.of(self.place.desk.number, self.place.page, self.place.rest)).answer()

    def _told(self, draft: ProcedureDraft) -> JsonResponse:
        place = replace(self.place, desk=Desk(draft))
        problems, readings, names = {}, {}, {}
        for one in flat(place.controls(draft.content)):
            if one.problem:
                problems[one.id] = one.problem
            if one.reading:
                readings[one.id] = one.reading
            if one.is_name and one.text:
                names[one.id] = one.text
        return JsonResponse({
            "saved": _("Đã lưu lúc %(time)s") % {"time": f"{draft.edited_at.astimezone(HANOI):%H:%M:%S}"},
            "base": place.mark(draft.content),
            "total": place.desk.total,
            "counts": counts(place.desk.problems),
            "problems": problems,
            "readings": readings,
            "names": names,
        })  # fmt: skip


def flat(made: list[Control] | tuple[Control, ...]) -> list[Control]:
    """The controls and those within them."""
    found: list[Control] = []
    for one in made:
        found += [one, *flat(one.parts)]
        for row in one.rows:
            found += flat(row)
    return found


def _new_item(shape: type, arguments: list[str]) -> dict[str, Any]:
    """A fresh item: what most are is filled in already."""
    kind = arguments[0] if arguments else ""
    if shape is parts.Field:
        return {"type": kind if kind in words.values(parts.Field, "type") else "text"}
    fresh: dict[type, dict[str, Any]] = {
        parts.Section: {"fields": []},
        parts.Component: {"originals": 1},
        parts.FeeLine: {"kind": "fee", "due": "before_acceptance"},
        parts.Result: {"type": "document"},
    }
    return dict(fresh.get(shape, {}))


# Who usually does what, and how the way on from there is called; in the usual order.
_USUAL_STEPS = {
    "assign": ("head", gettext_lazy("Chuyển thụ lý")),
    "appraise": ("appraiser", gettext_lazy("Đạt, trình phê duyệt")),
    "approve": ("leader", gettext_lazy("Phê duyệt")),
    "stamp": ("clerk", gettext_lazy("Cấp số, ban hành")),
    "return_result": ("returner", gettext_lazy("Trả kết quả")),
}


def _with_step(content: Any, path: Path) -> Any:
    """The content with the next usual step at the end of the process; what ended there before leads to it now."""
    steps = [step for step in tree.list_at(content, path) if isinstance(step, dict)]
    done = {step.get("act") for step in steps}
    act = next((act for act in _USUAL_STEPS if act not in done), "appraise")
    role, way = _USUAL_STEPS[act]
    place = (*path, len(tree.list_at(content, path)))
    content = tree.added(content, path, {
        "act": act, "role": role, "unit": "reception" if act == "return_result" else "agency", "hours": 8,
        "outcomes": [{"id": ids.proposed(str(way)), "name": str(way), "to": parts.END}],
        **({"needs": ["result_draft"]} if act == "approve" else {}),
    })  # fmt: skip
    content = ids.named(content, place)
    new = tree.group_at(content, place).get(ids.key_of(parts.Step))
    if not steps or not new:
        return content
    last = (*path, int(place[-1]) - 1)
    ways = tree.list_at(content, (*last, "outcomes"))
    for number, outcome in enumerate(ways):
        if isinstance(outcome, dict) and outcome.get("to") == parts.END:
            content = tree.put(content, (*last, "outcomes", number, "to"), new)
    if not ways:
        name = str(_USUAL_STEPS.get(str(steps[-1].get("act")), ("", _("Chuyển tiếp")))[1])
        content = tree.put(content, (*last, "outcomes"), [{"id": ids.proposed(name), "name": name, "to": new}])
    return content


def _with_copy(content: Any, path: Path, place: int) -> Any:
    """The content with a copy of an item after it, under a name of its own; so are the questions in a copied section."""
    content = tree.copied(content, path, place)
    made = (*path, place + 1)
    shape = tree.shape_at(made)
    if shape in ids.NAMED:
        name = str(tree.group_at(content, made).get(ids.key_of(shape)) or "")
        if name:
            content = tree.put(content, (*made, ids.key_of(shape)), ids.distinct(name, ids.taken(content, made)))
    for number, field in enumerate(tree.list_at(content, (*made, "fields"))):
        inner = (*made, "fields", number)
        if isinstance(field, dict) and field.get("id"):
            content = tree.put(content, (*inner, "id"), ids.distinct(str(field["id"]), ids.taken(content, inner)))
    return content

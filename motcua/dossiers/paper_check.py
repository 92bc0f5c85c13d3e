"""A look through an uploaded paper: what a person at the counter would send it back for, told in plain words.

Nothing here refuses a file: `uploads.inspect` refuses what is certain. What is found here is a guess from a small
picture of each page, and the applicant has the last word. Findings are kept as [{"kind", "pages"}].
"""

from collections.abc import Callable, Iterator
from typing import IO, Any, cast

import pypdfium2
import pypdfium2.raw as pdfium
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageChops, ImageFilter, ImageStat

from motcua.dossiers.uploads import PDF, PDFIUM, PICTURES

Findings = list[dict[str, Any]]

MOST_PAGES = 60  # looked at; of a longer paper the first ones
MANY_PAGES = 150  # worth a word
_SIDE = 1200  # pixels of the longer side of the picture that is looked at
_FEWEST_DOTS = 100  # an inch, for small print to be read
_SHORTEST_SIDE = 800  # pixels of a picture of a page
_STROKE = 22  # levels by which writing is darker than what is around it
_TINY_SIDE = 350
_STEEP = 0.32  # below it letters run together
_SCREENS = {  # width and height of the pictures that telephones and computers make of their screens
    (640, 1136), (720, 1280), (720, 1520), (720, 1560), (720, 1600), (750, 1334), (828, 1792), (1080, 1920),
    (1080, 2160), (1080, 2220), (1080, 2280), (1080, 2340), (1080, 2400), (1080, 2408), (1125, 2436), (1170, 2532),
    (1179, 2556), (1206, 2622), (1242, 2208), (1242, 2688), (1284, 2778), (1290, 2796), (1320, 2868), (1440, 2560),
    (1440, 2960), (1440, 3040), (1440, 3088), (1440, 3120), (1440, 3200), (768, 1366), (900, 1440), (900, 1600),
    (1050, 1680), (1200, 1920), (1440, 3440), (2160, 3840), (1536, 2048), (1600, 2560), (1800, 2880),
}  # fmt: skip

# In the order in which they are told; a page with one of the first needs no other word.
WORDS = {
    "blank": (
        gettext_lazy("Trang %(pages)s có vẻ trống."),
        gettext_lazy("Vui lòng kiểm tra đã quét đúng mặt giấy chưa."),
    ),
    "dark": (
        gettext_lazy("Trang %(pages)s quá tối."),
        gettext_lazy("Vui lòng chụp lại ở nơi đủ sáng."),
    ),
    "blurred": (
        gettext_lazy("Trang %(pages)s bị mờ."),
        gettext_lazy("Vui lòng giữ chắc máy và chụp lại để chữ rõ nét."),
    ),
    "sideways": (
        gettext_lazy("Trang %(pages)s có vẻ bị xoay ngang."),
        gettext_lazy("Vui lòng xoay lại cho đúng chiều đọc."),
    ),
    "cut": (
        gettext_lazy("Trang %(pages)s có vẻ bị mất một phần ở mép."),
        gettext_lazy("Vui lòng chụp hoặc quét lại đủ cả trang giấy."),
    ),
    "tiny": (
        gettext_lazy("Ảnh của trang %(pages)s quá nhỏ."),
        gettext_lazy("Vui lòng chụp hoặc quét lại ở cỡ lớn hơn."),
    ),
    "low_resolution": (
        gettext_lazy("Trang %(pages)s có độ phân giải thấp, chữ nhỏ khó đọc."),
        gettext_lazy("Vui lòng quét lại ở mức 200 điểm/inch trở lên hoặc chụp gần hơn."),
    ),
    "screenshot": (
        gettext_lazy("Trang %(pages)s có vẻ là ảnh chụp màn hình."),
        gettext_lazy("Vui lòng tải lên tệp gốc hoặc bản quét của giấy tờ."),
    ),
    "many_pages": (
        gettext_lazy("Tệp có %(pages)s trang."),
        gettext_lazy("Vui lòng kiểm tra đã chọn đúng tệp; chỉ cần nộp các trang được yêu cầu."),
    ),
}
_ALONE = ("blank", "dark", "blurred", "tiny")  # say enough of a page


def is_quick(content_type: str, size: int, pages: int | None) -> bool:
    """Whether the look takes so little time that a page may wait for it: below some 300 ms."""
    if content_type == PDF:
        return size < 600_000 and (pages or 0) <= 3
    return size < 4_000_000 if content_type == "image/jpeg" else size < 1_500_000


def look(stream: IO[bytes], content_type: str) -> Findings:
    """What is worth a warning, in the order in which it is told; the stream is at its start again afterwards."""
    found: dict[str, list[int]] = {}
    stream.seek(0)
    try:
        if content_type == PDF:
            pages = _look_through(stream, found)
            if pages > MANY_PAGES:
                found["many_pages"] = [pages]
        elif content_type.startswith("image/"):
            _look_at_picture(stream, found)
    except (OSError, SyntaxError, ValueError, ArithmeticError, pypdfium2.PdfiumError, Image.DecompressionBombError):
        pass  # it was read once; a page that cannot be drawn is no reason to say anything
    finally:
        stream.seek(0)
    return [{"kind": kind, "pages": found[kind]} for kind in WORDS if kind in found]


def said(findings: Findings | None) -> list[tuple[str, str]]:
    """What was found and what to do about it, as sentences."""
    return [
        (str(words) % {"pages": _page_words(finding["pages"])}, str(advice))
        for finding in findings or []
        if finding["kind"] in WORDS
        for words, advice in [WORDS[finding["kind"]]]
    ]


def _page_words(pages: list[int]) -> str:
    """Such as "2, 5–7 và 11"; not more than six places."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1][1:] = [page]
        else:
            runs.append([page])
    texts = [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[1]}" for run in runs]
    if len(texts) > 6:
        return _("%(pages)s và %(more)d chỗ khác") % {"pages": ", ".join(texts[:6]), "more": len(texts) - 6}
    if len(texts) > 1:
        return _("%(pages)s và %(last)s") % {"pages": ", ".join(texts[:-1]), "last": texts[-1]}
    return texts[0] if texts else ""


# Pages and pictures -------------------------------------------------------------------------------------------


def _look_through(stream: IO[bytes], found: dict[str, list[int]]) -> int:
    """Look at each page of a PDF; how many it has. The library is held for one page at a time."""
    with PDFIUM:
        document = pypdfium2.PdfDocument(stream, autoclose=False)
        count = len(document)
    try:
        for number in range(min(count, MOST_PAGES)):
            with PDFIUM:
                image, has_text, dots = _drawn(document, number)
            _note(found, number + 1, _of_page(image, scanned=not has_text and bool(dots), dots=dots))
    finally:
        with PDFIUM:
            document.close()
    return count


def _drawn(document: pypdfium2.PdfDocument, number: int) -> tuple[Image.Image, bool, float]:
    """The page as a grey picture, whether it holds text, and the dots an inch of the picture that fills it (0: none)."""
    page = document[number]
    try:
        width, height = page.get_size()
        text_page = page.get_textpage()
        try:
            has_text = text_page.count_chars() > 20
        finally:
            text_page.close()
        dots, filled = 0.0, (0.0, 0.0, width, height)
        for one in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=3):
            left, bottom, right, top = one.get_bounds()
            across, down = min(right, width) - max(left, 0), min(top, height) - max(bottom, 0)
            if across * down > 0.4 * width * height:
                pixels = one.get_px_size()
                dots = max(dots, min(pixels) / (min(right - left, top - bottom) / 72))
                filled = (max(left, 0), max(height - top, 0), min(right, width), min(height - bottom, height))
        scale = min(_SIDE / max(width, height), 4.0)
        bitmap = page.render(scale=scale, grayscale=True)
        image: Image.Image = bitmap.to_pil().convert("L")
        image.load()
        bitmap.close()
        if dots and not has_text:  # what was scanned, without the paper that the program put around it
            left, top, right, bottom = (round(edge * scale) for edge in filled)
            if right - left > 100 and bottom - top > 100:
                image = image.crop((left, top, right, bottom))
    finally:
        page.close()
    return image, has_text, dots


def _look_at_picture(stream: IO[bytes], found: dict[str, list[int]]) -> None:
    with PICTURES:
        picture: Image.Image = Image.open(stream)
        size = picture.size
        turned = picture.getexif().get(274, 1) in (5, 6, 7, 8)
        by_camera = bool(picture.getexif().get(271)) or "dpi" in picture.info
        if picture.format == "PNG" and size[0] * size[1] > 40_000_000:
            return
        picture.draft("L", (_SIDE, _SIDE))
        if picture.mode in ("P", "LA", "RGBA", "PA"):
            picture = picture.convert("RGBA")
            picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
        image = picture.convert("L")
        if max(image.size) > _SIDE:
            image.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
    if turned:
        image = image.transpose(Image.Transpose.ROTATE_270)
    kinds = _of_page(image, scanned=True, dots=0)
    if min(size) < _TINY_SIDE:
        kinds = ["tiny"]
    elif min(size) < _SHORTEST_SIDE and (min(size), max(size)) not in _SCREENS:
        kinds.append("low_resolution")
    if not by_camera and (min(size), max(size)) in _SCREENS:
        kinds.append("screenshot")
    _note(found, 1, kinds)


def _note(found: dict[str, list[int]], page: int, kinds: list[str]) -> None:
    alone = next((kind for kind in _ALONE if kind in kinds), None)
    for kind in [alone] if alone else kinds:
        found.setdefault(kind, []).append(page)


def _of_page(image: Image.Image, *, scanned: bool, dots: float) -> list[str]:
    """What is to be said of one page by its grey picture; a page that was not scanned is neither dark nor blurred."""
    kinds: list[str] = []
    levels = _Levels(image)
    if is_blank(image, levels):
        return ["dark"] if levels.paper < 60 else ["blank"]
    looks: list[tuple[str, Callable[[], bool]]] = [("sideways", lambda: is_sideways(image, levels))]
    if scanned:
        looks = [
            ("dark", lambda: is_dark(levels)),
            ("blurred", lambda: is_blurred(image, levels)),
            *looks,
            ("cut", lambda: is_cut(image, levels)),
        ]
    kinds = [kind for kind, holds in looks if holds()]
    if 0 < dots < _FEWEST_DOTS:
        kinds.append("low_resolution")
    return kinds


class _Levels:
    """How bright a page is: of its paper, and of its darkest parts; 0 to 255."""

    def __init__(self, image: Image.Image) -> None:
        self.histogram = image.histogram()
        self.count = sum(self.histogram)
        self.paper = self._at(0.80)
        self.middle = self._at(0.50)
        self.ink = self._at(0.005)

    def _at(self, share: float) -> int:
        wanted = share * self.count
        seen = 0
        for level, amount in enumerate(self.histogram):
            seen += amount
            if seen >= wanted:
                return level
        return 255


def _inner(image: Image.Image, share: float) -> Image.Image:
    across, down = int(image.width * share), int(image.height * share)
    return image.crop((across, down, image.width - across, image.height - down))


def is_blank(image: Image.Image, levels: _Levels) -> bool:
    """No stroke of writing anywhere but at the very edge, where scanners leave shadows and holes."""
    inner = _inner(image, 0.06)
    if min(inner.size) < 8:
        return False
    darkest, brightest = cast("tuple[int, int]", inner.getextrema())  # of its one band
    if brightest - darkest < _STROKE:
        return True
    inner = (inner.reduce(2) if max(inner.size) > 600 else inner).filter(ImageFilter.MedianFilter(3))
    # What stands out from its surroundings: a fold's soft shadow does not, a stroke does.
    ground = inner.filter(ImageFilter.BoxBlur(max(4, max(inner.size) // 60)))
    strokes = ImageChops.subtract(ground, inner).histogram()
    return sum(strokes[_STROKE:]) < 0.00025 * inner.width * inner.height


def is_dark(levels: _Levels) -> bool:
    return levels.paper < 85


def is_blurred(image: Image.Image, levels: _Levels) -> bool:
    """No step from paper to ink is steep, anywhere on the page."""
    if min(image.size) < 300 or levels.paper - levels.ink < 25:
        return False
    return steepness(image, max(16, 0.3 * (levels.paper - levels.ink))) < _STEEP


def steepness(image: Image.Image, least: float) -> float:
    """How much of the contrast around a place is passed within one pixel: 0.9 in a scan, 0.2 where letters run together.

    Only places with a contrast of `least` levels count; 1 when there is none. Nine pieces of the page are looked at.
    """
    across, down = image.width // 6, image.height // 6
    steps = contrasts = 0.0
    for row in range(3):
        for column in range(3):
            left, top = image.width * (2 * column + 1) // 6 - across // 2, image.height * (2 * row + 1) // 6 - down // 2
            piece = image.crop((left, top, left + across, top + down)).filter(ImageFilter.MedianFilter(3))
            step = ImageChops.lighter(
                ImageChops.difference(piece, ImageChops.offset(piece, 1, 0)),
                ImageChops.difference(piece, ImageChops.offset(piece, 0, 1)),
            )
            light = dark = piece
            for _once in range(4):
                light, dark = light.filter(ImageFilter.MaxFilter(3)), dark.filter(ImageFilter.MinFilter(3))
                step = step.filter(ImageFilter.MaxFilter(3))
            contrast = ImageChops.subtract(light, dark)
            counted = contrast.point(lambda value: 255 if value > least else 0)
            counted.paste(0, (0, 0, counted.width, 6))  # the offset has wrapped round
            counted.paste(0, (0, 0, 6, counted.height))
            steps += _sum(step, counted)
            contrasts += _sum(contrast, counted)
    return steps / contrasts if contrasts else 1.0


def _sum(image: Image.Image, counted: Image.Image) -> float:
    return float(sum(level * amount for level, amount in enumerate(image.histogram(counted))))


def is_sideways(image: Image.Image, levels: _Levels) -> bool:
    """Lines of writing run from top to bottom: the columns differ from each other more than the rows do."""
    inner = _inner(image, 0.08)
    if min(inner.size) < 200 or levels.paper - levels.ink < 40:
        return False
    marks = _strokes(inner)
    held = [marks.rotate(angle) if angle else marks for angle in (-3, -1.5, 0, 1.5, 3)]  # few photos are straight
    across = max(_unevenness(one, rows=True) for one in held)
    down = max(_unevenness(one, rows=False) for one in held)
    return down > 1.35 * across and down > 3.0


def _strokes(image: Image.Image) -> Image.Image:
    """White where something is written, black elsewhere, whatever the light."""
    ground = image.filter(ImageFilter.BoxBlur(12))
    return ImageChops.subtract(ground, image).point(lambda value: 255 if value > 24 else 0)


def _unevenness(marks: Image.Image, *, rows: bool) -> float:
    """How much neighbouring rows (or columns) of the page differ in what they hold, in levels of grey.

    The page is looked at in strips, so that one column of writing beside another does not fill the gaps; the
    typical strip counts, so that a ruled line, which crosses them all, counts no more than a line of words.
    """
    found = []
    strips = 3
    for number in range(strips):
        if rows:
            box = (marks.width * number // strips, 0, marks.width * (number + 1) // strips, marks.height)
            profile = marks.crop(box).resize((1, marks.height), Image.Resampling.BOX)
        else:
            box = (0, marks.height * number // strips, marks.width, marks.height * (number + 1) // strips)
            profile = marks.crop(box).resize((marks.width, 1), Image.Resampling.BOX)
        soft = profile.filter(ImageFilter.BoxBlur((0, 10) if rows else (10, 0)))
        differences = ImageChops.difference(profile, soft).point(lambda value: min(value, 60))
        found.append(ImageStat.Stat(differences).mean[0])
    return sorted(found)[strips // 2]


def is_cut(image: Image.Image, levels: _Levels) -> bool:
    """Writing runs into an edge, as where half a page was scanned; a photograph with a table around it is no such page."""
    if levels.paper < 170 or min(image.size) < 300:
        return False
    marks = _strokes(image)
    thick = max(2, min(image.size) // 300)
    width, height = image.size
    strips = {
        "left": (0, 0, thick, height),
        "right": (width - thick, 0, width, height),
        "top": (0, 0, width, thick),
        "bottom": (0, height - thick, width, height),
    }
    for side, box in strips.items():
        strip = marks.crop(box)
        long = strip.height if side in ("left", "right") else strip.width
        line = strip.resize((1, long) if side in ("left", "right") else (long, 1), Image.Resampling.BOX)
        if _is_writing(list(_runs(line)), long, levels, image.crop(box)):
            return True
    return False


def _runs(line: Image.Image) -> Iterator[int]:
    """The lengths of the dark pieces along an edge."""
    length = 0
    for value in line.tobytes():
        if value > 110:
            length += 1
        elif length:
            yield length
            length = 0
    if length:
        yield length


def _is_writing(runs: list[int], long: int, levels: _Levels, edge: Image.Image) -> bool:
    """Many short pieces of letters on bright paper; not one long shadow, not some specks."""
    share = sum(runs) / long
    bright = ImageStat.Stat(edge).median[0] > levels.paper - 40
    return bright and len(runs) >= 8 and 0.02 < share < 0.5

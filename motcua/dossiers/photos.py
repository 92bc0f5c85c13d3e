"""Photos of pages joined into one PDF: each upright, none larger than a page needs."""

import io
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from motcua.dossiers.uploads import PICTURES
from motcua.foundation.errors import Refusal

MOST_PAGES = 60
_LONG_SIDE = 2000  # pixels: a page of A4 at some 170 dots an inch
_A4 = (595.28, 841.89)  # points
_MOST_PIXELS = 75_000_000
_TURNS = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


@contextmanager
def joined(pages: Sequence[tuple[IO[bytes], int]]) -> Iterator[IO[bytes]]:
    """A PDF of these photos in this order, each turned clockwise by 0, 90, 180 or 270 degrees; one a page of A4.

    Only one photo is in memory at a time. Raises Refusal for no photo, too many, or what is no picture.
    """
    if not pages:
        raise Refusal(_("Vui lòng chọn ít nhất một ảnh."))
    if len(pages) > MOST_PAGES:
        raise Refusal(_("Vui lòng ghép không quá %(most)d ảnh vào một tệp.") % {"most": MOST_PAGES})
    with tempfile.TemporaryFile() as file:
        _write(file, pages)
        file.seek(0)
        yield file


def _write(file: IO[bytes], pages: Sequence[tuple[IO[bytes], int]]) -> None:
    """Objects 1 and 2 are the catalogue and the list of pages; each page is three: page, drawing, picture."""
    places: dict[int, int] = {}

    def put(number: int, content: bytes) -> None:
        places[number] = file.tell()
        file.write(b"%d 0 obj\n%b\nendobj\n" % (number, content))

    file.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    put(1, b"<< /Type /Catalog /Pages 2 0 R >>")
    first = [3 + 3 * place for place in range(len(pages))]
    kids = b" ".join(b"%d 0 R" % number for number in first)
    put(2, b"<< /Type /Pages /Count %d /Kids [%b] >>" % (len(pages), kids))
    for number, (stream, turn) in zip(first, pages, strict=True):
        jpeg, (width, height), space = _page(stream, turn)
        paper = _A4 if height >= width else _A4[::-1]
        scale = min(paper[0] / width, paper[1] / height)
        across, down = width * scale, height * scale
        left, bottom = (paper[0] - across) / 2, (paper[1] - down) / 2
        drawing = b"q %.2f 0 0 %.2f %.2f %.2f cm /I Do Q" % (across, down, left, bottom)
        put(
            number,
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.2f %.2f] /Contents %d 0 R"
            b" /Resources << /XObject << /I %d 0 R >> >> >>" % (*paper, number + 1, number + 2),
        )
        put(number + 1, b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawing), drawing))
        put(
            number + 2,
            b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /%b /BitsPerComponent 8"
            b" /Filter /DCTDecode /Length %d >>\nstream\n%b\nendstream" % (width, height, space, len(jpeg), jpeg),
        )
    table = file.tell()
    file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1))
    file.writelines(b"%010d 00000 n \n" % places[number] for number in sorted(places))
    file.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, table))


def _page(stream: IO[bytes], turn: int) -> tuple[bytes, tuple[int, int], bytes]:
    """The photo upright as a JPEG, its size in pixels, and its colours as a PDF calls them."""
    try:
        with PICTURES:
            image: Image.Image = Image.open(stream)
            if image.width * image.height > _MOST_PIXELS:
                raise Refusal(_("Có ảnh quá lớn. Vui lòng chụp lại ở cỡ nhỏ hơn."))
            image.draft("RGB", (_LONG_SIDE, _LONG_SIDE))
            if image.mode in ("P", "PA", "LA", "RGBA"):
                image = image.convert("RGBA")
                image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
            turned: Image.Image = ImageOps.exif_transpose(image)
            turned = turned.convert("L" if turned.mode in ("1", "L", "I", "I;16") else "RGB")
            turned.thumbnail((_LONG_SIDE, _LONG_SIDE))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Refusal(_("Có ảnh không đọc được. Vui lòng chọn ảnh jpg hoặc png khác.")) from None
    if turn in _TURNS:
        turned = turned.transpose(_TURNS[turn])
    out = io.BytesIO()
    turned.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue(), turned.size, b"DeviceGray" if turned.mode == "L" else b"DeviceRGB"

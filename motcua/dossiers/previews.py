"""Small pictures of uploaded papers, so that a person sees what was attached without opening it."""

import io
from typing import IO

import pypdfium2
from PIL import Image

from motcua.dossiers.uploads import PDF, PDFIUM, PICTURES

WIDTH, HEIGHT = 240, 320  # pixels, at most
LARGE = (1400, 1800)  # for reading
_ORIENTATION = 274  # the tag by which a camera says how it was held
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_MOST_PIXELS = 40_000_000  # of a picture that can only be opened whole


def thumbnail(stream: IO[bytes], content_type: str) -> bytes | None:
    """The first page or the picture as a small JPEG; None for what has no picture or cannot be read."""
    return picture(stream, content_type, 1)


def picture(stream: IO[bytes], content_type: str, number: int, *, large: bool = False) -> bytes | None:
    """Page `number` (from 1) as a JPEG; None for what has no picture or no such page, or cannot be read."""
    size = LARGE if large else (WIDTH, HEIGHT)
    try:
        if content_type == PDF:
            image = _page(stream, number, size)
        elif content_type.startswith("image/") and number == 1:
            image = _small(stream, size)
        else:
            return None
    except (OSError, SyntaxError, ValueError, ArithmeticError, Image.DecompressionBombError, pypdfium2.PdfiumError):
        return None
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


def _page(stream: IO[bytes], number: int, size: tuple[int, int]) -> Image.Image:
    with PDFIUM:
        document = pypdfium2.PdfDocument(stream, autoclose=False)
        try:
            if not 1 <= number <= len(document):
                raise ValueError("no such page")
            page = document[number - 1]
            width, height = page.get_size()
            scale = min(size[0] / width, size[1] / height)
            image: Image.Image = page.render(scale=scale).to_pil()
            image.load()
            page.close()
        finally:
            document.close()
    return image


def _small(stream: IO[bytes], size: tuple[int, int]) -> Image.Image:
    with PICTURES:
        image: Image.Image = Image.open(stream)
        if image.format == "PNG" and image.width * image.height > _MOST_PIXELS:
            raise ValueError("too large to be opened for a preview")
        turn = image.getexif().get(_ORIENTATION, 1)
        image.draft("RGB", (size[0] * 2, size[1] * 2))
        if image.mode == "1":
            image = image.convert("L")
        image.thumbnail((size[0] * 4, size[1] * 4) if image.mode == "P" else (max(size), max(size)))
    if image.mode in ("P", "LA", "RGBA"):  # white behind what is transparent
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image)
    if turn in _UPRIGHT:
        image = image.transpose(_UPRIGHT[turn])
    image.thumbnail(size)
    return image

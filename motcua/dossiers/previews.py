"""Small pictures of uploaded papers, so that a person sees what was attached without opening it."""

import io
from typing import IO

import pypdfium2
from PIL import Image

from motcua.dossiers.uploads import PDF, PDFIUM, PICTURES

WIDTH, HEIGHT = 240, 320  # pixels, at most
_MOST_PIXELS = 40_000_000  # of a picture that can only be opened whole


def thumbnail(stream: IO[bytes], content_type: str) -> bytes | None:
    """The first page or the picture as a small JPEG; None for what has no picture or cannot be read."""
    try:
        if content_type == PDF:
            image = _first_page(stream)
        elif content_type.startswith("image/"):
            image = _small(stream)
        else:
            return None
    except (OSError, SyntaxError, ValueError, ArithmeticError, Image.DecompressionBombError, pypdfium2.PdfiumError):
        return None
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


def _first_page(stream: IO[bytes]) -> Image.Image:
    with PDFIUM:
        document = pypdfium2.PdfDocument(stream, autoclose=False)
        try:
            page = document[0]
            width, height = page.get_size()
            scale = min(WIDTH / width, HEIGHT / height)
            image: Image.Image = page.render(scale=scale).to_pil()
            image.load()
            page.close()
        finally:
            document.close()
    return image


def _small(stream: IO[bytes]) -> Image.Image:
    with PICTURES:
        image: Image.Image = Image.open(stream)
        if image.format == "PNG" and image.width * image.height > _MOST_PIXELS:
            raise ValueError("too large to be opened for a preview")
        image.draft("RGB", (WIDTH * 2, HEIGHT * 2))
        if image.mode == "1":
            image = image.convert("L")
        image.thumbnail((WIDTH * 4, HEIGHT * 4) if image.mode == "P" else (WIDTH, HEIGHT))
    if image.mode in ("P", "LA", "RGBA"):  # white behind what is transparent
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image)
    image.thumbnail((WIDTH, HEIGHT))
    return image

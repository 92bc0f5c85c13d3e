"""Small pictures of uploaded papers, so that a person sees what was attached without opening it."""

import io
from typing import IO

import pypdfium2
from PIL import Image

from motcua.dossiers.uploads import PDF, PDFIUM

WIDTH, HEIGHT = 240, 320  # pixels, at most


def thumbnail(stream: IO[bytes], content_type: str) -> bytes | None:
    """The first page or the picture as a small JPEG; None for what has no picture or cannot be read."""
    try:
        if content_type == PDF:
            image = _first_page(stream)
        elif content_type.startswith("image/"):
            image = _small(stream)
        else:
            return None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, pypdfium2.PdfiumError):
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
    image: Image.Image = Image.open(stream)
    image.draft("RGB", (WIDTH * 2, HEIGHT * 2))
    if image.mode in ("P", "LA", "RGBA"):  # white behind what is transparent
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image)
    image.thumbnail((WIDTH, HEIGHT))
    return image

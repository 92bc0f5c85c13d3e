"""How a person wants the pages to look: text size and contrast, kept in two cookies, no account needed."""

from dataclasses import dataclass
from typing import Self

from django.http import HttpRequest

TEXT_COOKIE = "mc_text"
CONTRAST_COOKIE = "mc_contrast"
SMALLEST, NORMAL, LARGEST = 0, 1, 3
COOKIE_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Display:
    """One person's wish. `text` is a step from SMALLEST to LARGEST; NORMAL is the browser's own size."""

    text: int = NORMAL
    contrast: bool = False

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """What the request's cookies wish; anything unknown counts as not wished."""
        text = request.COOKIES.get(TEXT_COOKIE, "")
        return cls(
            text=int(text) if text in {"0", "1", "2", "3"} else NORMAL,
            contrast=request.COOKIES.get(CONTRAST_COOKIE) == "1",
        )

    @property
    def smaller(self) -> int:
        return max(self.text - 1, SMALLEST)

    @property
    def larger(self) -> int:
        return min(self.text + 1, LARGEST)

    @property
    def classes(self) -> str:
        """The classes of the page's root element."""
        return f"mc-text-{self.text}" + (" mc-contrast" if self.contrast else "")

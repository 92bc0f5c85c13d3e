"""Which characters the shipped fonts can draw.

A PDF/A with a character that its font lacks is refused, so one odd character in somebody's
name would stop their paper. Such characters are printed as the replacement character.
"""

import struct
import unicodedata
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
REPLACEMENT = "\ufffd"
_SAME_SHAPE = {0x2010: "-", 0x2011: "-", 0x2212: "-", 0x3000: " ", ord("\t"): " "}


def printable(text: str) -> str:
    """The text composed (NFC), without what has no shape, and with U+FFFD for what has no glyph.

    What has no shape goes even where the font knows it: a mark that turns the direction of writing
    would show a name or an amount other than the one that is stored.
    """
    composed = unicodedata.normalize("NFC", text).translate(_SAME_SHAPE)
    return "".join(map(_shape, composed))


def _shape(mark: str) -> str:
    category = unicodedata.category(mark)
    if mark == "\n":
        return mark
    if category in ("Cc", "Cf"):
        return ""
    if ord(mark) in drawable():
        return mark
    return "" if category == "Mn" else REPLACEMENT


@cache
def drawable() -> frozenset[int]:
    """The code points that every shipped font has."""
    return frozenset.intersection(*(_covered(path.read_bytes()) for path in sorted(FONTS.glob("*.ttf"))))


def _covered(font: bytes) -> frozenset[int]:
    """The code points of a TrueType font's Unicode table (cmap, format 4)."""
    tables = struct.unpack_from(">H", font, 4)[0]
    start = next(
        offset
        for tag, _, offset, _ in struct.iter_unpack(">4sLLL", font[12 : 12 + 16 * tables])
        if tag == b"cmap"
    )
    count = struct.unpack_from(">H", font, start + 2)[0]
    unicode_table = next(
        start + offset
        for platform, encoding, offset in struct.iter_unpack(">HHL", font[start + 4 : start + 4 + 8 * count])
        if (platform, encoding) == (3, 1)
    )
    kind, _, _, doubled = struct.unpack_from(">HHHH", font, unicode_table)
    if kind != 4:
        raise ValueError("The font's Unicode table is not of format 4.")
    segments = doubled // 2
    ends_at = unicode_table + 14
    starts_at = ends_at + doubled + 2
    deltas_at, ranges_at = starts_at + doubled, starts_at + 2 * doubled
    covered = set()
    for index in range(segments):
        last = struct.unpack_from(">H", font, ends_at + 2 * index)[0]
        first = struct.unpack_from(">H", font, starts_at + 2 * index)[0]
        delta = struct.unpack_from(">H", font, deltas_at + 2 * index)[0]
        jump = struct.unpack_from(">H", font, ranges_at + 2 * index)[0]
        for point in range(first, last + 1):
            if jump:
                glyph = struct.unpack_from(">H", font, ranges_at + 2 * index + jump + 2 * (point - first))[0]
                glyph = (glyph + delta) % 65536 if glyph else 0
            else:
                glyph = (point + delta) % 65536
            if glyph and point != 0xFFFF:
                covered.add(point)
    return frozenset(covered)

"""A code as a bar code that hand scanners read: Code 128, set B (ISO/IEC 15417), drawn as SVG."""

_START_B, _STOP = 104, 106
_QUIET = 10  # modules left white at each side
# The widths of bar, space, bar … of each symbol, in modules.
_SYMBOLS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
)
_WIDTHS = _SYMBOLS.split()


def fits(text: str) -> bool:
    """Whether a text can be a bar code: printable ASCII, and any of it."""
    return bool(text) and all(" " <= sign <= "~" for sign in text)


def symbols(text: str) -> list[int]:
    """The symbols of a text of printable ASCII, with start, check and stop. Raises ValueError for other signs."""
    if not fits(text):
        raise ValueError(f"{text!r} cannot be a bar code")
    values = [ord(sign) - 32 for sign in text]
    check = (_START_B + sum(place * value for place, value in enumerate(values, start=1))) % 103
    return [_START_B, *values, check, _STOP]


def svg(text: str) -> str:
    """The bar code as an SVG one module high and as wide as it has modules, with its quiet zones."""
    x, bars = _QUIET, []
    for symbol in symbols(text):
        for place, width in enumerate(map(int, _WIDTHS[symbol])):
            if place % 2 == 0:
                bars.append(f"M{x} 0h{width}v1h-{width}z")
            x += width
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{x + _QUIET}" height="1" viewBox="0 0 {x + _QUIET} 1"'
        f' preserveAspectRatio="none"><path d="{"".join(bars)}"/></svg>'
    )

"""The bar code of a dossier's code, against the symbols of the standard."""

import pytest

from motcua.papers import barcode


def test_the_symbols_of_a_known_code():
    # "PJJ123C" is the worked example of the standard's check character.
    assert barcode.symbols("PJJ123C") == [104, 48, 42, 42, 17, 18, 19, 35, 55, 106]


def test_every_symbol_is_eleven_modules_wide_and_the_stop_thirteen():
    assert [sum(map(int, one)) for one in barcode._WIDTHS] == [11] * 106 + [13]
    assert len(set(barcode._WIDTHS)) == 107


def test_the_drawing_reads_back_as_the_code():
    code = "H34.12-261123-0007"
    drawing = barcode.svg(code)
    bars = [tuple(map(int, part.split("h")[0].split(" ")[:1])) + (int(part.split("h")[1].split("v")[0]),)
            for part in drawing.split('d="')[1].split('"')[0].split("M")[1:]]  # fmt: skip
    widths, end = [], None
    for x, width in bars:
        if end is not None:
            widths.append(x - end)
        widths.append(width)
        end = x + width
    rows, text = "".join(map(str, widths)), ""
    found = [rows[n : n + 6] for n in range(0, len(rows) - 7, 6)]
    text = "".join(chr(barcode._WIDTHS.index(one) + 32) for one in found[1:-1])
    assert text == code


@pytest.mark.parametrize("text", ["", "Đắk", "a\n"])
def test_what_scanners_cannot_read_is_refused(text):
    with pytest.raises(ValueError):
        barcode.svg(text)

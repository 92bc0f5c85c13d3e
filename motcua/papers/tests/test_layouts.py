"""A layout of an administrator draws a paper, and can do nothing else."""

import time
from datetime import datetime

import pytest

from motcua.foundation.time import HANOI
from motcua.papers import layouts
from motcua.papers.layouts import LayoutFailed
from motcua.papers.render import render

AT = datetime(2026, 11, 30, 9, tzinfo=HANOI)


def draw(layout, **fields):
    return render(
        "laid_out",
        {"title": "Đơn đề nghị", "issued_at": AT, "fields": fields, "layout": layout, "signer": {"title": "Người khai"}},
    )


def test_the_same_answers_give_the_same_bytes():
    layout = '#plain-head()\n#line-of("Tên", "ten")\n#table-of("bang")\n#form-foot()'
    fields = {
        "ten": {"label": "Tên", "value": "Nguyễn Thị Ngọc Ánh – Đăk Tô"},
        "bang": {"label": "Bảng", "value": "", "columns": [{"id": "a", "label": "A"}], "rows": [{"a": "x" * 400}] * 90},
    }
    assert draw(layout, **fields) == draw(layout, **fields)


def test_what_somebody_typed_is_never_run():
    hostile = '#panic("x") #read("/etc/passwd") $x$ \\ "; ] ) }'
    assert draw('#plain-head()\n#line-of("Tên", "ten")', ten={"label": "Tên", "value": hostile}).startswith(b"%PDF")


@pytest.mark.parametrize(
    "layout, told",
    [
        ('#read("/etc/passwd")', "không được đọc tệp"),
        ('#let f = read; #plain-head()\n#f("/etc/passwd")', "không được đọc tệp"),
        ('#plain-head()\n#json("/etc/passwd")', "dòng 2: không được đọc tệp"),
        ('#plain-head()\n#image("/../../etc/passwd.png")', "không được đọc tệp"),
        ('#import "@preview/cetz:0.2.0"', "không được đọc tệp"),
        ('#let a = "@pre" + "view/cetz:0.2.0"\n#{ import a }', "không được đọc tệp"),
        ("#plain-head()\n#let x = khong", "dòng 2: không có từ “khong”"),
        ('#set text(font: "Comic Sans")\n#plain-head()', "phông"),
        ("#line-of(", "dòng 1"),
        ("chỉ có chữ", ""),
    ],
)
def test_a_wrong_layout_says_what_is_wrong_and_where(layout, told):
    if not told:
        assert draw(layout).startswith(b"%PDF")
        return
    with pytest.raises(LayoutFailed, match=told):
        draw(layout)


@pytest.mark.parametrize(
    "layout", ["#range(100000000).map(str).len()", '#{ let n = 0; while n < 1e12 { n += 1e-7 } }', '#("a" * 2000000000)']
)
def test_a_layout_that_takes_too_much_is_ended(monkeypatch, layout):
    monkeypatch.setattr(layouts, "SECONDS", 4)
    begun = time.monotonic()
    with pytest.raises(LayoutFailed):
        draw(layout)
    assert time.monotonic() - begun < 30  # a slow machine's

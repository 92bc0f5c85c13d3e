"""Conditions that no answers can make true, against every answer of a small form tried one by one."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.procedures.answers import Variables
from motcua.procedures.checks.truth import never_true
from motcua.procedures.parts import Field, Form, Option, Section

XYZ = tuple(Option(word, word) for word in "xyz")
FORM = Form((
    Section("s", "S", (
        Field("a", "A", "choice", options=XYZ),
        Field("b", "B", "yes_no"),
        Field("c", "C", "choices", options=XYZ),
        Field("n", "N", "number", min=1, max=5),
        Field("m", "M", "number"),
        Field("d", "D", "date"),
        Field("e", "E", "date"),
        Field("ten", "Tên", "text"),
        Field("le", "Lẻ", "number", decimals=1),
        Field("noi_dat", "Nơi đặt", "place"),
        Field("nguoi", "Người", "person"),
        Field("may", "Máy", "table", columns=(Field("gia", "Giá", "money"),), max_rows=3),
        Field("an", "Ẩn", "choice", options=XYZ, when="a == 'x'"),
    )),
    Section("t", "T", (Field("sau", "Sau", "yes_no"),), when="n > 3"),
))  # fmt: skip


@pytest.mark.parametrize(
    "condition",
    [
        "a == 'x' && a == 'y'",
        "b && !b",
        "n > 5",
        "n < 0",
        "n >= 2 && n < 2",
        "m > 3 && m < 4",
        "d > '2026-01-01' && d < '2026-01-02'",
        "d < e && e < d",
        "ten == 'A' && ten == 'B'",
        "nguoi.name == '' && nguoi.name == 'An'",
        "may.size() > 3",
        "size(may) == 0 && size(may) > 1",
        "an == 'z' && a == 'y'",
        "sau && n < 2",
        "c == [] && 'x' in c",
        "channel == 'online' && channel == 'post'",
        "false",
        "a in []",
        "le > 0.2 && le < 0.3",
        "n in [7, 8]",
    ],
)
def test_a_condition_that_nobody_can_meet_is_found(condition):
    assert never_true(FORM, condition, {"channel": ("online", "post")})


@pytest.mark.parametrize(
    "condition",
    [
        "a == 'x' || a == 'y'",
        "n == 5",
        "n == 0",
        "m > 3 && m < 5",
        "d > '2026-01-01' && d < '2026-01-03'",
        "d < e",
        "d == '' && e != ''",
        "ten != 'A' && ten != 'B' && ten != ''",
        "nguoi.name != '' && nguoi.name != 'An'",
        "may.size() == 3",
        "an == 'z' && a == 'x'",
        "sau",
        "'x' in c && !('y' in c)",
        "may.exists(r, r.gia > 5) && a == 'x'",  # not tried, so not refused
        "n + 1 > 100",
        "today > d",
        "n != 0 && m > n",
        "n != 0 && may.size() == n",
        "m < n && n < m + 5",
        "nguoi.birth_year > 2000 && nguoi.birth_date < '2000-01-01'",
        "noi_dat.province == '01' && noi_dat.commune != ''",
        "le > 0.2 && le < 0.4",
        "n in [2, 3] && ten in ['A']",
    ],
)
def test_a_condition_that_somebody_can_meet_is_left_alone(condition):
    assert not never_true(FORM, condition, {"today": ()})


def test_a_case_that_the_cases_before_cover_is_found():
    assert never_true(FORM, "a == 'x'", unless=["a != 'y'"])
    assert never_true(FORM, "n > 3", unless=["n > 2"])
    assert not never_true(FORM, "n > 2", unless=["n > 3"])


ATOMS = [
    "a == 'x'", "a != 'y'", "a in ['x', 'z']", "b", "!b", "'x' in c", "'y' in c", "n > 2", "n == 4", "n <= 1", "n < m",
    "m == 2", "m > 4", "an == 'x'", "an == ''", "sau", "n != 0",
]  # fmt: skip
conditions = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: (
        st.tuples(inner, st.sampled_from([" && ", " && ", " || "]), inner).map(lambda parts: f"({''.join(parts)})")
        | inner.map(lambda one: f"!({one})")
    ),
    max_leaves=6,
)
EVERY = [
    {"a": a, "b": b, "c": c, "n": n, "m": m, "an": an, "sau": sau}
    for a, b, c, n, m, an, sau in itertools.product(
        ["", "x", "y", "z"], [True, False], [[], ["x"], ["y"], ["x", "y"]], [0, 1, 2, 3, 4, 5], range(-1, 7),
        ["", "x", "y"], [True, False],
    )
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(conditions)
def test_what_is_found_is_what_trying_everything_finds(condition):
    named = [key for key in EVERY[0] if any(key == word for word in condition.replace("(", " ").replace("!", " ").replace(")", " ").split())]
    named += ["a"] * ("an" in named) + ["n"] * ("sau" in named)
    tried = {tuple(str(one[key]) for key in named): one for one in EVERY}
    anybody = any(Variables(FORM, one).holds(condition) for one in tried.values())
    found = never_true(FORM, condition)
    assert not (found and anybody), condition
    assert found or anybody, condition

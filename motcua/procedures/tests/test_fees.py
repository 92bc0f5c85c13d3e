"""What a dossier costs, and the same counted slowly."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.procedures import rules
from motcua.procedures.expressions import ExpressionFailed
from motcua.procedures.parts import (
    FeeLine,
    Fees,
    Field,
    Form,
    Option,
    Percent,
    Relief,
    Scenario,
    Section,
    Share,
    Tier,
    Tiers,
)

TODAY = date(2026, 11, 24)
KINDS = {"rang": 2, "vu": 2, "di_dong": 2, "thuong_quy": 3, "mat_do_xuong": 3, "tang_sang": 5, "ct": 8, "pet_ct": 16}
FORM = Form((Section("s", "S", (
    Field("n", "N", "number"),
    Field("gia_tri", "Giá trị", "money"),
    Field("le", "Lẻ", "number", decimals=3),
    Field("loai", "Loại", "choice", options=tuple(Option(word, word) for word in ("cap_moi", "gia_han", "mien"))),
    Field("may", "Máy", "table", columns=(
        Field("loai", "Loại", "choice", options=tuple(Option(kind, kind) for kind in KINDS)),
    )),
)),))  # fmt: skip


@pytest.fixture(scope="session")
def owed(definition):
    """The lines that are owed by the answers, at the counter of this morning unless said otherwise."""

    def lines(fee_lines, answers, *, today=TODAY, reliefs=(), channel="online", scenarios=()):
        record = replace(definition.record, scenarios=scenarios)
        fees = Fees(None, tuple(fee_lines), tuple(reliefs))
        return rules.fee_lines(replace(definition, record=record, form=FORM, fees=fees), answers, channel, today)

    return lines


def fee(**price):
    return FeeLine("PHI", "Phí", "fee", "before_acceptance", **price)


def one(found):
    (line,) = found
    return line.amount_vnd


# What the law says


XRAY = fee(
    formula="sum(may.map(m, "
    + "".join(f"m.loai == '{kind}' ? {millions * 1_000_000} : " for kind, millions in KINDS.items())
    + "0))",
    shares=(
        Share("loai == 'gia_han'", 75, "Gia hạn"),
        Share("may.size() >= 6", 85),
        Share("may.size() >= 4", 90),
        Share("may.size() >= 2", 95),
    ),
)


@pytest.mark.parametrize(
    ("devices", "amount"),
    [
        ("rang", 2_000_000),
        ("pet_ct", 16_000_000),
        ("ct rang", 9_500_000),
        ("ct rang thuong_quy", 12_350_000),
        ("rang rang rang rang", 7_200_000),
        ("rang rang rang rang vu", 9_000_000),
        ("rang rang rang rang vu mat_do_xuong", 11_050_000),
        ("", 0),
    ],
)
def test_several_x_ray_devices_in_one_licence_cost_less_each(owed, devices, amount):
    answers = {"loai": "cap_moi", "may": [{"loai": kind} for kind in devices.split()]}
    assert one(owed([XRAY], answers)) == amount


def test_a_renewal_costs_three_quarters(owed):
    answers = {"loai": "gia_han", "may": [{"loai": "thuong_quy"}]}
    assert one(owed([XRAY], answers)) == 2_250_000


@pytest.mark.parametrize(
    ("value", "amount"),
    [(0, 5_000_000), (4_999_999_999, 5_000_000), (7_000_000_000, 7_000_000), (7_000_000_499, 7_000_000),
     (7_000_000_500, 7_000_001), (10_000_000_000, 10_000_000), (900_000_000_000, 10_000_000)],
)  # fmt: skip
def test_a_contract_costs_a_thousandth_between_its_bounds(owed, value, amount):
    line = fee(percent=Percent("gia_tri", 0.1, min_vnd=5_000_000, max_vnd=10_000_000))
    assert one(owed([line], {"gia_tri": value})) == amount


def test_a_tier_prices_the_whole_or_each_slice(owed):
    steps = (Tier(10, each=1_000), Tier(20, each=800), Tier(None, each=500))
    sliced = fee(tiers=Tiers("n", steps, mode="sliced"))
    whole = fee(tiers=Tiers("n", steps))
    assert [one(owed([whole], {"n": n})) for n in (0, 10, 11, 20, 21)] == [0, 10_000, 8_800, 16_000, 10_500]
    assert [one(owed([sliced], {"n": n})) for n in (0, 10, 11, 20, 21)] == [0, 10_000, 10_800, 18_000, 18_500]
    fixed = fee(tiers=Tiers("gia_tri", (Tier(1_000_000, amount=50_000), Tier(None, percent=1.5))))
    assert one(owed([fixed], {"gia_tri": 1_000_000})) == 50_000
    assert one(owed([fixed], {"gia_tri": 2_000_000})) == 30_000


def test_times_the_quantity_then_the_share_then_rounded(owed):
    line = fee(amount=10_333, quantity="n", shares=(Share("loai == 'gia_han'", 75),), round_to=1_000)
    assert one(owed([line], {"n": 3})) == 31_000
    assert one(owed([line], {"n": 3, "loai": "gia_han"})) == 23_000  # 23.249,25
    assert one(owed([line], {"n": 0})) == 0
    assert one(owed([line], {"n": -3})) == 0


def test_a_half_is_rounded_up(owed):
    assert one(owed([fee(amount=500, round_to=1_000)], {})) == 1_000
    assert one(owed([fee(formula="le")], {"le": 2.5})) == 3
    assert one(owed([fee(percent=Percent("gia_tri", 0.29))], {"gia_tri": 5_000})) == 15  # 14.5, which doubles miss


# Relief


def test_a_relief_holds_on_its_first_and_on_its_last_day(owed):
    relief = Relief("nua", "Giảm một nửa", 50, from_=date(2026, 7, 1), to=date(2026, 12, 31), basis="TT 64/2026")
    days = [date(2026, 6, 30), date(2026, 7, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert [one(owed([fee(amount=5)], {}, today=day, reliefs=[relief])) for day in days] == [5, 3, 3, 5]
    (line,) = owed([fee(amount=5)], {}, reliefs=[relief])
    assert (line.full_vnd, line.amount_vnd, line.reliefs) == (5, 3, ("Giảm một nửa",))


def test_the_largest_relief_of_a_line_counts(owed):
    reliefs = [
        Relief("a", "A", 20),
        Relief("b", "B", 100, when="loai == 'mien'"),
        Relief("c", "C", 30, lines=("LE_PHI",)),
    ]
    lines = [fee(amount=1_000), FeeLine("LE_PHI", "Lệ phí", "levy", "before_result", amount=1_000)]
    assert [(x.amount_vnd, x.reliefs) for x in owed(lines, {}, reliefs=reliefs)] == [(800, ("A",)), (700, ("C",))]
    free = owed(lines, {"loai": "mien"}, reliefs=reliefs)
    assert [(x.amount_vnd, x.full_vnd, x.reliefs) for x in free] == [(0, 1_000, ("B",))] * 2


def test_a_line_belongs_to_its_cases(owed):
    cases = (Scenario("moi", "Mới", when="n > 0"), Scenario("khac", "Khác"))
    lines = [fee(amount=1, scenarios=("moi",)), fee(amount=2, when="scenario == 'khac'")]
    assert one(owed(lines, {"n": 1}, scenarios=cases)) == 1
    assert one(owed(lines, {}, scenarios=cases)) == 2


def test_what_cannot_be_computed_is_refused_and_never_made_cheaper(owed):
    for line in (fee(formula="1000 / n"), fee(amount=1, quantity="'x'"), fee(percent=Percent("loai", 1))):
        with pytest.raises(ExpressionFailed):
            owed([line], {})
    assert one(owed([fee(amount=100, shares=(Share("1 / n > 0", 1),))], {})) == 100
    assert one(owed([fee(amount=100)], {}, reliefs=[Relief("a", "A", 100, when="1 / n > 0")])) == 100


# Counted again, slowly and in another way: with decimals, đồng by đồng


rates = st.integers(0, 200_000).map(lambda thousandths: thousandths / 1000)
tier_prices: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(dict, amount=st.integers(0, 10**6)),
    st.builds(dict, each=st.integers(0, 10**4)),
    st.builds(dict, percent=rates),
)


@st.composite
def tiers(draw):
    bounds = sorted(draw(st.sets(st.integers(1, 60), max_size=4)))
    steps = [Tier(up_to=bound, **draw(tier_prices)) for bound in [*bounds, None]]
    return Tiers("n", tuple(steps), draw(st.sampled_from(["whole", "sliced"])))


prices: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(dict, amount=st.integers(0, 10**7)),
    st.builds(dict, percent=st.builds(Percent, st.just("n"), rates, st.none() | st.integers(0, 50), st.none() | st.integers(50, 90))),
    st.builds(dict, tiers=tiers()),
)  # fmt: skip
shares = st.lists(st.builds(Share, st.sampled_from(["n > 5", "n > 20", "loai == 'mien'"]), rates), max_size=3).map(tuple)
days = st.none() | st.integers(-3, 3).map(lambda gap: TODAY + timedelta(gap))
reliefs = st.lists(
    st.builds(Relief, st.just("r"), st.text(max_size=3), st.integers(0, 100_000).map(lambda x: x / 1000),
              st.sampled_from(["", "n > 10"]), days, days, st.just(""), st.sampled_from([(), ("PHI",), ("KHAC",)])),
    max_size=3,
)  # fmt: skip


def slow_price(line, n):
    """One after the other: a value of n is n ones, each asked at which tier it stands."""
    if line.amount is not None:
        return Decimal(line.amount)
    if line.percent:
        thousandths = round(line.percent.rate * 1000)
        price = Decimal(n * thousandths) / 100_000
        if line.percent.min_vnd is not None and price < line.percent.min_vnd:
            price = Decimal(line.percent.min_vnd)
        if line.percent.max_vnd is not None and price > line.percent.max_vnd:
            price = Decimal(line.percent.max_vnd)
        return price
    price, entered = Decimal(0), set()
    for unit in range(1, n + 1):
        at = n if line.tiers.mode == "whole" else unit
        number = next(place for place, step in enumerate(line.tiers.steps) if step.up_to is None or step.up_to >= at)
        step = line.tiers.steps[number]
        if step.each is not None:
            price += step.each
        elif step.percent is not None:
            price += Decimal(round(step.percent * 1000)) / 100_000
        elif number not in entered:
            price += step.amount
        entered.add(number)
    return price


def nearest(number, whole):
    return int((number / whole).quantize(Decimal(1), ROUND_HALF_UP)) * whole


@settings(max_examples=400, deadline=None)
@given(
    price=prices, n=st.integers(0, 80), with_quantity=st.booleans(), cuts=shares, loai=st.sampled_from(["", "mien"]),
    round_to=st.sampled_from([1, 3, 10, 1000]), off=reliefs,
)  # fmt: skip
def test_fees_are_as_counted_slowly(owed, price, n, with_quantity, cuts, loai, round_to, off):
    line = fee(**price, quantity="n" if with_quantity else "", shares=cuts, round_to=round_to)
    (found,) = owed([line], {"n": n, "loai": loai}, reliefs=off)
    slow = slow_price(line, n) * (n if with_quantity else 1)
    for cut in cuts:
        if {"n > 5": n > 5, "n > 20": n > 20, "loai == 'mien'": loai == "mien"}[cut.when]:
            slow = slow * Decimal(round(cut.percent * 1000)) / 100_000
            break
    full = nearest(slow, round_to)
    largest = 0
    for relief in off:
        in_time = not (relief.from_ and relief.from_ > TODAY) and not (relief.to and relief.to < TODAY)
        if in_time and relief.lines != ("KHAC",) and (not relief.when or n > 10):
            largest = max(largest, round(relief.percent * 1000))
    assert found.full_vnd == full
    assert found.amount_vnd == nearest(Decimal(full * (100_000 - largest)) / 100_000, 1)
    assert type(found.amount_vnd) is int
    assert 0 <= found.amount_vnd <= found.full_vnd

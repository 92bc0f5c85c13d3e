"""What a dossier costs: prices, quantities, shares and reliefs, in whole đồng.

Everything is computed exactly, in fractions; a number with a comma is taken as the decimal that is written, not as
the binary number nearest to it. Each rounding is to the nearest, halves up, and nothing is ever below zero.
"""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from motcua.procedures.answers import LARGEST, Variables
from motcua.procedures.expressions import ExpressionFailed, expression
from motcua.procedures.parts import FeeLine, Fees, Percent, Relief, Share, Tier, Tiers

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FeeAmount:
    """One fee or levy as it is owed; `amount_vnd` in whole đồng, zero or more.

    `full_vnd` is what it would be without relief; `reliefs` names the relief that was taken off; `share`
    is what was taken of the whole price, as of several things at once.
    """

    code: str
    name: str
    kind: str
    amount_vnd: int
    due: str
    basis: str
    unit: str = ""
    full_vnd: int = 0
    reliefs: tuple[str, ...] = ()
    share: Share | None = field(default=None, compare=False)


def fee_lines(fees: Fees, variables: Variables, today: date) -> list[FeeAmount]:
    """The lines that these answers owe on that day. Raises ExpressionFailed when a price cannot be computed."""
    reliefs = [relief for relief in fees.reliefs if _counts(relief, variables, today)]
    return [
        _amount(line, variables, reliefs)
        for line in fees.lines
        if (not line.scenarios or variables["scenario"] in line.scenarios) and variables.holds(line.when)
    ]


def full_price(line: FeeLine, variables: Variables) -> int:
    """The price, times the quantity, times the share, rounded; reliefs not yet taken off."""
    price = _price(line, variables)
    if line.quantity:
        price *= max(Fraction(0), _number(line.quantity, variables, line))
    if share := _share(line, variables):
        price *= _exact(share.percent) / 100
    whole = max(1, line.round_to)
    return max(0, _rounded(price / whole) * whole)


def _share(line: FeeLine, variables: Variables) -> Share | None:
    return next((share for share in line.shares if _surely(share.when, variables)), None)


def _amount(line: FeeLine, variables: Variables, reliefs: Sequence[Relief]) -> FeeAmount:
    full = full_price(line, variables)
    mine = [relief for relief in reliefs if not relief.lines or line.code in relief.lines]
    best = max(mine, key=lambda relief: relief.percent, default=None)  # the first of the largest ones
    owed = full if best is None else max(0, _rounded(full * (1 - _exact(best.percent) / 100)))
    names = (best.name,) if best else ()
    share = _share(line, variables)
    return FeeAmount(line.code, line.name, line.kind, owed, line.due, line.basis, line.unit, full, names, share)


def _counts(relief: Relief, variables: Variables, today: date) -> bool:
    begun = relief.from_ is None or relief.from_ <= today
    return begun and (relief.to is None or today <= relief.to) and _surely(relief.when, variables)


def _surely(condition: str, variables: Variables) -> bool:
    """Whether a condition that makes things cheaper holds; one that cannot be computed does not."""
    try:
        return not condition or expression(condition).value(variables) is True
    except ExpressionFailed as failure:
        log.warning("%s", failure)
        return False


# The price ----------------------------------------------------------------------------------------------------


def _price(line: FeeLine, variables: Variables) -> Fraction:
    if line.amount is not None:
        return Fraction(line.amount)
    if line.percent is not None:
        return _percent(line.percent, _number(line.percent.of, variables, line))
    if line.tiers is not None:
        return _tiers(line.tiers, _number(line.tiers.of, variables, line))
    return _number(line.formula, variables, line)


def _percent(percent: Percent, value: Fraction) -> Fraction:
    price = max(Fraction(0), value) * _exact(percent.rate) / 100
    if percent.min_vnd is not None:
        price = max(price, Fraction(percent.min_vnd))
    return price if percent.max_vnd is None else min(price, Fraction(percent.max_vnd))


def _tiers(tiers: Tiers, value: Fraction) -> Fraction:
    """Nothing for nothing. A value above the last bound is priced as the last tier says."""
    if value <= 0 or not tiers.steps:
        return Fraction(0)
    if tiers.mode == "whole":
        step = next((step for step in tiers.steps if step.up_to is None or value <= step.up_to), tiers.steps[-1])
        return _of_tier(step, value)
    price, below = Fraction(0), Fraction(0)
    for place, step in enumerate(tiers.steps):
        is_last = place == len(tiers.steps) - 1 or step.up_to is None
        top = value if is_last else min(value, Fraction(step.up_to or 0))
        if top > below:
            price += _of_tier(step, top - below)
            below = top
    return price


def _of_tier(step: Tier, size: Fraction) -> Fraction:
    if step.amount is not None:
        return Fraction(step.amount)
    if step.each is not None:
        return step.each * size
    return size * _exact(step.percent or 0) / 100


# Numbers ------------------------------------------------------------------------------------------------------


def _number(source: str, variables: Variables, line: FeeLine) -> Fraction:
    value = expression(source).value(variables)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGEST:
        raise ExpressionFailed(
            _("Chưa tính được «%(name)s». Vui lòng liên hệ cơ quan tiếp nhận hồ sơ.") % {"name": line.name}
        )
    return _exact(value)


def _exact(number: int | float) -> Fraction:
    """0.1 is a tenth."""
    return Fraction(number) if isinstance(number, int) else Fraction(Decimal(repr(number)))


def _rounded(number: Fraction) -> int:
    """To the nearest whole number, halves up."""
    return math.floor(number + Fraction(1, 2))

"""The browser and the server agree on what is asked: the page's own script, in a real browser."""

import json
import random
from html import escape
from pathlib import Path

import pytest

from motcua.procedures import rules
from motcua.procedures.parts import Field, Form, Option, Section

pytestmark = pytest.mark.journey

SCRIPT = Path(__file__).parents[2] / "motcua/ui/static/ui/form/conditions.js"
XY = (Option("x", "X"), Option("y", "Y"))
FORM = Form((Section("s", "S", (
    Field("a", "A", "choice", options=XY),
    Field("b", "B", "yes_no"),
    Field("c", "C", "choices", options=XY),
    Field("nguoi", "Người", "person", parts=("name", "gender")),
)),))  # fmt: skip
ATOMS = (
    "a == 'x'", "a != 'y'", "a in ['x', 'y']", "b", "!b", "b == false", "b != true", "'x' in c", "'y' in c",
    "nguoi.name == ''", "nguoi.name != 'An'", "nguoi.gender == 'nu'",
)  # fmt: skip
PAGE = """<form><div data-mc-group="a">{a}</div><div data-mc-group="b">{b}</div><div data-mc-group="c">{c}</div>
<div data-mc-group="nguoi"><input name="nguoi-name"><select name="nguoi-gender"><option value=""></option>
<option value="nam">Nam</option><option value="nu">Nữ</option></select></div>{targets}</form>"""
ANSWER = """answers => {
  const form = document.querySelector("form");
  for (const one of form.querySelectorAll("input, select")) {
    const wanted = answers[one.name] || [];
    if (one.type === "radio" || one.type === "checkbox") one.checked = wanted.includes(one.value);
    else one.value = wanted[0] || "";
  }
  window.known.show();
  return [...form.querySelectorAll("[data-mc-when]")].map((one) => !one.hidden);
}"""


def source(chance: random.Random, depth: int) -> str:
    if depth == 0 or chance.random() < 0.3:
        return chance.choice(ATOMS)
    if chance.random() < 0.2:
        return f"!({source(chance, depth - 1)})"
    return f"({source(chance, depth - 1)} {chance.choice(['&&', '||'])} {source(chance, depth - 1)})"


def inputs(kind: str, name: str, values: str) -> str:
    return "".join(f'<input type="{kind}" name="{name}" value="{value}">' for value in values.split())


@pytest.mark.journey
def test_the_page_shows_what_the_server_asks(browser):
    chance = random.Random(20261124)
    sources = [source(chance, 3) for _number in range(150)]
    conditions = [json.dumps(rules.browser_condition(one)) for one in sources]
    targets = "".join(f'<div data-mc-group="t{n}" data-mc-when="{escape(one)}"></div>' for n, one in enumerate(conditions))
    page = browser.new_page()
    page.set_content(
        PAGE.format(
            a=inputs("radio", "a", "x y"), b=inputs("radio", "b", "yes no"), c=inputs("checkbox", "c", "x y"),
            targets=targets,
        )
    )  # fmt: skip
    script = SCRIPT.read_text(encoding="utf-8").replace("export function", "function")
    page.evaluate(f"() => {{ {script}\n window.known = conditions(document.querySelector('form')); }}")
    for _round in range(40):
        posted = {
            "a": chance.choice(["", "x", "y"]), "b": chance.choice(["", "yes", "no"]),
            "c": chance.choice([[], ["x"], ["y"], ["x", "y"]]),
            "nguoi-name": chance.choice(["", "An", "Bình"]), "nguoi-gender": chance.choice(["", "nam", "nu"]),
        }  # fmt: skip
        answers, _problems = rules.clean_section(FORM, "s", posted, {})
        variables = rules.Variables(FORM, answers)
        shown = page.evaluate(ANSWER, {key: [value] if isinstance(value, str) else value for key, value in posted.items()})
        for one, is_shown in zip(sources, shown, strict=True):
            assert is_shown == variables.holds(one), (one, posted)
    page.close()

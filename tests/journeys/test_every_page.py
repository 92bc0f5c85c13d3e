"""Every main page for everybody who sees it: axe, a telephone, 400 % zoom, no scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.pages import Role, all_pages

pytestmark = pytest.mark.journey
ROLES = ["stranger", "filer", "citizen", "receiver", "appraiser", "leader", "administrator"]
AXE = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
WIDE, TELEPHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
ZOOMED = {"width": 320, "height": 256}  # 1280 × 1024 at 400 %
_TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= room) return [];
  const inside = (element) => element !== document.body && (getComputedStyle(element).overflowX !== "visible" || inside(element.parentElement));
  const found = [...document.body.querySelectorAll("*")]
    .filter((element) => element.getBoundingClientRect().right > room + 1 && !inside(element.parentElement))
    .map((element) => element.outerHTML.slice(0, 120));
  return found.length ? found.slice(0, 3) : ["the page"];
}"""


@pytest.fixture(scope="module")
def pages(product) -> dict[str, Role]:
    return all_pages(product)


@pytest.mark.parametrize("role", ROLES)
def test_pages_are_for_everybody(visit, pages, role):
    become, shown = pages[role]
    page = visit()
    become(page)
    wrong: list[str] = []
    for one in shown:
        answer = page.goto(one.address)
        assert answer is not None and answer.status == (404 if one.name == "khong-co-trang" else 200), one
        for size in (WIDE, TELEPHONE):
            page.set_viewport_size(size)
            wrong += [f"{one.name} at {size['width']}: {finding}" for finding in findings(page)]
        wrong += [f"{one.name} at 360: scrolls sideways: {element}" for element in page.evaluate(_TOO_WIDE)]
        page.set_viewport_size(ZOOMED)
        wrong += [f"{one.name} at 400 %: scrolls sideways: {element}" for element in page.evaluate(_TOO_WIDE)]
        page.set_viewport_size(WIDE)
    assert not wrong, "\n".join(wrong)


def findings(page: Page) -> list[str]:
    """What axe calls serious or critical."""
    violations = Axe().run(page, options=AXE).response["violations"]
    return [
        f"{found['id']} ({found['impact']}): {node['html'][:150]}"
        for found in violations
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"][:3]
    ]


@pytest.mark.parametrize("role", ROLES)
def test_pages_need_no_scripts(visit, pages, role):
    become, shown = pages[role]
    page = visit(java_script_enabled=False)
    become(page)
    for one in shown:
        page.goto(one.address)
        main = page.get_by_role("main")
        assert main.get_by_role("heading", level=1).first.is_visible(), one
        assert len(main.inner_text()) > 30, one

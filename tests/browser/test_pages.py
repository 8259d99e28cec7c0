"""The shop's pages for everybody: keyboard only, screen readers, phones and desks, both languages, light and dark."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import NewVisitor
from tests.browser.grave import AXE, grave_faults
from tests.browser.visitor import PATIENCE_MS, POPULAR, Visitor
from tests.support.browser import DESK, PHONE
from tests.support.node import why_no_node

pytestmark = [pytest.mark.browser, pytest.mark.node]

PAGES = ("/", f"/item/{POPULAR[0]}", "/cart", "/checkout", "/live", "/thanks")
WIDTHS = {"phone": PHONE, "desk": DESK}
ENTERS = 60  # steps of the Tab key after which something is out of reach


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("locale", ["en-GB", "ja-JP"])
async def test_no_page_has_a_serious_fault_or_has_to_be_scrolled_sideways(visit: NewVisitor, locale: str, width: str, scheme: str) -> None:
    # given a visitor with something in his cart and suggestions beside it
    visitor = await visit(locale=locale, viewport=WIDTHS[width], color_scheme=scheme, bypass_csp=True)  # axe is injected
    await visitor.open_item(POPULAR[0])
    await visitor.add()
    await visitor.see_cards()
    for path in PAGES:
        # when he opens a page
        await visitor.go(path)
        await visitor.page.locator("main :is(h1, h2)").first.wait_for()
        if path in {"/cart", f"/item/{POPULAR[0]}"}:
            await visitor.see_cards()
        # then axe finds nothing grave, it is as wide as his screen, and it is in his language
        assert await grave_faults(visitor.page) == []
        assert await visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is too wide"
        assert await visitor.page.evaluate("document.documentElement.lang") == locale[:2]


async def test_everything_can_be_done_by_keyboard_alone(visit: NewVisitor) -> None:
    # given somebody without a mouse, who searches
    visitor = await visit()
    page = visitor.page
    await visitor.go("/")
    await tab_to(visitor, "input[type=search]")
    await page.keyboard.type("hanging heart t-light")
    await page.keyboard.press("Enter")
    # when he goes to an item that was found and puts it into the cart
    await page.locator(f"main a[href='/item/{POPULAR[0]}']").first.wait_for()
    async with page.expect_response("**/v1/suggestions"):
        await tab_to(visitor, f"main a[href='/item/{POPULAR[0]}']")
        await page.keyboard.press("Enter")
    await expect(visitor.add_button()).to_be_enabled()
    await tab_to(visitor, ".item-buy button.button")
    await page.keyboard.press("Enter")
    await visitor.see_cards()
    # and opens why the first suggestion is there, takes it, and turns the next one down
    await tab_to(visitor, "[part~=why] summary, summary[part~=why]")
    await page.keyboard.press("Enter")
    await tab_to(visitor, "[part~=add]")
    await page.keyboard.press("Enter")
    await expect(page.locator(".badge")).to_have_text("2", timeout=PATIENCE_MS)
    await tab_to(visitor, "[part~=dismiss]")
    turned_down = await page.evaluate(ITS_NAME)
    await page.keyboard.press("Enter")
    await expect(visitor.cards().locator("[part~=name]").filter(has_text=turned_down)).to_have_count(0, timeout=PATIENCE_MS)
    # then he can buy what he has
    await visitor.go("/cart")
    await tab_to(visitor, "a[href='/checkout']")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/checkout")
    await tab_to(visitor, "main button.button:not(tsuide-suggestions *)")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/thanks")


async def tab_to(visitor: Visitor, selector: str) -> None:
    """Press Tab until the focus is on what `selector` finds, inside components too; it must be seen there."""
    await visitor.page.locator(selector).first.wait_for(timeout=PATIENCE_MS)
    for _ in range(ENTERS):
        await visitor.page.keyboard.press("Tab")
        if await visitor.page.evaluate(FOCUSED, selector):
            assert await visitor.page.evaluate(OUTLINED), f"nothing shows that {selector} has the focus"
            return
    raise AssertionError(f"{selector} cannot be reached by {ENTERS} steps of the Tab key")


DEEPEST = "let at = document.activeElement; while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;"
ITS_NAME = f"() => {{ {DEEPEST} return at.closest('[part~=card]').querySelector('[part~=name]').textContent.trim(); }}"
FOCUSED = f"(selector) => {{ {DEEPEST} return at !== null && at.matches(selector); }}"
OUTLINED = f"""() => {{ {DEEPEST}
  const drawn = (style) => style.outlineStyle !== "none" || style.boxShadow !== "none";
  const shows = (one) => drawn(getComputedStyle(one)) || drawn(getComputedStyle(one, "::after"));
  return [at, at.parentElement, ...at.querySelectorAll("*")].some((one) => one !== null && shows(one));
}}"""


def test_axe_is_there() -> None:
    assert why_no_node() is not None or AXE.is_file(), "make install-node"

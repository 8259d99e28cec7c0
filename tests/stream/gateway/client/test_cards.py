"""What a customer meets who looks, listens, or has no pointer."""

import json
from typing import Any

import pytest
from playwright.async_api import Page

from tests.support.browser import PHONE, Chromium
from tests.support.node import AXE
from tests.support.shop_page import WITHIN_MS, ShopPage

FOCUSED = "() => document.querySelector('tsuide-suggestions').shadowRoot.activeElement?.getAttribute('aria-label')"
NAMES = "tsuide-suggestions [part~=name]"


async def with_cards(shop: ShopPage, page: Page, *items: str, **options: Any) -> Page:
    await shop.open(page, **options)
    await shop.offer(page, accessories=list(items))
    await page.get_by_role("link", name=items[-1]).wait_for()
    return page


async def test_everything_works_by_keyboard(shop: ShopPage, chromium: Chromium) -> None:
    # given two cards; the list took nobody's focus when it came
    page = await shop.open(await chromium.page())
    await page.locator("#before").focus()
    await shop.offer(page, accessories=["cup", "pot"])
    await page.get_by_role("link", name="pot").wait_for()
    assert await page.evaluate("document.activeElement.id") == "before"
    # when the customer goes on by the keyboard: close, name, why, add, dismiss
    for _ in range(3):
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    assert await page.get_by_text("Orders with the other item").first.is_visible()
    await page.keyboard.press("Tab")
    assert await page.evaluate(FOCUSED) == "Add to cart: cup"
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    # then the card is gone, and he stands on the next one's button
    assert await page.locator(NAMES).all_inner_texts() == ["pot"]
    assert await page.evaluate(FOCUSED) == "Not interested: pot"
    # and after the last one he is thanked, and finds on from there
    await page.keyboard.press("Enter")
    await page.get_by_text("You will not see this again").wait_for()
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.id") == "after"
    assert not await page.locator("tsuide-suggestions").is_visible()
    assert chromium.complaints == []


async def test_a_new_list_waits_while_the_customer_is_busy_with_the_old_one(shop: ShopPage, chromium: Chromium) -> None:
    # given a customer whose pointer is on a card
    page = await with_cards(shop, await chromium.page(), "cup", "pot")
    await page.get_by_role("link", name="cup").hover()
    # when he adds that item, and a newer list comes
    await page.get_by_role("button", name="Add to cart: cup").click()
    await shop.offer(page, accessories=["tray"])
    await page.wait_for_function("() => offers.length === 2")
    # then the cards stay where they are, and the button says what has happened
    assert await page.locator(NAMES).all_inner_texts() == ["cup", "pot"]
    assert await page.get_by_role("button", name="Added").is_visible()
    # and when he leaves, the newer list is there
    await page.locator("#before").focus()
    await page.mouse.move(5, 5)
    await page.get_by_role("link", name="tray").wait_for(timeout=WITHIN_MS)
    assert await page.locator(NAMES).all_inner_texts() == ["tray"]


async def test_a_new_list_is_announced_once(shop: ShopPage, chromium: Chromium) -> None:
    # given a page that notes what its live region says
    page = await shop.open(await chromium.page())
    await page.evaluate(
        """() => {
        window.said = [];
        const region = document.querySelector("tsuide-suggestions").shadowRoot.querySelector("[role=status]");
        new MutationObserver(() => region.textContent && said.push(region.textContent)).observe(region, { childList: true });
      }"""
    )
    # when a list comes, comes again as it was, and loses an item
    await shop.offer(page, accessories=["cup", "pot"])
    await page.wait_for_function("() => said.length === 1")
    await shop.offer(page, accessories=["cup", "pot"])
    await page.wait_for_function("() => offers.length === 2")
    await page.get_by_role("button", name="Not interested: cup").click()
    # then only the next list that brings something new is told again
    await page.mouse.move(5, 5)
    await page.locator("#before").focus()
    await shop.offer(page, accessories=["pot", "tray", "jug"])
    await page.wait_for_function("() => said.length === 2")
    assert await page.evaluate("said") == ["2 suggestions: Goes with it", "3 suggestions: Goes with it"]


async def test_a_click_leads_to_the_item_and_is_told(shop: ShopPage, chromium: Chromium) -> None:
    page = await shop.open(await chromium.page())
    made = await shop.offer(page, accessories=["cup/2 & more"])
    await page.locator("tsuide-suggestions [part=picture]").click(force=True)  # the name's link lies over it
    await page.wait_for_url("**/item/cup%2F2%20%26%20more")
    [clicked] = [one for one in await shop.events_until(lambda names: "select_item" in names) if one["event"] == "select_item"]
    assert (clicked["suggestion_id"], clicked["items"][0]["item_id"]) == (made.suggestion_id, "cup/2 & more")


async def test_what_the_shop_says_is_text_and_never_markup(shop: ShopPage, chromium: Chromium) -> None:
    evil = "<img src=x onerror=alert(1)>"
    page = await with_cards(shop, await chromium.page(), evil)
    assert await page.locator(NAMES).all_inner_texts() == [evil]
    assert await page.locator("tsuide-suggestions img").count() == 0
    assert chromium.complaints == []  # of the page's CSP neither


async def test_the_component_speaks_japanese(shop: ShopPage, chromium: Chromium) -> None:
    shop.language = "ja"
    page = await with_cards(shop, await chromium.page(viewport=PHONE), "cup")
    await page.get_by_role("button", name="カートに入れる: cup").wait_for()
    await page.get_by_text("この商品が表示される理由").wait_for()
    # and English as soon as the page does
    await page.evaluate("() => { document.documentElement.lang = 'en-GB'; }")
    await page.get_by_role("button", name="Add to cart: cup").wait_for()


@pytest.mark.node
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(shop: ShopPage, chromium: Chromium, scheme: str) -> None:
    page = await with_cards(
        shop, await chromium.page(color_scheme=scheme, reduced_motion="reduce", bypass_csp=True), "cup", "pot", "tray", "jug"
    )
    await page.get_by_text("Why this?").first.click()
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate("axe.run()")
    assert json.dumps([(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]]) == "[]"


async def test_nothing_moves_for_those_who_want_that(shop: ShopPage, chromium: Chromium) -> None:
    page = await with_cards(shop, await chromium.page(reduced_motion="reduce"), "cup")
    animation = "(card) => getComputedStyle(card).animationName"
    assert await page.locator("tsuide-suggestions [part=card]").evaluate(animation) == "none"


async def test_buttons_are_large_enough_to_touch_and_the_page_is_not_widened(shop: ShopPage, chromium: Chromium) -> None:
    page = await with_cards(shop, await chromium.page(viewport=PHONE, has_touch=True), "cup", "pot", "tray", "jug")
    for button in await page.locator("tsuide-suggestions button").all():
        box = await button.bounding_box()
        assert box is not None
        assert round(min(box["width"], box["height"]), 2) >= 44, await button.get_attribute("aria-label")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")

from playwright.async_api import Page

from tests.support.browser import Chromium
from tests.support.shop_page import WITHIN_MS, ShopPage

CARDS = "tsuide-suggestions [part~=card]"


def streams(shop: ShopPage) -> int:
    return len(shop.running.gateway.subscribers)


async def sees(page: Page, *items: str) -> None:
    await page.get_by_role("link", name=items[-1]).wait_for(timeout=WITHIN_MS)
    assert await page.locator("tsuide-suggestions [part~=name]").all_inner_texts() == list(items)


async def test_tabs_share_one_connection_and_one_takes_over_from_another(shop: ShopPage, chromium: Chromium) -> None:
    # given two tabs, the second opened when a list stood
    visitor = await chromium.visitor()
    first = await shop.open(await visitor.new_page())
    await shop.offer(first, accessories=["cup"])
    await sees(first, "cup")
    second = await shop.open(await visitor.new_page())
    await sees(second, "cup")
    assert streams(shop) == 1
    # when a list comes, both show it
    await shop.offer(first, accessories=["pot"])
    await sees(first, "pot")
    await sees(second, "pot")
    # and when the one that leads is closed, the other goes on
    await first.close()
    await shop.offer(second, accessories=["tray"])
    await sees(second, "tray")
    assert await second.evaluate("offers.map((offer) => offer.lists[0].items[0].item_id)") == ["cup", "pot", "tray"]


async def test_without_locks_each_tab_connects_by_itself(shop: ShopPage, chromium: Chromium) -> None:
    visitor = await chromium.visitor()
    await visitor.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined })")
    first, second = [await shop.open(await visitor.new_page()) for _ in range(2)]
    await shop.offer(first, accessories=["cup"])
    await sees(first, "cup")
    await sees(second, "cup")
    assert streams(shop) == 2


async def test_what_is_dismissed_in_one_tab_is_gone_in_all_and_stays_away(shop: ShopPage, chromium: Chromium) -> None:
    # given two tabs
    visitor = await chromium.visitor()
    first = await shop.open(await visitor.new_page())
    second = await shop.open(await visitor.new_page())
    await shop.offer(first, accessories=["cup", "pot"])
    await sees(second, "cup", "pot")
    # when one item is dismissed in one of them
    await first.get_by_role("button", name="Not interested: cup").click()
    await sees(first, "pot")
    await sees(second, "pot")
    # then neither a newer list nor a new page shows it
    await shop.offer(first, accessories=["tray", "cup"])
    await sees(second, "tray")
    await second.reload()
    await sees(second, "tray")
    events = await shop.events_until(lambda names: "dismiss_suggestion" in names)
    [dismissed] = [one for one in events if one["event"] == "dismiss_suggestion"]
    assert [(item["item_id"], item["item_list_id"]) for item in dismissed["items"]] == [("cup", "accessories")]


async def test_a_customer_who_opts_out_sees_and_sends_nothing_until_he_comes_back(shop: ShopPage, chromium: Chromium) -> None:
    # given two tabs that show a list
    visitor = await chromium.visitor()
    first = await shop.open(await visitor.new_page())
    second = await shop.open(await visitor.new_page())
    await shop.offer(first, accessories=["cup"])
    await sees(first, "cup")
    await sees(second, "cup")
    # when he opts out in one
    await second.evaluate("tsuide.consent('opt_out')")
    # then both are empty, disconnected, and send nothing
    for page in (first, second):
        await page.wait_for_function("() => tsuide.state === 'opted_out'", timeout=WITHIN_MS)
        await page.locator("tsuide-suggestions").wait_for(state="hidden")
        await page.evaluate("tsuide.track('view_item', { items: [{ item_id: 'kettle' }] })")
        assert await page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert streams(shop) == 0
    # and a new page knows it
    await shop.open(first, until="opted_out")
    # and when he comes back, suggestions do too
    await first.evaluate("tsuide.consent('opt_in')")
    await first.wait_for_function("() => tsuide.state === 'open'", timeout=WITHIN_MS)
    await shop.offer(first, accessories=["pot"])
    await sees(first, "pot")
    assert [one.get("choice") or one["event"] for one in await shop.events()] == ["opt_out", "opt_in"]


async def test_another_customer_is_another_visit(shop: ShopPage, chromium: Chromium) -> None:
    # given a customer with a list
    page = await shop.open(await chromium.page())
    visit = await page.evaluate("tsuide.session")
    await shop.offer(page, accessories=["cup"])
    await sees(page, "cup")
    # when he signs in as somebody else
    shop.who = "ben"
    await page.evaluate("tsuide.renew()")
    # then nothing of before is shown or continued
    await page.wait_for_function("() => tsuide.state === 'open'", timeout=WITHIN_MS)
    await page.locator("tsuide-suggestions").wait_for(state="hidden")
    assert await page.evaluate("tsuide.session") != visit
    await shop.offer(page, accessories=["pot"])
    await sees(page, "pot")

import re

import msgspec

from stream.contracts.web import offer_of
from tests.support.browser import Chromium
from tests.support.shop_page import WITHIN_MS, ShopPage


async def test_a_list_is_drawn_as_soon_as_it_is_published(shop: ShopPage, chromium: Chromium) -> None:
    # given an open page, where nothing takes room as long as nothing is known
    page = await shop.open(await chromium.page())
    element = page.locator("tsuide-suggestions")
    assert not await element.is_visible()
    # when the engine publishes
    await shop.offer(page, accessories=["cup", "pot"])
    # then the cards are there, under their headline
    region = page.get_by_role("region", name="Goes with it")
    await region.wait_for()
    assert await region.get_by_role("listitem").count() == 2
    assert await region.get_by_role("link").all_inner_texts() == ["cup", "pot"]
    assert await region.get_by_text("£2.55").count() == 2
    assert chromium.complaints == []


async def test_the_newest_list_wins_and_an_empty_one_clears(shop: ShopPage, chromium: Chromium) -> None:
    page = await shop.open(await chromium.page())
    cards = page.locator("tsuide-suggestions [part~=card]")
    await shop.offer(page, accessories=["cup", "pot"])
    await cards.nth(1).wait_for()
    await shop.offer(page, accessories=["tray"])
    await page.get_by_role("link", name="tray").wait_for()
    assert await cards.count() == 1
    await shop.offer(page, accessories=[])
    await page.locator("tsuide-suggestions").wait_for(state="hidden")


async def test_another_visits_lists_are_not_shown(shop: ShopPage, chromium: Chromium) -> None:
    # given two pages of one customer on two machines
    desk = await shop.open(await chromium.page())
    phone = await shop.open(await chromium.page())
    # when a list is made for each, the phone's last
    await shop.offer(desk, accessories=["for-desk"])
    await shop.offer(phone, accessories=["for-phone"])
    await shop.offer(desk, upgrades=["better"])
    # then each shows its own
    await phone.get_by_role("link", name="for-phone").wait_for()
    await desk.wait_for_function("() => offers.some((offer) => offer.lists[0].item_list_id === 'upgrades')")
    assert await desk.locator("tsuide-suggestions [part~=name]").all_inner_texts() == ["for-desk"]


async def test_a_list_is_gone_when_it_expires(shop: ShopPage, chromium: Chromium) -> None:
    page = await shop.open(await chromium.page())
    made = await shop.offer(page, accessories=["cup"])
    await page.locator("tsuide-suggestions").wait_for()
    shop.seq += 1
    short = msgspec.structs.replace(made, suggestion_id="short", seq=shop.seq, expires_ms=made.created_ms + 2_500)
    await shop.publisher.publish(short)
    await page.wait_for_function("() => offers.length === 2")
    await page.locator("tsuide-suggestions").wait_for(state="hidden", timeout=WITHIN_MS)


async def test_a_page_may_draw_by_itself(shop: ShopPage, chromium: Chromium) -> None:
    # given a page that subscribes before anything is known
    page = await shop.open(await chromium.page())
    await page.evaluate(
        "() => void tsuide.subscribe('upgrades', (list, offer) => (window.told ??= []).push([list, offer?.suggestion_id ?? null]))"
    )
    made = await shop.offer(page, upgrades=["better"])
    # then it is told the list with its offer, once
    await page.wait_for_function("() => window.told?.length === 2")
    [[nothing, none], [shown, suggestion_id]] = await page.evaluate("told")
    assert (nothing, none, suggestion_id) == (None, None, made.suggestion_id)
    assert [item["item_id"] for item in shown["items"]] == ["better"]
    # and who subscribes later is told at once
    assert await page.evaluate("new Promise((told) => tsuide.subscribe('upgrades', (list) => told(list.items.length)))") == 1
    # and the offer as it came is to be had whole
    wanted = msgspec.json.decode(msgspec.json.encode(offer_of(made, made.lists)))
    assert await page.evaluate("offers[0]") == wanted


async def test_the_connection_is_lost_and_resumes_without_loss(shop: ShopPage, chromium: Chromium) -> None:
    # given a list on the page
    page = await shop.open(await chromium.page())
    asked: list[str | None] = []
    page.on("request", lambda request: asked.append(request.headers.get("last-event-id")) if request.url.endswith("/suggestions") else None)
    await shop.offer(page, accessories=["cup"])
    await page.get_by_role("link", name="cup").wait_for()
    # when the streams end and something is published before the page is back
    shop.running.gateway.subscribers.close_all()
    await shop.offer(page, accessories=["pot"])
    await shop.offer(page, upgrades=["better"])
    # then it hears of everything, from where it was
    await page.wait_for_function("() => offers.length === 3", timeout=WITHIN_MS)
    await page.get_by_role("link", name="pot").wait_for()
    assert await page.evaluate("offers.map((offer) => offer.lists.flatMap((list) => list.items.map((item) => item.item_id)))") == [
        ["cup"],
        ["pot"],
        ["better"],
    ]
    assert re.fullmatch(r"\d+:\d+", asked[-1] or "")
    assert await page.evaluate("states.slice(-3)") == ["waiting", "connecting", "open"]


async def test_a_new_page_sees_the_newest_lists_at_once(shop: ShopPage, chromium: Chromium) -> None:
    # given a customer with a list
    visitor = await chromium.visitor()
    page = await shop.open(await visitor.new_page())
    await shop.offer(page, accessories=["cup"])
    await page.get_by_role("link", name="cup").wait_for()
    # when he goes to another page, in the same tab
    await page.goto(f"{shop.url}/other")
    # then it is there again, with the token that he has
    await page.get_by_role("link", name="cup").wait_for(timeout=WITHIN_MS)
    assert shop.tokens == 1


async def test_a_reset_replaces_what_stood(shop: ShopPage, chromium: Chromium) -> None:
    page = await shop.open(await chromium.page())
    await shop.offer(page, accessories=["cup"], upgrades=["better"])
    await page.get_by_role("link", name="cup").wait_for()
    # when the gateway has lost what it held, and says so to who resumes
    gateway = shop.running.gateway
    gateway.board.drop(shop.customer)
    for subscriber in list(gateway.subscribers._of[shop.customer]):
        subscriber.reset()
    # then nothing is shown any more
    await page.locator("tsuide-suggestions").wait_for(state="hidden", timeout=WITHIN_MS)

from tests.support.browser import Chromium
from tests.support.shop_page import WITHIN_MS, ShopPage


async def test_events_arrive_in_order_with_all_that_is_known_filled_in(shop: ShopPage, chromium: Chromium) -> None:
    # given a page, in Japanese
    page = await shop.open(await chromium.page(), language="ja-JP")
    # when the customer acts
    await page.evaluate(
        """() => {
        tsuide.track("search", { search_term: "kettle" });
        tsuide.track("view_item", { items: [{ item_id: "kettle" }] });
        for (let n = 0; n < 120; n++) tsuide.track("view_item_list", { items: [{ item_id: `i${n}` }] });
      }"""
    )
    # then all of it stands in the log, once and in order
    events = await shop.events_until(lambda names: len(names) >= 122)
    assert [one["event"] for one in events] == ["search", "view_item", *["view_item_list"] * 120]
    assert [one["items"][0]["item_id"] for one in events[2:]] == [f"i{n}" for n in range(120)]
    assert len({one["event_id"] for one in events}) == 122
    assert {(one["session_id"], one["language"]) for one in events} == {(await page.evaluate("tsuide.session"), "ja-JP")}
    assert chromium.complaints == []


async def test_what_came_from_a_suggestion_is_owed_to_it(shop: ShopPage, chromium: Chromium) -> None:
    # given two cards
    page = await shop.open(await chromium.page())
    made = await shop.offer(page, accessories=["cup", "pot"])
    # when one is added from its card, and later both are bought
    await page.get_by_role("button", name="Add to cart: pot").click()
    await page.evaluate("tsuide.track('purchase', { items: [{ item_id: 'cup' }, { item_id: 'pot' }], transaction_id: 't-1' })")
    # then the page was asked to add it, and cart and purchase name the suggestion, but not for what he found by himself
    assert await page.evaluate("cart") == ["pot"]
    assert await page.evaluate("heard") == [["add", "pot", "accessories", made.suggestion_id]]
    added, bought = (await shop.events_until(lambda names: "purchase" in names))[-2:]
    assert (added["event"], added["suggestion_id"], added["items"][0]["item_list_id"]) == ("add_to_cart", made.suggestion_id, "accessories")
    assert [(one["item_id"], one.get("item_list_id"), one.get("index")) for one in bought["items"]] == [
        ("cup", None, None),
        ("pot", "accessories", 1),
    ]
    assert bought["suggestion_id"] == made.suggestion_id


async def test_cards_count_as_seen_after_a_second_in_sight(shop: ShopPage, chromium: Chromium) -> None:
    # given cards far below what the window shows
    page = await shop.open(await chromium.page())
    await page.add_style_tag(url="/page.css")
    await page.evaluate("() => { document.querySelector('h1').style.marginBlockEnd = '3000px'; }")
    made = await shop.offer(page, accessories=["cup", "pot"])
    await page.locator("tsuide-suggestions").wait_for()
    await page.wait_for_timeout(1_500)  # the claim is that nothing happens in this time
    assert [one["event"] for one in await shop.events()] == []
    # when the customer scrolls there
    await page.locator("tsuide-suggestions").scroll_into_view_if_needed()
    # then both are reported, as one impression
    [seen] = await shop.events_until(lambda names: bool(names))
    assert (seen["event"], seen["suggestion_id"], seen["item_list_id"]) == ("view_item_list", made.suggestion_id, "accessories")
    assert [(item["item_id"], item["index"]) for item in seen["items"]] == [("cup", 0), ("pot", 1)]


async def test_a_gateway_that_is_away_loses_nothing(shop: ShopPage, chromium: Chromium) -> None:
    # given a gateway that cannot be reached
    page = await shop.open(await chromium.page())
    await page.route("**/v1/events", lambda route: route.abort())
    await page.evaluate("tsuide.track('view_item', { items: [{ item_id: 'kettle' }] })")
    await page.evaluate("tsuide.track('add_to_cart', { items: [{ item_id: 'kettle' }] })")
    # when it is there again
    await page.unroute("**/v1/events")
    # then both have arrived
    assert {one["event"] for one in await shop.events_until(lambda names: len(names) == 2)} == {"view_item", "add_to_cart"}


async def test_what_is_tracked_as_the_page_closes_arrives(shop: ShopPage, chromium: Chromium) -> None:
    # given a page whose ordinary requests hang
    page = await shop.open(await chromium.page())
    await page.route("**/v1/events", lambda route: None if route.request.resource_type == "fetch" else route.continue_())
    # when the customer follows a link right after acting
    await page.evaluate("() => { tsuide.track('add_to_cart', { items: [{ item_id: 'kettle' }] }); location.href = '/other'; }")
    # then a beacon has told it, once
    events = await shop.events_until(lambda names: "add_to_cart" in names)
    assert [one["event"] for one in events].count("add_to_cart") == 1


async def test_refused_events_are_told_to_the_developer_once(shop: ShopPage, chromium: Chromium) -> None:
    page = await shop.open(await chromium.page())
    await page.evaluate("for (const n of [1, 2]) tsuide.track('view_item', { items: [{ item_id: '' }] })")
    await page.evaluate("tsuide.track('view_item', { items: [{ item_id: 'kettle' }] })")
    assert [one["items"][0]["item_id"] for one in await shop.events_until(lambda names: len(names) == 1)] == ["kettle"]
    assert ["an event was refused" in complaint for complaint in chromium.complaints] == [True]


async def test_a_token_that_is_void_is_replaced_unseen(shop: ShopPage, chromium: Chromium) -> None:
    # given a page with a token that the gateway does not take any more
    page = await shop.open(await chromium.page())
    shop.running.gateway._opt_outs.heard(shop.customer, "forget", await page.evaluate("Date.now() / 1000"))
    # when the customer acts
    await page.evaluate("tsuide.track('view_item', { items: [{ item_id: 'kettle' }] })")
    # then it arrives all the same, with another token
    await shop.events_until(lambda names: names == ["view_item"])
    assert shop.tokens == 2


async def test_a_shop_without_tokens_is_asked_again(shop: ShopPage, chromium: Chromium) -> None:
    shop.no_tokens = True
    page = await shop.open(await chromium.page(), until="waiting")
    await page.evaluate("tsuide.track('view_item', { items: [{ item_id: 'kettle' }] })")
    shop.no_tokens = False
    await page.wait_for_function("() => tsuide.state === 'open'", timeout=WITHIN_MS)
    await shop.events_until(lambda names: names == ["view_item"])

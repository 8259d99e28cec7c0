"""Every list as a customer sees it, in the invented shop: where it stands, what it says, and what one click on it does."""

import re

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import NewVisitor
from tests.browser.grave import grave_faults
from tests.browser.visitor import PATIENCE_MS, Visitor
from tests.support.browser import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.node]

CAMERA, BETTER, SHAMPOO, TREATMENT, OIL = "cam-h10", "cam-h20", "tsu-sh-480", "tsu-tr-480", "oil-60"
WIDTHS = {"phone": PHONE, "desk": DESK}


async def looks_around(visitor: Visitor, *items: str) -> None:
    """Open the pages of these items, one after the other; the first look of a visit stays without suggestions."""
    for item in items:
        await visitor.open_item(item)


def headline(visitor: Visitor, name: str) -> Locator:
    return visitor.page.locator(f"tsuide-suggestions[list={name}] [part=headline]")


def amounts(text: str) -> list[int]:
    """Return the sums of money in `text`, whose yen sign may be of either width."""
    return [int(found.replace(",", "")) for found in re.findall(r"[¥￥]([\d,]+)", text)]


async def test_the_shop_speaks_japanese_to_everybody_who_has_not_chosen(visit_sample: NewVisitor) -> None:
    visitor = await visit_sample(locale="en-GB")
    await visitor.go("/")
    await expect(visitor.page.get_by_role("heading", name="人気の品")).to_be_visible()
    # and when he wants English, it stays so on the next page
    await visitor.page.get_by_role("button", name="English").click()
    await visitor.go("/cart")
    await expect(visitor.page.get_by_role("heading", name="Your cart")).to_be_visible()


async def test_a_page_of_a_camera_shows_what_is_better_what_belongs_to_it_and_what_others_took(visit_sample: NewVisitor) -> None:
    # given somebody who looks at a second camera, whose successor films in 4K for 12,000 yen more
    visitor = await visit_sample()
    await looks_around(visitor, BETTER, CAMERA)
    # then the next step up says what it brings for the difference of 71,800 - 59,800
    await visitor.see_cards("upgrades")
    first = visitor.cards("upgrades").first
    await expect(first.locator("[part=name]")).to_have_text("ハルカ H20 ミラーレス一眼カメラ")
    await expect(first.locator("[part=reason]")).to_have_text("プラス¥12,000で、4K動画が撮れる")
    # and the other lists of such a page are there, no item in two of them
    shown = [name for list_id in ("bundle", "accessories", "also_bought", "upgrades") for name in await visitor.see_cards(list_id)]
    assert len(shown) == len(set(shown))


async def test_a_whole_set_is_in_the_cart_after_one_click_at_the_price_that_was_said(visit_sample: NewVisitor) -> None:
    # given a set around a camera, whose headline says what it costs, and what its parts cost
    visitor = await visit_sample()
    await looks_around(visitor, CAMERA, BETTER)
    others = await visitor.see_cards("bundle")
    price, before = amounts(await headline(visitor, "bundle").inner_text())
    assert price < before
    # when he takes all of it
    await visitor.page.locator(".set-foot button").click()
    # then each of it is in the cart once, and the set is offered no longer
    await expect(visitor.page.locator(".badge")).to_have_text(str(len(others) + 1))
    await expect(visitor.page.locator(".set")).to_be_hidden()
    await visitor.go("/cart")
    await expect(visitor.page.locator(".line-name")).to_have_text(["ハルカ H20 ミラーレス一眼カメラ", *others])
    # and the cart grants the price
    total = visitor.page.locator(".sum-row .price")
    await expect(total).to_have_count(2)
    assert [amounts(text)[0] for text in await total.all_inner_texts()] == [before - price, price]
    # and when a part is taken out, the others cost what they cost
    await visitor.page.locator(".line").nth(1).get_by_role("button", name="取り除く").click()
    await expect(total).to_have_count(1)


async def test_the_cart_says_what_is_missing_to_the_next_benefit_and_what_closes_the_gap(visit_sample: NewVisitor) -> None:
    # given shampoo, treatment and oil: 1,480 + 1,480 + 1,680 = 4,640 of the 5,000 yen for free delivery
    visitor = await visit_sample()
    for item in (SHAMPOO, TREATMENT, OIL):
        await visitor.open_item(item)
        await visitor.add()
    # when he looks at his cart
    await visitor.go("/cart")
    # then a bar says in words, too, that 360 yen are missing
    bar = visitor.page.get_by_role("progressbar")
    await expect(bar).to_have_accessible_name(re.compile("あと [¥￥]360 で送料無料"))
    assert await bar.evaluate("one => [one.value, one.max]") == [4640, 5000]
    # and what closes the gap is offered, with the sum that it makes
    await expect(headline(visitor, "top_up")).to_have_text("あと¥360で送料無料", timeout=PATIENCE_MS)
    reason = await visitor.cards("top_up").first.locator("[part=reason]").inner_text()
    assert amounts(reason)[0] >= 5000
    # and when he takes it, the benefit is his
    await visitor.cards("top_up").first.locator("[part~=add]").click()
    await expect(visitor.page.locator(".threshold-reached")).to_have_text("送料無料の条件に達しました")


async def test_what_is_cheaper_is_shown_once_something_was_taken_out_of_the_cart(visit_sample: NewVisitor) -> None:
    visitor = await visit_sample()
    await looks_around(visitor, BETTER)
    await visitor.add()
    await visitor.go("/cart")
    assert await visitor.cards("alternatives").count() == 0
    await visitor.page.get_by_role("button", name="取り除く").click()
    await visitor.see_cards("alternatives")
    differences = await visitor.cards("alternatives").locator("[part~=less]").all_inner_texts()
    assert differences
    assert all(text.startswith("-") for text in differences)


async def test_the_next_plan_is_offered_when_the_storage_is_nearly_full_and_taken_by_one_click(visit_sample: NewVisitor) -> None:
    # given 31 of 50 GB in use, where nothing is offered
    visitor = await visit_sample()
    await visitor.go("/plan")
    await expect(visitor.page.locator("#used")).to_have_text("50 GBのうち 31 GB")
    await expect(visitor.page.locator(".plan-offer")).to_be_hidden()
    # when 10 GB more make it 41, which is above four fifths
    await visitor.page.get_by_role("button", name="写真を 10 GB アップロード").click()
    # then the next plan is offered, with its limit
    await visitor.see_cards("plans")
    await expect(visitor.cards("plans").locator("[part=name]")).to_have_text(["ひなた写真クラウド スタンダード"])
    await expect(visitor.cards("plans").locator("[part=reason]")).to_contain_text("200まで")
    # and when he takes it, it is his, and nothing more is offered
    await visitor.page.locator(".plan-offer .set-foot button").click()
    await expect(visitor.page.locator("#used")).to_have_text("200 GBのうち 41 GB")
    await expect(visitor.page.locator(".plan-offer")).to_be_hidden()


async def test_reading_counts_articles_and_at_the_meter_s_end_a_plan_is_offered(visit_sample: NewVisitor) -> None:
    # given a free plan with three articles a month
    visitor = await visit_sample()
    for number in (1, 2, 3):
        assert await visitor.cards("plans").count() == 0
        # when he reads one after the other
        await visitor.go(f"/news/{number}")
        await expect(visitor.page.locator("#used")).to_have_text(f"3 本のうち {number} 本")
        await expect(visitor.page.locator(".article > p")).to_have_count(3)
    # then the third brings the offer of another plan
    await expect(headline(visitor, "plans")).to_have_text("ひなた写真新聞 フリーの上限に達しました", timeout=PATIENCE_MS)
    # and the fourth shows its beginning only, until he has that plan
    await visitor.go("/news/4")
    await expect(visitor.page.get_by_role("heading", name="今月の記事をすべてお読みになりました。")).to_be_visible()
    await visitor.see_cards("plans")
    await visitor.page.locator(".plan-offer .set-foot button").click()
    await expect(visitor.page.locator("#used")).to_have_text("30 本のうち 4 本")
    await expect(visitor.page.locator(".article > p")).to_have_count(3)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("english", [False, True], ids=["ja", "en"])
async def test_no_page_of_it_has_a_serious_fault_or_has_to_be_scrolled_sideways(
    visit_sample: NewVisitor, english: bool, width: str, scheme: str
) -> None:
    # given a visitor with a set and a threshold in his cart
    visitor = await visit_sample(viewport=WIDTHS[width], color_scheme=scheme, bypass_csp=True)  # axe is injected
    await visitor.go("/")
    if english:
        await visitor.page.get_by_role("button", name="English").click()
    await looks_around(visitor, CAMERA, BETTER)
    await visitor.see_cards("bundle")
    await visitor.page.locator(".set-foot button").click()
    for path in ("/", f"/item/{BETTER}", "/cart", "/checkout", "/plan", "/news", "/news/1"):
        # when he opens a page
        await visitor.go(path)
        await visitor.page.locator("main :is(h1, h2)").first.wait_for()
        if path == "/plan":
            await visitor.page.locator(".meter .button").first.click()
            await visitor.see_cards("plans")
        # then axe finds nothing grave, and it is as wide as his screen
        assert await grave_faults(visitor.page) == []
        assert await visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is too wide"

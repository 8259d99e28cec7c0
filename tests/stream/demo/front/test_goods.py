"""Finding goods: by words, by department, by number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.contracts.catalog import CatalogItem, Tier
from stream.demo.front.goods import PAGE, Assortment
from stream.demo.front.groups import groups_of

TITLES = {
    "1": "RED HANGING HEART T-LIGHT HOLDER",
    "2": "CERAMIC CHERRY CAKE MONEY BANK",
    "3": "SET OF 6 CHRISTMAS BAUBLES",
    "4": "BOX OF 9 PEBBLE CANDLES",
    "5": "CLASSIC CAFÉ SUGAR DISPENSER",
    "85123A": "WHITE PHOTO FRAME",
}
ODD = ['"', "'", "*", "a* OR", "NEAR(", "title:", "a AND", "-", "^", "\0", "🎄"]
SOLD = {"4": 50, "1": 20, "3": 7}


@pytest.fixture(scope="module")
def shop() -> Assortment:
    return Assortment([CatalogItem(item_id=number, item_name=title, price=1.5, currency="GBP") for number, title in TITLES.items()], SOLD)


def found(shop: Assortment, query: str, group: str = "") -> list[str]:
    return [good.item_id for good in shop.page(query, group).items]


def test_without_a_word_the_most_sold_come_first(shop: Assortment) -> None:
    assert found(shop, "")[:3] == ["4", "1", "3"]
    assert [good.sold for good in shop.page().items[:4]] == [50, 20, 7, 0]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("heart", ["1"]),
        ("HEART red", ["1"]),
        ("cerami", ["2"]),  # a word not yet finished
        ("candle christmas", ["1", "3", "4"]),  # nothing has both, so either will do: a heart light is in Lights & candles
        ("bauble", ["3"]),
        ("boxes", ["4"]),  # plural of what the title says
        ("cafe", ["5"]),
        ("85123a", ["85123A"]),
        ("クリスマス", ["3"]),  # the department's name, in the visitor's language
        ("\uff22\uff21\uff35\uff22\uff2c\uff25", ["3"]),  # BAUBLE in full width, as a Japanese keyboard types it
        ("t-light", ["1"]),
        ("nothing like it", []),
    ],
)
def test_a_search_finds(shop: Assortment, query: str, expected: list[str]) -> None:
    assert sorted(found(shop, query)) == sorted(expected)


@given(st.text(max_size=60))
def test_no_search_is_an_error_and_each_finds_goods_or_nothing(shop: Assortment, query: str) -> None:
    page = shop.page(query)
    assert 0 <= len(page.items) <= page.total <= len(TITLES)


@pytest.mark.parametrize("query", [*ODD, "(" * 50, "x" * 100_000, "many" + " words" * 999])
def test_what_means_something_to_the_index_is_only_text(shop: Assortment, query: str) -> None:
    assert shop.page(query).total <= len(TITLES)


def test_a_department_counts_what_it_shows(shop: Assortment) -> None:
    counts = {group.group: group.count for group in shop.groups}
    assert counts["christmas"] == 1
    assert {group: shop.page(group=group).total for group in counts} == counts


def test_a_search_within_a_department_stays_there(shop: Assortment) -> None:
    assert found(shop, "red", "hearts") == ["1"]
    assert found(shop, "baubles", "hearts") == []


def test_pages_are_full_until_the_last_and_empty_beyond_it() -> None:
    # given 2 * 24 + 1 goods
    shop = Assortment([CatalogItem(item_id=str(number), item_name=f"CUP {number}") for number in range(2 * PAGE + 1)], {})
    pages = [shop.page("cup", page=number) for number in (1, 2, 3, 4)]
    # then
    assert [len(page.items) for page in pages] == [PAGE, PAGE, 1, 0]
    assert {(page.total, page.pages) for page in pages} == {(49, 3)}
    assert len({good.item_id for page in pages for good in page.items}) == 49


def test_named_goods_come_in_the_order_of_their_naming_each_once_and_unknown_ones_not_at_all(shop: Assortment) -> None:
    assert [good.item_id for good in shop.named(["3", "9", "1", "3"]).items] == ["3", "1"]
    assert shop.named([]).total == 0


def test_an_item_may_belong_to_several_departments_or_to_none() -> None:
    assert groups_of("RED HANGING HEART T-LIGHT HOLDER") == ("lights", "hearts", "home")
    assert groups_of("POLKADOT RAIN HAT") == ()


JAPANESE = (
    CatalogItem(item_id="cam", item_name="ハルカ H10 ミラーレス一眼カメラ", item_category="カメラ", price=59_800, currency="JPY"),
    CatalogItem(item_id="bag", item_name="カメラスリングバッグ 6L", item_category="撮影用品", price=6_480, currency="JPY"),
    CatalogItem(item_id="sd", item_name="SDXCカード 128GB", item_category="撮影用品", price=3_280, currency="JPY"),
    CatalogItem(
        item_id="cloud", item_name="クラウド", item_category="定額", price=300, tier=Tier("cloud", 1), specs={"limit:storage_gb": 50}
    ),
)
DEPARTMENTS = {"カメラ": "Cameras", "撮影用品": "Photo gear"}


@pytest.fixture(scope="module")
def japanese() -> Assortment:
    return Assortment(JAPANESE, {"sd": 2, "bag": 1}, DEPARTMENTS)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("カメラ", ["bag", "cam"]),
        ("一眼", ["cam"]),  # from the middle of what stands there without spaces
        ("バッグ", ["bag"]),
        ("カード", ["sd"]),
        ("sdxc", ["sd"]),
        ("ド", ["sd"]),  # a letter alone finds what begins with it, or ends with it
        ("gear", ["bag", "sd"]),  # the department's English name
        ("レンズ", []),
    ],
)
def test_japanese_is_found_though_it_has_no_spaces(japanese: Assortment, query: str, expected: list[str]) -> None:
    assert sorted(found(japanese, query)) == expected


def test_departments_are_the_catalogue_s_own_where_it_names_them(japanese: Assortment) -> None:
    assert [(one.group, one.title["en"], one.count) for one in japanese.groups] == [("カメラ", "Cameras", 1), ("撮影用品", "Photo gear", 2)]
    assert found(japanese, "", "撮影用品") == ["sd", "bag"]


def test_a_plan_is_no_good_among_goods_but_has_its_page_and_its_line(japanese: Assortment) -> None:
    assert "cloud" not in found(japanese, "")
    assert japanese.find("cloud") is not None
    assert [plan.item_id for plan in japanese.plans("cloud").items] == ["cloud"]
    assert japanese.plans("paper").items == []

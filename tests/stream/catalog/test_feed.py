import gzip
from pathlib import Path

import pytest
import zstandard

from stream.catalog.feed import columns_left_out, format_of, read_items
from stream.catalog.refused import Refusal
from stream.contracts.catalog import CatalogItem, Rating, SalePeriod, Tier
from stream.errors import LogError
from stream.lines import Lines

FEED = (
    "id\ttitle\tprice\tsale_price\tsale_price_effective_date\tavailability\tbrand\tproduct_type\tcolor\tcost_of_goods_sold\n"
    'L1\t13" Lamp\t12.90 GBP\t9.90 GBP\t2026-01-01T00:00+0900/2026-01-31T23:59+0900\tin stock\tHalo\tHome > Lights > Lamps\tred\t6.45 GBP\n'
)


def read(tmp_path: Path, content: bytes | str) -> tuple[list[CatalogItem], list[Refusal]]:
    path = tmp_path / "catalog"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    lines, refused = Lines(path), []
    return list(read_items(lines, format_of(lines), refused.append)), refused


def test_a_merchant_row_becomes_an_item_in_our_words(tmp_path: Path) -> None:
    items, refused = read(tmp_path, FEED)
    assert refused == []
    assert items == [
        CatalogItem(
            item_id="L1",
            item_name='13" Lamp',
            item_brand="Halo",
            item_category="Home",
            item_category2="Lights",
            item_category3="Lamps",
            price=12.90,
            sale_price=9.90,
            # 2026-01-01T00:00+09:00 is 2025-12-31T15:00Z = 20 453 days and 15 h after 1970; the end is 30 days, 23 h 59 min later
            sale_price_effective_date=SalePeriod(
                (20_453 * 24 + 15) * 3_600_000, (20_453 * 24 + 15 + 30 * 24 + 23) * 3_600_000 + 59 * 60_000
            ),
            currency="GBP",
            specs={"color": "red"},
            margin=0.5,  # 1 - 6.45 / 12.90
        )
    ]


@pytest.mark.parametrize(
    ("given", "availability"),
    [("in_stock", "in_stock"), ("Out of Stock", "out_of_stock"), ("preorder", "preorder"), ("backorder", "backorder")],
)
def test_googles_availability_is_understood_in_both_spellings(tmp_path: Path, given: str, availability: str) -> None:
    [item], _ = read(tmp_path, f"id\ttitle\tavailability\nA\tx\t{given}\n")
    assert item.availability == availability


def test_of_more_than_five_levels_the_most_specific_is_kept(tmp_path: Path) -> None:
    [item], _ = read(tmp_path, "id\tproduct_type\nA\ta > b > c > d > e > f\n")
    assert (item.item_category4, item.item_category5, item.leaf_category) == ("d", "f", "f")


@pytest.mark.parametrize(
    ("columns", "cells", "field", "why"),
    [
        ("price", "12,90 GBP", "price", "'12,90 GBP' is not an amount with its currency, such as 12.90 GBP"),
        ("price", "12.90", "price", "'12.90' is not an amount with its currency, such as 12.90 GBP"),
        ("price\tsale_price", "12.90 GBP\t9.90 EUR", "sale_price", "is in EUR, the price in GBP; give both in one currency"),
        ("availability", "soon", "availability", "'soon' is none of backorder, in_stock, out_of_stock, preorder"),
        ("title", "x" * 501, "title", "Expected `str` of length <= 500"),
        ("sale_price_effective_date", "2026-02-01T00:00Z/2026-01-01T00:00Z", "sale_price_effective_date", "ends before it begins"),
        ("sale_price_effective_date", "2026-02-01T00:00/2026-03-01T00:00", "sale_price_effective_date", "is not start/end"),
    ],
)
def test_a_refused_row_names_its_line_field_and_cause_and_the_others_are_read(
    tmp_path: Path, columns: str, cells: str, field: str, why: str
) -> None:
    items, [refusal] = read(tmp_path, f"id\t{columns}\nA\t{cells}\nB\n")
    assert (refusal.line, refusal.field) == (2, field)
    assert refusal.why.endswith(why) or why in refusal.why
    assert [item.item_id for item in items] == ["B"]


def test_a_row_without_an_id_is_refused_by_its_column(tmp_path: Path) -> None:
    items, [refusal] = read(tmp_path, "id\ttitle\n\tLamp\n")
    assert (items, refusal.line, refusal.field) == ([], 2, "id")


def test_a_table_in_our_words_gives_lists_tiers_and_what_is_inside(tmp_path: Path) -> None:
    items, refused = read(
        tmp_path,
        "item_id,item_name,price,currency,is_related_to,is_similar_to,tier,benefits.ja,specs.watt,specs.colour,rating.value,rating.count\n"
        'K1,"Kettle, steel",30,GBP,T1|T2,"K2, K3",kettles:2,早い,2200,steel,4.5,12\n',
    )
    assert refused == []
    assert items == [
        CatalogItem(
            item_id="K1",
            item_name="Kettle, steel",
            price=30,
            currency="GBP",
            is_related_to=("T1", "T2"),
            is_similar_to=("K2", "K3"),
            tier=Tier("kettles", 2),
            benefits={"ja": "早い"},
            specs={"watt": 2200.0, "colour": "steel"},
            rating=Rating(4.5, 12),
        )
    ]


def test_a_number_that_is_none_is_refused_with_its_field(tmp_path: Path) -> None:
    _, refused = read(tmp_path, "item_id;price\nA;cheap\nB;-1\n")
    assert refused == [Refusal(2, "price", "Expected `float | null`, got `str`"), Refusal(3, "price", "Expected `float` >= 0.0")]


def test_a_line_end_within_quotes_belongs_to_the_cell(tmp_path: Path) -> None:
    items, refused = read(tmp_path, 'item_id,item_name\nA,"two\nlines"\nB,x\n')
    assert ([item.item_name for item in items], refused) == (["two\nlines", "x"], [])


def test_a_quote_that_never_closes_is_told_where_it_was_noticed(tmp_path: Path) -> None:
    with pytest.raises(LogError, match=r"catalog:3: .*quote"):
        read(tmp_path, 'item_id,item_name\nA,"x\nB,y\n')


def test_more_cells_than_columns_stop_the_reading(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="catalog:2: has 3 cells under 2 columns"):
        read(tmp_path, "item_id,item_name\nA,Lamp, red\n")


def test_json_lines_are_read_and_a_wrong_one_is_refused(tmp_path: Path) -> None:
    items, refused = read(tmp_path, '{"item_id": "A", "price": 1}\n\n{"item_id": "B", "price": "1"}\n{"item_name": "C"}\n')
    assert [item.item_id for item in items] == ["A"]
    assert refused == [Refusal(3, "price", "Expected `float | null`, got `str`"), Refusal(4, "", "Object missing required field `item_id`")]


@pytest.mark.parametrize("packed", [gzip.compress(FEED.encode()), zstandard.compress(FEED.encode()), b"\xef\xbb\xbf" + FEED.encode()])
def test_a_feed_may_be_packed_or_begin_with_a_byte_order_mark(tmp_path: Path, packed: bytes) -> None:
    items, refused = read(tmp_path, packed)
    assert ([item.item_id for item in items], refused) == (["L1"], [])


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b'[{"item_id": "A"}]', "one JSON object a line"),
        (b"name,price\nA,1\n", "a heading with item_id or id"),
        ("id\tname\n".encode("utf-16"), "not UTF-8"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_with_what_to_give(tmp_path: Path, content: bytes, why: str) -> None:
    with pytest.raises(LogError, match=why):
        read(tmp_path, content)


def test_columns_that_mean_nothing_to_us_are_named(tmp_path: Path) -> None:
    path = tmp_path / "catalog.csv"
    path.write_text("item_id,colour,specs.watt\nA,red,1\n")
    assert columns_left_out(Lines(path), "csv") == ["colour"]

"""Titles as evidence."""

import math

import pytest

from features.catalog import Catalog
from online_models.titles import TitleIndex, titles_of, words
from stream.contracts.catalog import CatalogItem


def catalog_of(**titles: str) -> Catalog:
    catalog = Catalog()
    for item_id, title in titles.items():
        catalog.put(CatalogItem(item_id, title))
    return catalog


def test_rare_words_say_more_than_common_ones():
    # given 4 titles: "mug" in 3 of them, "blue" in 2, "red" and "tin" in 1
    index = TitleIndex(catalog_of(a="Blue MUG", b="blue tin", c="red mug", d="mug"))
    # then the cosine is the shared words' squared idf by the product of the norms, idf = ln(1 + 4/n)
    mug, blue, red = math.log(1 + 4 / 3), math.log(1 + 4 / 2), math.log(1 + 4 / 1)
    norm = math.hypot(blue, mug)
    assert index.similar("a") == [
        ("d", pytest.approx(mug / norm)),
        ("b", pytest.approx(blue**2 / (norm * math.hypot(blue, red)))),  # "tin" is as rare as "red"
        ("c", pytest.approx(mug**2 / (norm * math.hypot(red, mug)))),
    ]


def test_equals_come_in_the_order_of_their_ids():
    index = TitleIndex(catalog_of(z="blue mug", y="blue mug", x="blue mug"))
    assert [item_id for item_id, _ in index.similar("y")] == ["x", "z"]


def test_at_most_25_are_named():
    index = TitleIndex(catalog_of(**{f"item{number}": "blue mug" for number in range(40)}))
    assert len(index.similar("item0")) == 25


def test_an_item_without_title_or_entry_is_like_nothing():
    index = titles_of(catalog_of(a="blue mug", b=""))
    assert (index.similar("b"), index.similar("unheard of")) == ([], [])


def test_the_index_follows_the_catalogue():
    catalog = catalog_of(a="blue mug", b="red tin")
    assert titles_of(catalog).similar("a") == []
    catalog.put(CatalogItem("b", "red mug"))
    assert [item_id for item_id, _ in titles_of(catalog).similar("a")] == ["b"]
    assert titles_of(catalog) is titles_of(catalog)


def test_words_without_spaces_count_by_pairs_of_characters():
    assert words("青いマグ set") == ["青い", "いマ", "マグ", "set"]

"""What is derived from the session rows, and the prices, as columns."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice

import numpy as np

from online_models.checkpoint.columns import ENTRIES, Columns, Names, Piece, array_pieces, ragged_of, ragged_pieces, text_pieces, texts_of
from online_models.memory.categories import Categories
from online_models.memory.popularity import Popularity
from online_models.memory.prices import Prices
from online_models.memory.similarity import Similarity
from online_models.memory.vocabulary import Vocabulary

POPULARITY = ("counts", "last_ms", "_sums")
SIMILARITY = ("vectors", "squares", "_signs")


def vocabulary_pieces(column: str, vocabulary: Vocabulary) -> Iterator[Piece]:
    """Yield ids and their ties."""
    yield from text_pieces(f"{column}.ids", vocabulary.ids)
    yield from array_pieces(f"{column}.ties", vocabulary.ties)


def restore_vocabulary(column: str, vocabulary: Vocabulary, columns: Columns) -> None:
    """Put ids into a vocabulary that has none yet."""
    vocabulary.ids.extend(texts_of(columns, f"{column}.ids"))
    vocabulary._index.update({item_id: number for number, item_id in enumerate(vocabulary.ids)})
    vocabulary.ties = columns[f"{column}.ties"].copy()


def popularity_pieces(popularity: Popularity) -> Iterator[Piece]:
    """Yield the columns `popularity.*`."""
    yield "popularity.newest", np.array([popularity._newest], np.int64)
    for name in POPULARITY:
        yield from array_pieces(f"popularity.{name}", getattr(popularity, name))


def restore_popularity(popularity: Popularity, columns: Columns) -> None:
    """Put touches where none are yet."""
    popularity._newest = int(columns["popularity.newest"][0])
    for name in POPULARITY:
        setattr(popularity, name, columns[f"popularity.{name}"].copy())


def similarity_pieces(similarity: Similarity) -> Iterator[Piece]:
    """Yield the columns `similarity.*`."""
    for name in SIMILARITY:
        yield from array_pieces(f"similarity.{name}", getattr(similarity, name))


def restore_similarity(similarity: Similarity, columns: Columns) -> None:
    """Put vectors where none are yet."""
    for name in SIMILARITY:
        setattr(similarity, name, columns[f"similarity.{name}"].copy())


def category_pieces(categories: Categories) -> Iterator[Piece]:
    """Yield the columns `categories.*`: where items stand in their categories follows from when they were touched."""
    yield from vocabulary_pieces("categories.names", categories.names)
    yield from array_pieces("categories.of", categories.of)
    places = iter(categories._places.values())
    while chunk := list(islice(places, ENTRIES)):
        yield "categories.places", np.array(chunk, np.int64)
    yield "categories.places", np.empty((0, 3), np.int64)
    moves = (np.fromiter(chain.from_iterable(counts.items()), np.int64) for counts in categories._moves.values())
    yield from ragged_pieces("categories.moves", categories._moves, moves, np.int64)


def restore_categories(categories: Categories, columns: Columns) -> None:
    """Put categories where none are yet."""
    restore_vocabulary("categories.names", categories.names, columns)
    categories.of = columns["categories.of"].copy()
    categories._members.extend([] for _ in range(len(categories.names)))
    for at_ms, tie, item in columns["categories.places"].tolist():
        categories._places[item] = at_ms, tie, item
        categories._members[categories.of[item]].append((at_ms, tie, item))
    for members in categories._members:
        members.sort()
    categories.held = sum(map(bool, categories._members))
    for before, counts in ragged_of(columns, "categories.moves"):
        categories._moves[before] = dict(counts.reshape(-1, 2).tolist())


def price_pieces(prices: Prices, customers: Names) -> Iterator[Piece]:
    """Yield the columns `prices.*`, a row for each price that somebody saw; customers are given numbers on the way."""
    entries = ((item, *one) for item, seen in prices._seen.items() for one in seen)
    more = True
    while more:
        chunk = list(islice(entries, ENTRIES))
        yield "prices.items", np.array([item for item, *_ in chunk], np.int32)
        yield "prices.at_ms", np.array([at_ms for _, at_ms, _, _ in chunk], np.int64)
        yield "prices.customers", customers.of(customer for _, _, customer, _ in chunk)
        yield "prices.prices", np.array([price for *_, price in chunk], np.float64)
        more = len(chunk) == ENTRIES


def restore_prices(prices: Prices, columns: Columns, customers: Sequence[str]) -> None:
    """Put prices where none are yet."""
    rows = (columns[f"prices.{name}"].tolist() for name in ("items", "at_ms", "customers", "prices"))
    for item, at_ms, customer, price in zip(*rows, strict=True):
        prices._seen.setdefault(item, []).append((at_ms, customers[customer], price))

"""The shared memory as columns, and back to the last bit."""

from collections.abc import Iterator

import numpy as np

from online_models.checkpoint.columns import Columns, Names, Piece, text_pieces, texts_of
from online_models.checkpoint.orders import basket_pieces, restore_baskets
from online_models.checkpoint.tables import (
    category_pieces,
    popularity_pieces,
    price_pieces,
    restore_categories,
    restore_popularity,
    restore_prices,
    restore_similarity,
    restore_vocabulary,
    similarity_pieces,
    vocabulary_pieces,
)
from online_models.checkpoint.visits import restore_sessions, session_pieces
from online_models.memory.baskets import MAX_ITEMS
from online_models.memory.popularity import KEPT as HALF_LIVES
from online_models.memory.prices import KEPT as PRICES
from online_models.memory.sessions import MAX_LINES, WIDTH
from online_models.memory.shared import SharedMemory
from online_models.memory.similarity import SIZE

FORMAT = 1  # to be raised with every change of what a column means, or of how records change what is retained


def shape_of(memory: SharedMemory) -> dict[str, int]:
    """Return the limits that decide what a memory retains: one is restored only where all of them are the same."""
    return windows_of(memory) | {
        "row_items": WIDTH,
        "event_lines": MAX_LINES,
        "basket_items": MAX_ITEMS,
        "item_prices": PRICES,
        "half_lives": HALF_LIVES,
        "vector_size": SIZE,
    }


def windows_of(memory: SharedMemory) -> dict[str, int]:
    """Return what a memory of the same windows is made with."""
    return {
        "session_rows": memory.sessions.capacity,
        "baskets": memory.baskets.capacity,
        "most_rows": memory.sessions._silenced.most,
        "most_baskets": memory.baskets._silenced.most,
    }


def pieces_of(memory: SharedMemory) -> Iterator[Piece]:
    """Yield all that the memory knows, each piece within about a millisecond, as copies; it must not change in between.

    Asking it is allowed. What every piece holds is of the moment at which the first one was asked for.
    """
    customers, sessions = Names(), Names()
    yield "shared.version", np.array([memory.version], np.int64)
    yield from text_pieces("shared.topics", [topic for topic, _ in memory._highest])
    yield "shared.highest", np.array([(number, offset) for (_, number), offset in memory._highest.items()], np.int64).reshape(-1, 2)
    yield from vocabulary_pieces("items", memory.items)
    yield from popularity_pieces(memory.popularity)
    yield from category_pieces(memory.categories)
    yield from similarity_pieces(memory.similarity)
    yield from session_pieces(memory.sessions, customers, sessions)
    yield from basket_pieces(memory.baskets, customers)
    yield from price_pieces(memory.prices, customers)
    yield from customers.pieces("customers")
    yield from sessions.pieces("session_names")


def memory_of(columns: Columns, windows: dict[str, int]) -> SharedMemory:
    """Return the memory whose pieces these columns are, with the windows that it had. About a second for 131,072 rows.

    Raises:
        LookupError, ValueError, TypeError: they are not its columns.
    """
    memory = SharedMemory(**windows)
    customers, sessions = texts_of(columns, "customers"), texts_of(columns, "session_names")
    memory.version = int(columns["shared.version"][0])
    sources = zip(texts_of(columns, "shared.topics"), columns["shared.highest"].tolist(), strict=True)
    memory._highest.update({(topic, number): offset for topic, (number, offset) in sources})
    restore_vocabulary("items", memory.items, columns)
    restore_popularity(memory.popularity, columns)
    restore_categories(memory.categories, columns)
    restore_similarity(memory.similarity, columns)
    restore_sessions(memory.sessions, columns, customers, sessions)
    memory.sessions.ready = len(memory.items)
    restore_baskets(memory.baskets, columns, customers)
    restore_prices(memory.prices, columns, customers)
    return memory

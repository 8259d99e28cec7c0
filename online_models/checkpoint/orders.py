"""The baskets as columns, with the tables of what was bought together."""

from array import array
from collections.abc import Iterator, Sequence

import numpy as np

from online_models.checkpoint.columns import Columns, Names, Piece, array_pieces, named, ragged_of, ragged_pieces
from online_models.checkpoint.visits import restore_silenced, silenced_pieces
from online_models.memory.baskets import BasketMemory
from online_models.memory.neighbours import Neighbours

ARRAYS = ("rows", "lengths", "at_ms", "following", "counts", "weights", "_sold_ms")
WIDTHS = {"ids": (np.uint16, np.int32), "counts": (np.uint8, np.uint16, np.int32), "weights": (np.float32, np.float64)}


def basket_pieces(baskets: BasketMemory, customers: Names) -> Iterator[Piece]:
    """Yield the columns `baskets.*`; customers are given numbers on the way."""
    yield "baskets.counted", np.array([baskets.taken, baskets.size], np.int64)
    yield "baskets.total_weight", np.array([baskets.total_weight], np.float64)
    for name in ARRAYS:
        yield from array_pieces(f"baskets.{name}", getattr(baskets, name))
    yield from customers.column("baskets.customers", baskets._customers)
    postings = baskets._postings
    yield from ragged_pieces("baskets.postings", postings, (np.frombuffer(one, np.int64) for one in postings.values()), np.int64)
    for part, kinds in WIDTHS.items():
        for kind in kinds:
            of_kind = [item for item, table in baskets._pairs.items() if getattr(table, part).dtype == kind]
            held = (getattr(baskets._pairs[item], part) for item in of_kind)
            yield from ragged_pieces(f"baskets.pairs.{part}.{np.dtype(kind).name}", of_kind, held, kind)
    yield from silenced_pieces("baskets.silenced", baskets._silenced, customers)


def restore_baskets(baskets: BasketMemory, columns: Columns, customers: Sequence[str]) -> None:
    """Put what `basket_pieces` told into a memory of baskets that holds none yet."""
    baskets.taken, baskets.size = columns["baskets.counted"].tolist()
    baskets.total_weight = float(columns["baskets.total_weight"][0])
    for name in ARRAYS:
        setattr(baskets, name, columns[f"baskets.{name}"].copy())
    baskets._customers.extend(named(columns, "baskets.customers", customers))
    for number in range(max(0, baskets.taken - baskets.capacity), baskets.taken):
        customer = baskets._customers[number % baskets.capacity]
        if customer:
            baskets._numbers.setdefault(customer, array("q")).append(number)
    for item, numbers in ragged_of(columns, "baskets.postings"):
        baskets._postings[item] = array("q", numbers.tobytes())
    for part, kinds in WIDTHS.items():
        for kind in kinds:
            for item, values in ragged_of(columns, f"baskets.pairs.{part}.{np.dtype(kind).name}"):
                table = baskets._pairs.get(item)
                if table is None:
                    table = baskets._pairs[item] = Neighbours()
                setattr(table, part, values.copy())
    restore_silenced("baskets.silenced", baskets._silenced, columns, customers)

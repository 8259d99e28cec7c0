"""The session rows as columns; who has which row, and which row a session goes on in, follow from them."""

from array import array
from collections.abc import Iterator, Sequence

import numpy as np

from online_models.checkpoint.columns import Columns, Names, Piece, array_pieces, named, ragged_of, ragged_pieces
from online_models.memory.postings import Postings
from online_models.memory.sessions import SessionMemory
from online_models.memory.silenced import Silenced

ARRAYS = ("items", "at_ms", "categories", "lengths", "starts")


def session_pieces(rows: SessionMemory, customers: Names, sessions: Names) -> Iterator[Piece]:
    """Yield the columns `sessions.*`; names of customers and sessions are given numbers on the way."""
    yield "sessions.taken", np.array([rows.taken], np.int64)
    for name in ARRAYS:
        yield from array_pieces(f"sessions.{name}", getattr(rows, name))
    yield from customers.column("sessions.customers", rows._customers)
    yield from sessions.column("sessions.sessions", rows._sessions)
    items = range(len(rows.postings._cells))
    yield from ragged_pieces("sessions.postings", items, map(rows.postings.all, items), np.int64)
    yield from silenced_pieces("sessions.silenced", rows._silenced, customers)


def restore_sessions(rows: SessionMemory, columns: Columns, customers: Sequence[str], sessions: Sequence[str]) -> None:
    """Put what `session_pieces` told into rows that hold nothing yet."""
    rows.taken = int(columns["sessions.taken"][0])
    for name in ARRAYS:
        setattr(rows, name, columns[f"sessions.{name}"].copy())
    rows._customers.extend(named(columns, "sessions.customers", customers))  # the same list is known to the names of the sessions
    rows._sessions.extend(named(columns, "sessions.sessions", sessions))
    _restore_postings(rows.postings, columns)
    for number in range(max(0, rows.taken - rows.capacity), rows.taken):
        customer, session = rows._customers[number % rows.capacity], rows._sessions[number % rows.capacity]
        if customer:
            rows._rows_of.setdefault(customer, array("q")).append(number)
            rows._names.begin(customer, session, number)
    restore_silenced("sessions.silenced", rows._silenced, columns, customers)


def _restore_postings(postings: Postings, columns: Columns) -> None:
    for _, cells in ragged_of(columns, "sessions.postings"):
        postings._cells.append(cells.copy())
        postings._start.append(0)
        postings._stop.append(len(cells))


def silenced_pieces(column: str, silenced: Silenced, customers: Names) -> Iterator[Piece]:
    """Yield who does not count, and the items that he overdid."""
    numbers = customers.of(silenced._overdone).tolist()
    yield from ragged_pieces(column, numbers, (np.array(sorted(items), np.int32) for items in silenced._overdone.values()), np.int32)


def restore_silenced(column: str, silenced: Silenced, columns: Columns, customers: Sequence[str]) -> None:
    """Put what `silenced_pieces` told where nobody is silenced yet."""
    silenced._overdone.update({customers[number]: set(items.tolist()) for number, items in ragged_of(columns, column)})

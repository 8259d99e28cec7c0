"""What a memory of given windows still holds, worked out anew in plain lists: the reference that forgetting is held against."""

from collections.abc import Iterable
from typing import NamedTuple

from msgspec.structs import replace

from online_models.memory.sessions import TOUCHES, WIDTH
from online_models.memory.shared import SharedMemory
from stream.contracts.memory import MemoryRecord


class Row(NamedTuple):
    """One session's steps: for each, when it came (by number of record and line) and the record cut down to that line."""

    customer: str
    session: str
    steps: list[tuple[tuple[int, int], MemoryRecord]]


def retained_steps(records: Iterable[MemoryRecord], rows: int, without: str) -> list[MemoryRecord]:
    """Return the steps that the newest `rows` rows hold, in the order of their arrival, less those of one customer."""
    held: list[Row] = []
    for number, record in enumerate(records):
        for place, line in enumerate(record.items if record.event in TOUCHES else ()):
            own = [row for row in held if (row.customer, row.session) == (record.customer, record.session)]
            if own and own[-1].steps[-1][1].items[0].item_id == line.item_id:
                continue
            if not own or len(own[-1].steps) == WIDTH:
                held = [*held, Row(record.customer, record.session, [])][-rows:]
                own = held[-1:]
            own[-1].steps.append(((number, place), replace(record, items=(line,))))
    steps = sorted((step for row in held if row.customer != without for step in row.steps), key=lambda step: step[0])
    return [record for _, record in steps]


def retained_baskets(records: Iterable[MemoryRecord], baskets: int, without: str) -> list[MemoryRecord]:
    """Return the newest `baskets` purchases, less those of one customer."""
    bought = [record for record in records if record.event == "purchase" and record.items]
    return [record for record in bought[-baskets:] if record.customer != without]


def never_met(records: list[MemoryRecord], without: str, **windows: int) -> SharedMemory:
    """Return a memory that was built from what is retained of the others, every part from what that part retains.

    Prices keep one entry a customer and item, of more customers than tests have.
    """
    memory = SharedMemory(**windows)
    for step in retained_steps(records, windows["session_rows"], without):
        memory.sessions.take_in(step, *_numbers(memory, step))
    for basket in retained_baskets(records, windows["baskets"], without):
        memory.sessions.take_in(replace(basket, event="refund"), *_numbers(memory, basket))  # no step: makes room for the items alone
        memory.baskets.take_in(basket, _numbers(memory, basket)[0])
    for record in records:
        if record.customer != without:
            memory.sessions.take_in(replace(record, event="refund"), *_numbers(memory, record))
            memory.prices.take_in(record, _numbers(memory, record)[0])
    return memory


def _numbers(memory: SharedMemory, record: MemoryRecord) -> tuple[list[int], list[int]]:
    return [memory.items.index(line.item_id) for line in record.items], [memory.categories.index(line.category) for line in record.items]

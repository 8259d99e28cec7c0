import asyncio

import pytest

from stream.engine.record import Record
from tests.stream.compare.lived import LIVE, PLAIN, SPREAD, WHO, Lived, lived
from tests.support.past import real_orders

LINES = 1_000


@pytest.fixture(scope="session")
def orders() -> list[Record]:
    """The first lines of a real shop's baskets."""
    return real_orders(LINES, WHO)


@pytest.fixture(scope="session")
def live(orders: list[Record]) -> Lived:
    """What the live policy showed, with half of the last places left to chance."""
    return asyncio.run(lived(orders, LIVE))


@pytest.fixture(scope="session")
def plain(orders: list[Record]) -> Lived:
    """What the same policy shows without chance."""
    return asyncio.run(lived(orders, PLAIN))


@pytest.fixture(scope="session")
def spread(orders: list[Record]) -> Lived:
    """What it shows with nine of ten last places left to chance, and to fewer items."""
    return asyncio.run(lived(orders, SPREAD))

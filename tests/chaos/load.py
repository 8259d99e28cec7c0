"""The load: customers and articles of a real log, in its order, as events of now."""

from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import msgspec

from stream.contracts.events import AddToCart, Event, ViewItem
from stream.lines import Lines
from tests.support.shop import Shop, customer_named

LOG = Path(__file__).parents[2] / "deploy" / "shop" / "events.jsonl.zst"  # a real shop's orders of a year
CART_EVERY = 5
ITEMS_A_CUSTOMER = 90  # a profile tells of its newest 100: whoever has more goes on under another name


class _Line(msgspec.Struct):
    item_id: str


class _Order(msgspec.Struct):
    items: tuple[_Line, ...]
    user_id: str | None = None
    customer: str | None = None


class LoggedShop(Shop):
    """A shop whose customers look at what those of the log bought or looked at, again and again from its beginning."""

    def __init__(self, bootstrap: str, *, log: Path = LOG, seed: int = 1) -> None:
        super().__init__(bootstrap, customers=1, seed=seed)
        self._logged = self._events_of(log)

    def next_event(self) -> Event:
        """Return the log's next line, or, in the hot customer's share, one of his."""
        if self._random.random() < self.hot_share:
            return self.an_event(self.customers[0], self._random.choice(self.items))
        customer, item, kind = next(self._logged)
        return self.an_event(customer, item, kind)

    def _events_of(self, log: Path) -> Iterator[tuple[str, str, type[Event]]]:
        decode, number, known = msgspec.json.Decoder(_Order).decode, count(), set(self.customers)
        for turn in count():
            items_of: dict[str, set[str]] = {}
            names: Counter[str] = Counter()
            for _, line in Lines(log):
                order = decode(line)
                who = order.user_id or order.customer or "nobody"
                for sold in order.items:
                    items = items_of.setdefault(who, set())
                    if len(items | {sold.item_id}) > ITEMS_A_CUSTOMER:
                        names[who] += 1
                        items.clear()
                    items.add(sold.item_id)
                    name = customer_named(f"{who} {turn} {names[who]}")
                    if name not in known:
                        known.add(name)
                        self.customers.append(name)
                    yield name, sold.item_id, AddToCart if next(number) % CART_EVERY == 0 else ViewItem

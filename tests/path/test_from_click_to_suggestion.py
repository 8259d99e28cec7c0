"""Read this first: one customer's morning, through every stage, on nothing but the engine and a store in memory."""

import json

import msgspec

from features.store.memory import MemoryStore
from features.store.port import Fence
from online_models.learn import Learner
from online_models.policy.policy import Policy
from stream.contracts.catalog import CatalogItem
from stream.contracts.memory import Memory
from stream.contracts.suggestion import Suggestion
from stream.contracts.topics import CART, CLICKSTREAM, CONSENT, DEAD_LETTERS, MEMORY, SUGGESTIONS, TRAINING
from stream.contracts.training import Example, Outcome, Shown, Training
from stream.engine.caches import Caches
from stream.engine.engine import Engine
from stream.engine.knowledge import Knowledge
from stream.engine.record import Outgoing, Record, TopicPartition
from stream.engine.who import pseudonymiser

NINE_MS = 1_763_780_400_000  # a morning in November 2025
MINUTE_MS = 60_000
OTHERS = 30  # baskets of other customers, each of lamp and bulb
as_pseudonym = pseudonymiser("k1", b"a secret of the test")


class Shop:
    """Stands in for the broker: gives records addresses, and keeps what the engine sends."""

    def __init__(self) -> None:
        self.store, self.knowledge = MemoryStore(), Knowledge(Policy.default())
        self.sent: list[Outgoing] = []
        self._offsets: dict[str, int] = {}
        self.engine = Engine(
            store=self.store,
            send=self._send,
            knowledge=self.knowledge,
            pseudonymise=as_pseudonym,
            partition_of=lambda customer: 0,
            caches=Caches(profiles=100),
            wall_ms=lambda: NINE_MS + 5,
        )

    async def open(self) -> None:
        """Assign the one partition of every input topic."""
        await self.engine.assign({TopicPartition(topic, 0): 0 for topic in (CLICKSTREAM, CART, CONSENT)})

    async def arrives(self, topic: str, **fields: object) -> list[Outgoing]:
        """Deliver one record; returns what it sends out."""
        offset = self._offsets.get(topic, 0)
        self._offsets[topic] = offset + 1
        before = len(self.sent)
        record = Record(topic, 0, offset, NINE_MS, None, json.dumps(fields).encode())
        await self.engine.handle({TopicPartition(topic, 0): [record]})
        await self.engine.look()
        return self.sent[before:]

    async def _send(self, outgoing: list[Outgoing]) -> None:
        self.sent += outgoing
        for record in outgoing:
            if record.topic == MEMORY:
                self.knowledge.memory.take_in(msgspec.json.decode(record.value, type=Memory))


def an_order(number: int, *items: str) -> dict[str, object]:
    """Return another customer's purchase."""
    return {
        "event": "purchase", "event_id": f"order-{number}", "event_time_ms": NINE_MS - 1_000 * (OTHERS - number),
        "user_id": f"other-{number}", "transaction_id": f"t-{number}", "items": [{"item_id": item} for item in items],
    }  # fmt: skip


def an_event(event: str, event_id: str, minute: int, item: str) -> dict[str, object]:
    """Return something that ana does in her session."""
    return {
        "event": event, "event_id": event_id, "event_time_ms": NINE_MS + minute * MINUTE_MS, "user_id": "ana", "session_id": "s-1",
        "language": "ja", "items": [{"item_id": item}],
    }  # fmt: skip


def training(sent: list[Outgoing]) -> list[Training]:
    """Return what of it the trainer reads."""
    return [msgspec.json.decode(record.value, type=Training) for record in sent if record.topic == TRAINING]


async def test_a_lamp_in_the_cart_brings_the_bulb_that_others_took_with_it():
    # given a shop in which thirty others bought lamps together with bulbs, and some bought towels
    shop = Shop()
    await shop.open()
    for item, name in {"lamp": "Lamp", "bulb": "Bulb", "towel": "Towel"}.items():
        shop.knowledge.catalog.put(CatalogItem(item, item_name=name, item_category=f"{name}s", price=10.0, currency="JPY"))
    for number in range(OTHERS):
        await shop.arrives(CART, **an_order(number, *(("lamp", "bulb") if number % 3 else ("towel", "soap"))))

    # when ana looks at the lamp for the first time
    sent = await shop.arrives(CLICKSTREAM, **an_event("view_item", "e1", 0, "lamp"))
    # then nobody pushes her, but the look is remembered, in the category that the catalogue names
    assert [record.topic for record in sent] == [MEMORY]
    assert msgspec.json.decode(sent[0].value, type=Memory).items[0].category == "Lamps"

    # when she puts it into her cart
    sent = await shop.arrives(CART, **an_event("add_to_cart", "e2", 1, "lamp"))
    # then the bulb is offered, in her language, with the count of those who took both: 20 of the 20 who took a lamp
    [published] = [record for record in sent if record.topic == SUGGESTIONS]
    suggestion = msgspec.json.decode(published.value, type=Suggestion)
    [accessories] = [shown for shown in suggestion.lists if shown.item_list_id == "accessories"]
    assert accessories.items[0].item_id == "bulb"
    assert "lamp" not in [item.item_id for item in accessories.items]
    assert "20" in accessories.items[0].reason.text
    assert (suggestion.session_id, suggestion.customer) == ("s-1", as_pseudonym("ana"))
    # and its id is the address of the event that caused it, its seq the 31 records of this partition handled before
    assert (suggestion.suggestion_id, suggestion.seq) == (f"{CART}:0:{OTHERS}", OTHERS + 1)

    # and the trainer is told which cards were shown, to learn how likely they are taken up
    [shown] = [one for one in training(sent) if isinstance(one, Shown)]
    assert [card.item_id for card in shown.items] == [card.item_id for one in suggestion.lists for card in one.items]

    # when she sees the bulb on the page, then that is told too: only what was really seen can be passed over
    sent = await shop.arrives(CLICKSTREAM, **an_event("view_item_list", "i1", 1, "bulb"), suggestion_id=suggestion.suggestion_id)
    assert [(type(one), one.event, one.item_id) for one in training(sent)] == [(Outcome, "view_item_list", "bulb")]

    # when she takes the bulb
    sent = await shop.arrives(CART, **an_event("add_to_cart", "e3", 2, "bulb"), suggestion_id=suggestion.suggestion_id)
    # then that is the suggestion's outcome; the candidates that were ranked before are answered, and the ranker learns from it
    assert [one.event for one in training(sent) if isinstance(one, Outcome)] == ["add_to_cart"]
    examples = [one for one in training(sent) if isinstance(one, Example)]
    assert {example.head for example in examples} >= {"browse"}
    assert {example.head for example in examples} <= set(Learner().state())

    # when the same event is delivered again, then it is counted once: nothing leaves
    assert await shop.arrives(CART, **an_event("add_to_cart", "e3", 2, "bulb")) == []

    # when something comes that nobody can read, then it is put aside and the shop goes on
    assert [record.topic for record in await shop.arrives(CLICKSTREAM, event="dance")] == [DEAD_LETTERS]

    # when she wants to be forgotten
    sent = await shop.arrives(CONSENT, event_id="c1", event_time_ms=NINE_MS + 3 * MINUTE_MS, user_id="ana", choice="forget")
    # then the page is cleared, the memory gives her events back, and the store holds nothing of her
    cleared = msgspec.json.decode(next(record.value for record in sent if record.topic == SUGGESTIONS), type=Suggestion)
    assert all(shown.items == () for shown in cleared.lists)
    customer = as_pseudonym("ana")
    read = (await shop.store.read({0: [customer]}))[0]
    assert customer not in read.profiles
    assert customer not in repr(shop.knowledge.memory.__dict__)
    # and every record so far is counted: 30 orders, 3 of ana's cart events, a view, an impression, a dance, one consent
    assert read.fence == Fence({CART: OTHERS + 3, CLICKSTREAM: 3, CONSENT: 1})
    assert await shop.store.outbox(0) == (read.fence, b"")

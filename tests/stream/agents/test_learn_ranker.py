"""The trainer on records that a real engine has sent: what a suggestion showed, what became of it, what the next one then says."""

from collections.abc import Sequence
from itertools import count

import msgspec
import pytest
from msgspec.structs import replace

from features.store.memory import MemoryStore
from online_models.ranker import Weights
from online_models.uptake.weights import ENOUGH
from stream.agents.learn_ranker import AT, RankerTrainer
from stream.contracts.events import AddToCart, DismissSuggestion, Event, Item, SelectItem, ViewItem, ViewItemList
from stream.contracts.suggestion import Suggestion
from stream.contracts.topics import SUGGESTIONS, TRAINING
from stream.contracts.training import ModelRecord, Outcome, Shown, Training
from stream.engine.record import Outgoing, Record, TopicPartition
from tests.support.engine_on_cue import ANA, NOW_MS, PARTITIONS, Broker, an_engine, fetched, knowledge, worked

MINUTE_MS = 60_000


class Shop:
    """One customer's page, the engine behind it, and the topic that the trainer reads."""

    def __init__(self) -> None:
        self.broker, self.knowledge = Broker(), knowledge()
        self.engine = an_engine(MemoryStore(), self.broker, known=self.knowledge)
        self.now_ms = NOW_MS
        self._numbers, self._offsets = count(), {"shop.clickstream.v1": 0, "shop.cart.v1": 0}

    async def open(self) -> None:
        await self.engine.assign({TopicPartition(topic, n): 0 for topic in (*self._offsets, "shop.consent.v1") for n in range(PARTITIONS)})

    async def does(self, kind: type[Event], *items: str, of: Suggestion | None = None, list_id: str | None = None) -> Suggestion | None:
        """Let the customer do something a second later; returns the suggestion that it brings."""
        self.now_ms += 1_000
        event = kind(
            event_id=f"e{next(self._numbers)}",
            event_time_ms=self.now_ms,
            customer=ANA,
            session_id="s",
            items=tuple(Item(item, item_list_id=list_id) for item in items),
            suggestion_id=None if of is None else of.suggestion_id,
        )
        [(at, [record])] = fetched(event).items()
        before = len(self.broker.of(SUGGESTIONS))
        await worked(self.engine, {at: [replace(record, offset=self._offsets[at.topic], timestamp_ms=max(NOW_MS, self.now_ms))]})
        self._offsets[at.topic] += 1
        new = self.broker.of(SUGGESTIONS)[before:]
        return msgspec.json.decode(new[0].value or b"", type=Suggestion) if new else None

    async def is_shown(self) -> Suggestion:
        suggestion = await self.does(ViewItem, "tea")
        assert suggestion is not None
        return suggestion

    def training(self) -> list[Record]:
        sent = self.broker.of(TRAINING)
        return [Record(TRAINING, 0, offset, one.timestamp_ms, one.key, one.value) for offset, one in enumerate(sent)]

    def said(self) -> list[Shown | Outcome]:
        entries = [msgspec.json.decode(record.value or b"", type=Training) for record in self.training()]
        return [entry for entry in entries if isinstance(entry, Shown | Outcome)]


class Models:
    """The models' topic."""

    def __init__(self) -> None:
        self.records: list[ModelRecord] = []

    async def newest(self) -> ModelRecord | None:
        return max(self.records, key=lambda model: model.learnt_to, default=None)

    async def send(self, outgoing: Sequence[Outgoing]) -> None:
        self.records += [msgspec.json.decode(one.value or b"", type=ModelRecord) for one in outgoing]


async def a_trainer(models: Models) -> tuple[RankerTrainer, int]:
    """Return a trainer that stands where the newest model says, and that offset."""
    trainer = RankerTrainer(newest=models.newest, send=models.send, wall_ms=lambda: NOW_MS)
    return trainer, (await trainer.assign({AT: 0}))[AT]


async def trained(shop: Shop) -> ModelRecord:
    models = Models()
    trainer, start = await a_trainer(models)
    await trainer.handle({AT: shop.training()[start:]})
    await trainer.publish_when_due(at_once=True)
    return models.records[-1]


@pytest.fixture
async def shop() -> Shop:
    shop = Shop()
    await shop.open()
    return shop


async def test_an_impression_and_a_click_reach_the_uptake_model(shop: Shop):
    # given a suggestion of three cards, of which two are really seen and one is clicked
    suggestion = await shop.is_shown()
    cards = [card.item_id for card in suggestion.lists[0].items]
    assert len(cards) == 3
    await shop.does(ViewItemList, *cards[:2], of=suggestion, list_id="accessories")
    await shop.does(SelectItem, cards[0], of=suggestion, list_id="accessories")
    # then that is what the trainer is told: what was shown with its features, and two outcomes
    shown, seen, clicked, *_ = shop.said()
    assert isinstance(shown, Shown)
    assert (shown.suggestion_id, [item.item_id for item in shown.items]) == (suggestion.suggestion_id, cards)
    assert isinstance(seen, Outcome)
    assert (seen.event, seen.item_id, seen.more) == ("view_item_list", cards[0], (cards[1],))
    assert isinstance(clicked, Outcome)
    assert (clicked.event, clicked.item_id, clicked.more) == ("select_item", cards[0], ())
    # when the window closes, by the time of what comes next
    shop.now_ms += 30 * MINUTE_MS
    await shop.is_shown()
    # then the click is a yes, the other card that was seen a no, and of the third nothing is known
    model = await trained(shop)
    assert model.uptake is not None
    assert (model.uptake.model.examples, model.uptake.taken) == (2, 1)


async def test_a_suggestion_that_nobody_saw_is_no_example(shop: Shop):
    await shop.is_shown()
    shop.now_ms += 31 * MINUTE_MS
    await shop.is_shown()
    model = await trained(shop)
    assert model.uptake is not None
    assert model.uptake.model.examples == 0


async def test_a_list_dismissed_as_a_whole_says_which_and_no_item(shop: Shop):
    suggestion = await shop.is_shown()
    await shop.does(DismissSuggestion, of=suggestion)
    said = shop.said()[-1]
    assert isinstance(said, Outcome)
    assert (said.event, said.item_id, said.item_list_id) == ("dismiss_suggestion", "", None)
    model = await trained(shop)
    assert model.uptake is not None
    assert (model.uptake.model.examples, model.uptake.taken) == (3, 0)


async def test_an_event_that_names_no_suggestion_is_no_outcome(shop: Shop):
    await shop.does(AddToCart, "tea")
    await shop.does(ViewItemList, "tea", list_id="search results")
    assert not [entry for entry in shop.said() if isinstance(entry, Outcome)]


async def test_once_enough_is_learnt_cards_say_how_likely_they_are_taken_up(shop: Shop):
    # given that the first of three cards is clicked each time, and the others, though seen, never
    suggestion = await shop.is_shown()
    while True:
        cards = [card.item_id for card in suggestion.lists[0].items]
        assert suggestion.lists[0].items[0].p_uptake is None
        await shop.does(ViewItemList, *cards, of=suggestion)
        await shop.does(SelectItem, cards[0], of=suggestion)
        shop.now_ms += 40 * MINUTE_MS
        suggestion = await shop.is_shown()
        if len(shop.said()) > ENOUGH + 9:  # three records and three examples a round
            break
    # when the worker hears of the model
    model = await trained(shop)
    shop.knowledge.weights = Weights.of(model)
    suggestion = await shop.is_shown()
    # then it says so
    first, *others = [card.p_uptake for card in suggestion.lists[0].items]
    assert first is not None
    assert first > 0.8
    assert all(p is not None and p < 0.2 for p in others)
    assert model.uptake is not None
    # and has paid, over all that it learnt, less than half of what always saying 1/3 costs: -ln(1/3)/3 - 2 ln(2/3)/3 = 0.637 nats
    assert model.uptake.calibrator.log_loss < 0.637 / 2
    assert sum(one.n for one in model.uptake.bins) > ENOUGH * 0.9


@pytest.mark.parametrize("stop_after", [1, 7, 20, 33])
async def test_a_trainer_that_takes_over_ends_with_the_weights_of_one_that_never_stopped(shop: Shop, stop_after: int):
    # given forty minutes of suggestions, each seen, every second one clicked, some late, and one window that has closed
    suggestions = []
    for number in range(10):
        suggestions.append(await shop.is_shown())
        await shop.does(ViewItemList, *[card.item_id for card in suggestions[-1].lists[0].items], of=suggestions[-1])
        if number % 2:
            await shop.does(SelectItem, suggestions[number // 2].lists[0].items[0].item_id, of=suggestions[number // 2])
        shop.now_ms += 5 * MINUTE_MS
    records, models = shop.training(), Models()
    assert len(records) > stop_after
    # when a trainer is cut off after it has published, though it had read on, and another takes over
    first, _ = await a_trainer(models)
    await first.handle({AT: records[:stop_after]})
    await first.publish_when_due(at_once=True)
    await first.handle({AT: records[stop_after : stop_after + 3]})
    second, start = await a_trainer(models)
    assert (models.records[-1].learnt_to, start) == (stop_after, models.records[-1].resume_from)
    assert start < stop_after
    for at in range(start, len(records), 4):  # in fetches of four
        await second.handle({AT: records[at : at + 4]})
    await second.publish_when_due(at_once=True)
    # then its model is the one of a trainer that never stopped, to the last bit
    whole = await trained(shop)
    assert models.records[-1] == whole
    assert whole.uptake is not None
    assert whole.uptake.model.examples > 0
    assert sum(head.examples for head in whole.heads.values()) > 0


async def test_models_of_a_release_without_uptake_are_still_read(shop: Shop):
    models = Models()
    models.records.append(ModelRecord(2, 2, 0, {}))
    assert Weights.of(models.records[0]).uptake is None
    trainer, start = await a_trainer(models)
    assert start == 2
    await shop.is_shown()
    await trainer.handle({AT: [replace(record, offset=record.offset + 2) for record in shop.training()]})
    assert trainer.tally["shown"] == 1

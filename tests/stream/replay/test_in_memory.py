"""A replay without a broker: the same bytes each time, every event once, named after where it first stood."""

from collections.abc import Sequence
from itertools import islice
from types import SimpleNamespace

import msgspec
import pytest

from features.profile import EMPTY
from features.store.layout import DAY_MS, life_ms
from features.store.memory import MemoryStore
from stream.contracts.events import Event, name_of
from stream.contracts.suggestion import Suggestion
from stream.contracts.topics import CATALOG, CLICKSTREAM, DEAD_LETTERS, MEMORY, MODELS, SUGGESTIONS, TRAINING, topic_of
from stream.demo.shop import event_of, open_shop, steps, visit_of
from stream.demo.shops import SHIPPED_SHOP
from stream.engine.knowledge import Knowledge
from stream.engine.record import Record
from stream.engine.who import pseudonymiser
from stream.replay.digest import digest_of_store
from stream.replay.in_memory import InMemory
from stream.transport.partitions import partition_of
from tests.support.engine_on_cue import ANA, NOW_MS, SPEAKS, an_event, knowledge

PARTITIONS = 4
WHO = pseudonymiser("k1", b"a secret of the test")
BEN = "k1:" + 64 * "b"
HOME, BENS_HOME = partition_of(ANA, PARTITIONS), partition_of(BEN, PARTITIONS)


def records_of(events: Sequence[Event]) -> list[Record]:
    """Return the events as they would lie on the topics."""
    ends: dict[tuple[str, int], int] = {}
    records = []
    for event in events:
        at = (topic_of(name_of(event)), partition_of(event.customer or "", PARTITIONS))
        ends[at] = ends.get(at, 0) + 1
        records.append(Record(*at, ends[at] - 1, event.event_time_ms, (event.customer or "").encode(), msgspec.json.encode(event)))
    return records


@pytest.fixture(scope="module")
def orders() -> list[Record]:
    """The first 500 lines of a real shop's baskets."""
    shop = open_shop(SHIPPED_SHOP, WHO, history=0)
    lines = steps(map(visit_of, shop.upcoming))
    return records_of([event_of(visit, place, at_ms=visit.time_ms(place)) for visit, place in islice(lines, 500)])


async def replayed(records: Sequence[Record], known: Knowledge | None = None, *, ranks: bool = True) -> SimpleNamespace:
    sent: list[Record] = []
    run = InMemory(known or Knowledge(SPEAKS), pseudonymise=WHO, partitions=PARTITIONS, tell=sent.append, ranks=ranks)
    await run.begin()
    await run.work(records)
    await run.end()
    return SimpleNamespace(sent=sent, run=run, of=lambda topic: [one for one in sent if one.topic == topic])


async def test_two_runs_give_the_same_suggestions_examples_and_models_byte_for_byte(orders: list[Record]):
    first, second = [await replayed(orders) for _ in range(2)]
    assert first.sent == second.sent
    assert len(first.of(SUGGESTIONS)) > 50
    assert len(first.of(TRAINING)) > 50
    assert len(first.of(MODELS)) > 5
    # and what was learnt is in use
    assert first.run.knowledge.weights.version == len(first.of(TRAINING))
    assert first.run.knowledge.memory.version == len(first.of(MEMORY)) == len(orders)


async def test_what_events_determine_does_not_depend_on_whether_anybody_was_answered(orders: list[Record]):
    ranked, folded = await replayed(orders), await replayed(orders, ranks=False)
    assert {one.topic for one in folded.sent} == {MEMORY}
    assert (await digest_of_store(folded.run.store)) == (await digest_of_store(ranked.run.store))
    # and one event less shows
    short = await replayed(orders[:-1], ranks=False)
    assert (await digest_of_store(short.run.store)).total != (await digest_of_store(folded.run.store)).total


async def test_a_suggestion_is_named_after_where_its_event_first_stood():
    # given a record that was replayed before, and one with a gap before it
    [first, second] = records_of([an_event(1), an_event(2, "cup")])
    again = msgspec.structs.replace(first, offset=7, headers=(("origin", f"{CLICKSTREAM}:3:41".encode()),))
    found = await replayed([again, msgspec.structs.replace(second, offset=99)], knowledge())
    ids = [msgspec.json.decode(one.value, type=Suggestion).suggestion_id for one in found.of(SUGGESTIONS)]
    assert ids == [f"{CLICKSTREAM}:3:41", f"{CLICKSTREAM}:{second.partition}:99"]


async def test_a_record_in_anothers_partition_is_passed_on_and_counts_once():
    [record] = records_of([an_event(1)])
    astray = msgspec.structs.replace(record, partition=(record.partition + 1) % PARTITIONS)
    found = await replayed([astray])
    store: MemoryStore = found.run.store
    profile = (await store.read({HOME: [ANA]}))[HOME].profiles.get(ANA, EMPTY)
    assert [(touch.item_id, touch.views) for touch in profile.history] == [("tea", 1)]
    assert len(found.of(CLICKSTREAM)) == 1


@pytest.mark.parametrize("ranks", [True, False])
async def test_who_comes_back_after_a_profiles_life_is_somebody_new_as_he_is_to_redis(ranks: bool):
    # given ana's view, others' in every week after it, and hers again in the last millisecond of her profile's life, or in the next
    others = [an_event(10 + week, customer=BEN, at_ms=NOW_MS + week * 7 * DAY_MS) for week in range(16)]
    for pause_ms, views in ((life_ms(ANA, EMPTY), 2), (life_ms(ANA, EMPTY) + 1, 1)):
        events = sorted([an_event(1, at_ms=NOW_MS), an_event(2, at_ms=NOW_MS + pause_ms), *others], key=lambda one: one.event_time_ms)
        found = await replayed(records_of(events), ranks=ranks)
        profile = (await found.run.store.read({HOME: [ANA]}))[HOME].profiles[ANA]
        assert [(touch.item_id, touch.views) for touch in profile.history] == [("tea", views)]
        # and who came every week is known from the beginning on, however many records are worked at once
        bens = (await found.run.store.read({BENS_HOME: [BEN]}))[BENS_HOME].profiles[BEN]
        assert [(touch.item_id, touch.views) for touch in bens.history] == [("tea", 16)]


async def test_the_catalogue_is_taken_in_and_what_cannot_be_read_becomes_a_letter():
    item = b'{"item_id":"tea","item_name":"Green tea","price":2.0,"currency":"GBP"}'
    catalog = Record(CATALOG, 0, 0, NOW_MS, b"tea", item)
    bad = Record(CLICKSTREAM, 0, 0, NOW_MS, None, b"no JSON")
    foreign = Record(SUGGESTIONS, 0, 0, NOW_MS, None, b"{}")
    found = await replayed([catalog, bad, foreign, *records_of([an_event(1)])])
    assert len(found.run.knowledge.catalog) == 1
    assert [dict(one.headers)["dl_error_class"] for one in found.of(DEAD_LETTERS)] == [b"DecodeError"]
    assert len(found.of(MEMORY)) == 1

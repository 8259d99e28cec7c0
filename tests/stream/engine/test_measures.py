"""What the engine measures of its own work: stages, waits, and what it counts by name."""

from features.errors import StoreAway
from features.store.memory import MemoryStore
from stream.contracts.topics import MEMORY, SUGGESTIONS
from stream.engine.measures import AGE_BOUNDS_S, Histogram, Measures
from stream.engine.record import Outgoing
from tests.support.engine_on_cue import NOW_MS, Broker, FailingStore, an_event, fetched, raises, standing, worked


def test_a_value_at_a_bound_is_within_it_and_one_above_all_bounds_counts_last():
    seconds = Histogram((0.1, 1.0))
    for value in (0.05, 0.1, 0.5, 2.0):
        seconds.add(value)
    # at most 0.1: 0.05 and 0.1; at most 1: 0.5 too; in all: 2.0 too
    assert seconds.cumulated() == [2, 3, 4]
    assert seconds.sum == 0.05 + 0.1 + 0.5 + 2.0


def test_the_customers_wait_runs_from_the_events_kafka_timestamp_to_the_acknowledgement_of_its_suggestion():
    measures = Measures()
    sent = [Outgoing(topic, 0, b"k", b"v", NOW_MS - 40) for topic in (SUGGESTIONS, MEMORY)]
    measures.published([*sent, Outgoing(SUGGESTIONS, 0, b"k", b"v", NOW_MS + 5)], NOW_MS)
    # 40 ms lies above 0.03 and at most at 0.05 s; a clock that is ahead gives no negative wait; the memory's record is nobody's wait
    age = measures.event_age
    assert (age.counts[AGE_BOUNDS_S.index(0.05)], age.counts[0], sum(age.counts), age.sum) == (1, 1, 2, 0.04)


async def test_every_stage_is_timed_once_a_chunk_and_folding_and_recommending_once_an_event():
    engine = await standing(MemoryStore(), Broker(), chunk_records=2)
    # when three events come in chunks of two: 2 + 1
    await worked(engine, fetched(*(an_event(number) for number in range(3))))
    measures = engine.measures
    assert {stage: sum(seconds.counts) for stage, seconds in measures.chunk_stages.items()} == dict.fromkeys(measures.chunk_stages, 2)
    assert {stage: sum(seconds.counts) for stage, seconds in measures.event_stages.items()} == {"fold": 3, "recommend": 3}
    assert sum(measures.event_age.counts) == engine.tally["suggestions"] == 3
    assert engine.oldest_waiting_ms is None


async def test_profiles_are_counted_by_where_they_were_found():
    engine = await standing(MemoryStore(), Broker())
    await worked(engine, fetched(an_event(0)))
    await worked(engine, fetched(an_event(1), an_event(2), first=1))
    # the first chunk asked the store, the second found its one customer in memory
    assert (engine.tally["profiles_read"], engine.tally["profiles_cached"]) == (1, 1)


async def test_letters_and_shown_items_are_counted_by_what_they_are():
    engine = await standing(MemoryStore(), Broker())
    await worked(engine, fetched(b"no JSON", b'{"event": "view_item"}', an_event(1)))
    letters = {key: count for key, count in engine.tally.items() if key.startswith("dead_letter:")}
    assert letters == {"dead_letter:DecodeError": 1, "dead_letter:ValidationError": 1}
    shown = {key: count for key, count in engine.tally.items() if key.startswith("shown:")}
    assert sum(shown.values()) == 3  # kettle, cup and tray, to whom looks at tea


async def test_every_attempt_that_a_server_refuses_for_now_is_counted():
    store = FailingStore()
    engine = await standing(store, Broker(refusals=2))
    store.before_commit += [raises(StoreAway("gone"))]
    await worked(engine, fetched(an_event(1)))
    assert engine.patience.failures == {"the store": 1, "the broker": 2}

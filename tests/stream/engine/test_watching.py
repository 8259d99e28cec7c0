"""What is told of finished chunks, and which record is in hand while one is worked."""

from typing import Any

import pytest
from msgspec.structs import replace

from features.store.memory import MemoryStore
from stream.agents.learn_ranker import AT, RankerTrainer
from stream.contracts.topics import CLICKSTREAM, MEMORY, SUGGESTIONS, TRAINING
from stream.engine import foresight
from stream.engine.errors import RecordFailed
from stream.engine.measures import CHUNK_STAGES
from stream.engine.record import Record
from stream.engine.watching import Finished
from tests.support.engine_on_cue import CLICKS, HOME, NOW_MS, Broker, an_event, fetched, standing, worked

TRACE = ("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")


async def test_each_chunk_is_told_with_its_records_and_its_stages_in_order():
    told: list[Finished] = []
    engine = await standing(MemoryStore(), Broker(), chunk_records=2)
    engine.watched_by = told.append
    # when three events come in chunks of two: 2 + 1
    await worked(engine, fetched(*(an_event(number) for number in range(3))))
    assert [[record.offset for record in one.records] for one in told] == [[0, 1], [2]]
    for one in told:
        assert tuple(stage.name for stage in one.stages) == CHUNK_STAGES
        times = [time for stage in one.stages for time in (stage.began_s, stage.ended_s)]
        assert times == sorted(times)


async def test_what_a_record_of_a_trace_causes_carries_the_trace_as_it_came():
    # given two views, the first of them in a trace
    broker = Broker()
    engine = await standing(MemoryStore(), broker)
    [[first, second]] = fetched(an_event(0), an_event(1)).values()
    await worked(engine, {CLICKS: [replace(first, headers=(TRACE,)), second]})
    # then its suggestion and what the trainer is told have it, and nothing else has: whoever learns the memory follows no trace
    assert {one.topic for one in broker.sent if TRACE in one.headers} == {SUGGESTIONS, TRAINING}
    assert [TRACE in one.headers for one in broker.of(SUGGESTIONS)] == [True, False]
    assert not [one for one in broker.of(MEMORY) if TRACE in one.headers]


async def test_the_record_in_hand_is_the_one_that_fails(monkeypatch: pytest.MonkeyPatch):
    fold = foresight.fold

    def failing(profile: Any, event: Any) -> Any:
        if event.items[0].item_id == "bad":
            raise ZeroDivisionError("folding")
        return fold(profile, event)

    monkeypatch.setattr(foresight, "fold", failing)
    engine = await standing(MemoryStore(), Broker())
    assert engine.in_hand is None
    with pytest.raises(RecordFailed):
        await worked(engine, fetched(an_event(1), an_event(2, "bad"), an_event(3)))
    assert engine.in_hand is not None
    assert engine.in_hand.address == f"{CLICKSTREAM}:{HOME}:1"


async def test_a_trainers_fetch_is_told_and_nothing_is_in_hand_after_it():
    async def newest() -> None:
        return None

    told: list[Finished] = []
    trainer = RankerTrainer(newest=newest, send=Broker().send, wall_ms=lambda: NOW_MS)
    trainer.watched_by = told.append
    await trainer.assign({AT: 0})
    await trainer.handle({AT: [Record(TRAINING, 0, offset, NOW_MS, None, b"no JSON") for offset in range(2)]})
    [one] = told
    assert ([record.offset for record in one.records], [stage.name for stage in one.stages]) == ([0, 1], ["learn", "publish"])
    assert trainer.in_hand is None

"""How far the worker is, as the demo sees it."""

import pytest

from features.store.memory import MemoryStore
from features.store.port import Commit, Fence
from stream.contracts.topics import CART, CLICKSTREAM
from stream.contracts.training import HeadState, ModelRecord
from stream.demo.observe import mean_log_loss
from stream.demo.run import begin_at
from stream.demo.traffic import Progress, Traffic
from stream.engine.record import TopicPartition
from stream.processes.children import ChildEnded

CART_0, CLICKS_0, CART_1 = TopicPartition(CART, 0), TopicPartition(CLICKSTREAM, 0), TopicPartition(CART, 1)


async def test_only_the_log_s_own_records_count_as_handled() -> None:
    # given topics that hold 100, 7 and no records, and a worker that begins at their ends
    store, starts = MemoryStore(), {CART_0: 100, CLICKS_0: 7, CART_1: 0}
    await begin_at(store, starts)
    progress = Progress(store, {0, 1})
    # and three lines of the log, between which a visitor put something into his cart (offset 101) and clicked
    for offset in (100, 102, 103):
        progress.acknowledged(CART_0, offset)
    assert await progress.look() == 0
    # when the worker commits partition 0 up to the second line, with the visitor's two records
    before = (await store.read({0: ()}))[0].fence
    assert before == Fence({CART: 100, CLICKSTREAM: 7})
    after = Fence({CART: 103, CLICKSTREAM: 8})
    await store.commit([Commit(0, before, after, {}, b"")])
    # then two records of this run are handled, and the third one once the worker is there
    assert await progress.look() == 2
    await store.commit([Commit(0, after, Fence({CART: 104, CLICKSTREAM: 8}), {}, b"")])
    assert await progress.look() == 3


async def test_waiting_for_a_worker_that_is_gone_ends_with_its_last_words() -> None:
    def gone() -> None:
        raise ChildEnded("the worker ended by itself with code 70.")

    traffic = Traffic(None, Progress(MemoryStore(), {0}), 1, gone)  # nothing is sent: only the waiting is of interest
    traffic.sent = 1
    with pytest.raises(ChildEnded, match="code 70"):
        await traffic.until_lag(0)


def test_the_log_loss_is_the_mean_of_all_examples_whatever_their_head() -> None:
    # given one head with loss 2 over 30 examples, one with loss 4 over 10, and one that never learnt
    heads = {"a": HeadState({}, {}, 30, 2.0), "b": HeadState({}, {}, 10, 4.0), "c": HeadState({}, {}, 0, 0.0)}
    # then the mean is (30 * 2 + 10 * 4) / 40 = 2.5
    assert mean_log_loss(ModelRecord(40, 40, 0, heads)) == 2.5
    assert mean_log_loss(ModelRecord(0, 0, 0, {})) is None

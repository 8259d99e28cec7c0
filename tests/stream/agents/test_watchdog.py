"""The thread that ends a process which makes no progress."""

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from stream.agents.watchdog import StallWatchdog, end_after
from stream.engine.record import Record
from stream.exits import SHUTDOWN_TOO_SLOW, STALLED

LIMIT_S = 0.1
DEADLINE_S = 10.0
IN_HAND = Record("shop.cart.v1", 3, 41, 0, None, None)


@dataclass
class Process:
    """What the watchdog looks at; every look at `polls` is a poll more, unless it is hung."""

    hung: bool = False
    works: bool = False
    behind: bool = True
    waits_for: str | None = None
    looked: int = 0
    ended: "queue.Queue[int]" = field(default_factory=queue.Queue)

    def batches(self) -> int:
        return self.looked if self.works else 0

    def polls(self) -> int:
        self.looked += 1
        return 0 if self.hung else self.looked


@contextmanager
def watched(process: Process) -> Iterator[None]:
    watchdog = StallWatchdog(
        limit_s=LIMIT_S,
        batches=process.batches,
        polls=process.polls,
        behind=lambda: process.behind,
        declared=lambda: process.waits_for,
        in_hand=lambda: IN_HAND,
        end=process.ended.put,
    )
    watchdog.start()
    try:
        yield
    finally:
        watchdog.stop()


@pytest.mark.parametrize(
    "process",
    [
        pytest.param(Process(), id="records wait and no batch is finished"),
        pytest.param(Process(hung=True, behind=False), id="the broker is not asked any more"),
    ],
)
def test_a_process_without_progress_is_ended(process: Process):
    with watched(process):
        assert process.ended.get(timeout=DEADLINE_S) == STALLED


@pytest.mark.parametrize(
    "process",
    [
        pytest.param(Process(works=True), id="batches are finished"),
        pytest.param(Process(behind=False), id="nothing waits"),
        pytest.param(Process(hung=True, waits_for="the store"), id="it says what it waits for"),
    ],
)
def test_a_process_that_works_or_says_why_not_is_left_alone(process: Process):
    with watched(process), pytest.raises(queue.Empty):
        process.ended.get(timeout=10 * LIMIT_S)


def test_what_was_declared_does_not_count_once_it_is_over():
    process = Process(hung=True, waits_for="the broker")
    with watched(process):
        # given a wait longer than the limit, during which nothing happens
        with pytest.raises(queue.Empty):
            process.ended.get(timeout=3 * LIMIT_S)
        # when it is over and still nothing happens, then the limit runs
        process.waits_for = None
        assert process.ended.get(timeout=DEADLINE_S) == STALLED


def test_the_last_words_name_the_exit_code_and_the_record_in_hand(caplog: pytest.LogCaptureFixture):
    address = {"topic": "shop.cart.v1", "partition": 3, "offset": 41}
    # when nothing is finished, and when an orderly end does not come to its end
    process: Process = Process()
    with watched(process):
        process.ended.get(timeout=DEADLINE_S)
    end_after(0, in_hand=lambda: IN_HAND, end=process.ended.put)
    while process.ended.get(timeout=DEADLINE_S) != SHUTDOWN_TOO_SLOW:
        continue
    # then each said so in one line, whose fields a program can read
    first, *_, last = [record.msg for record in caplog.records]
    assert first == {
        "event": "process ends",
        "exit_code": STALLED,
        "reason": "stalled",
        "why": "no batch was finished although records wait",
        "limit_s": LIMIT_S,
        **address,
    }
    assert last == {
        "event": "process ends",
        "exit_code": SHUTDOWN_TOO_SLOW,
        "reason": "the orderly end took too long",
        "limit_s": 0,
        **address,
    }

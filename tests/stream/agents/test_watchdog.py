"""The thread that ends a process which makes no progress."""

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from stream.agents.watchdog import StallWatchdog
from stream.exits import STALLED

LIMIT_S = 0.1
DEADLINE_S = 10.0


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

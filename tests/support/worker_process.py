"""A worker process of a test: the product's own `run_worker`, with at most one fault put in.

Run as `python -m tests.support.worker_process [FAULT ARGUMENT]`. It prints `stands at [...]` after every assignment.
"""

import asyncio
import itertools
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stream.agents import make_suggestions
from stream.agents.worker import run_worker
from stream.cli.logs import log_to_stderr
from stream.engine import work
from stream.engine.engine import Engine
from stream.engine.positions import Offsets
from stream.engine.record import Outgoing, TopicPartition
from stream.settings import Settings

DIES_UNPUBLISHED = 9  # the exit code of `die_before_sending`
Fault = Callable[[str], None]


class Injected(Exception):
    """The fault that a test asked for."""


def die_before_sending(nth: str) -> None:
    """End the process with the nth sending, before any of it leaves: committed, and not published."""
    sendings, really_send = itertools.count(1), make_suggestions.send_all

    async def send(producer: Any, outgoing: Sequence[Outgoing]) -> None:
        if next(sendings) == int(nth):
            os._exit(DIES_UNPUBLISHED)
        await really_send(producer, outgoing)

    make_suggestions.send_all = send


def fail_recommending(item_id: str) -> None:
    """Raise where suggestions for this item are made."""
    recommend = work.recommend

    def failing(occasion: work.Occasion, **known: Any) -> work.Recommendation:
        if any(item.item_id == item_id for item in occasion.event.items):
            raise Injected(f"recommending {item_id}")
        return recommend(occasion, **known)

    work.recommend = failing


def fail_folding(item_id: str) -> None:
    """Raise where this item is folded into a profile."""
    fold = work.fold

    def failing(profile: work.Profile, event: work.Event) -> work.Profile:
        if any(item.item_id == item_id for item in event.items):
            raise Injected(f"folding {item_id}")
        return fold(profile, event)

    work.fold = failing


FAULTS: Mapping[str, Fault] = {one.__name__: one for one in (die_before_sending, fail_recommending, fail_folding)}


def report_assignments() -> None:
    """Print where the engine stands whenever it was given partitions."""
    assign = Engine.assign

    async def reporting(engine: Engine, log_starts: Mapping[TopicPartition, int]) -> Offsets:
        targets = await assign(engine, log_starts)
        print(f"stands at {sorted({at.partition for at in targets})}", flush=True)
        return targets

    Engine.assign = reporting  # type: ignore[method-assign]


def main() -> None:
    log_to_stderr("info")
    report_assignments()
    if sys.argv[1:]:
        fault, argument = sys.argv[1:]
        FAULTS[fault](argument)
    sys.exit(asyncio.run(run_worker(Settings.of(os.environ))))


if __name__ == "__main__":
    main()

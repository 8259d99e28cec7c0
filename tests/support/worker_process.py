"""A worker process of a test: the product's own `run_worker`, with at most one fault put in.

Run as `python -m tests.support.worker_process [FAULT ARGUMENT]`. It prints `stands at [...]` after every assignment.
"""

import asyncio
import itertools
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from stream.agents import make_suggestions
from stream.agents.worker import run_worker
from stream.checkpoints.folder import Folder
from stream.cli.logs import log_to_stderr
from stream.engine import foresight, work
from stream.engine.engine import Engine
from stream.engine.positions import Offsets
from stream.engine.record import Outgoing, Record, TopicPartition
from stream.settings import Settings

POLL_AT_LEAST_EVERY_S = 2.0
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

    def failing(occasion: foresight.Occasion, **known: Any) -> work.Recommendation:
        if any(item.item_id == item_id for item in occasion.event.items):
            raise Injected(f"recommending {item_id}")
        return recommend(occasion, **known)

    work.recommend = failing


def fail_folding(item_id: str) -> None:
    """Raise where this item is folded into a profile."""
    fold = foresight.fold

    def failing(profile: foresight.Profile, event: foresight.Event) -> foresight.Profile:
        if any(item.item_id == item_id for item in event.items):
            raise Injected(f"folding {item_id}")
        return fold(profile, event)

    foresight.fold = failing


def oversleep(nth: str) -> None:
    """Work on the nth fetch longer than Kafka lets a member go without a poll; the product sets that to a day."""
    make_suggestions.build_app.__globals__["NEVER_S"] = POLL_AT_LEAST_EVERY_S
    fetches, handle = itertools.count(1), Engine.handle

    async def sleeping(engine: Engine, fetched: Mapping[TopicPartition, Sequence[Record]]) -> Offsets:
        if next(fetches) == int(nth):
            await asyncio.sleep(4 * POLL_AT_LEAST_EVERY_S)
            print("slept", flush=True)
        return await handle(engine, fetched)

    Engine.handle = sleeping  # type: ignore[method-assign]


def die_saving(nth: str) -> None:
    """Kill the process in the middle of writing the nth checkpoint."""
    savings, really_put = itertools.count(1), Folder.put

    def half_of(parts: Sequence[bytes]) -> Iterator[bytes]:
        yield from parts[: len(parts) // 2]
        os.kill(os.getpid(), signal.SIGKILL)

    def put(folder: Folder, parts: Any) -> Path:
        return really_put(folder, half_of(parts) if next(savings) == int(nth) else parts)  # type: ignore[arg-type]

    Folder.put = put  # type: ignore[method-assign]


FAULTS: Mapping[str, Fault] = {one.__name__: one for one in (die_before_sending, die_saving, fail_recommending, fail_folding, oversleep)}


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

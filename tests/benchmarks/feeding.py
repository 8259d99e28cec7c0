"""A log fed into Kafka as fast as it goes, through one worker that folds and feeds the memory; and one that is killed and gone on with."""

import asyncio
import random
import time
from pathlib import Path

import msgspec

from features.store.redis import open_store
from stream.contracts.topics import INPUTS
from tests.benchmarks.clicks import log_events
from tests.benchmarks.figure import Figure
from tests.benchmarks.long_log import long_log
from tests.benchmarks.shop_floor import PARTITIONS, TSUIDE, Floor, open_floor
from tests.repo.sources import ROOT
from tests.support.counting import read_topic

FED, REPEATED = 200_000, 1_000_000
FIRST = 10_000  # records before the clock runs: the worker's start, first fetches, cold caches
END_S = 1_200.0
EARLIEST_S, LATEST_S = 5.0, 25.0  # of the kill
LOOK_AGAIN_S = 0.1


async def feeding(folder: Path) -> list[Figure]:
    """Return events a second through one worker."""
    async with open_floor(folder, worked_hard=True) as floor:
        log = _written(folder / "log.jsonl", FED)
        replay = await _started(floor, log, "--id", "fast")
        start_s = await _until(floor, "fast", FIRST)
        already = await _handled(floor, "fast")
        end_s = await _until(floor, "fast", FED)
        await replay.wait()
    return [
        Figure(
            "fed into Kafka, through one worker that learns only",
            (FED - already) / (end_s - start_s),
            "events/s",
            8_000,
            "at least",
            f"n={FED}",
        )
    ]


async def resuming(folder: Path) -> list[Figure]:
    """Return what a replay of a million events, killed at a random moment and gone on with, has lost, doubled or counted otherwise."""
    async with open_floor(folder, worked_hard=True) as floor:
        log = _written(folder / "log.jsonl", REPEATED)
        cut = await _started(floor, log, "--id", "cut")
        kill_s = random.uniform(EARLIEST_S, LATEST_S)
        await asyncio.sleep(kill_s)
        cut.kill()
        await cut.wait()
        rest = await _told(await _started(floor, log, "--resume", "cut", "--json"))
        whole = await _told(await _started(floor, log, "--id", "whole", "--json"))
        values = [record.value for topic in INPUTS for record in await read_topic(floor.bootstrap, f"{topic}.replay.cut")]
    there = rest["report"]["fed"]["there"]
    note = f"n={REPEATED}, killed after {kill_s:.1f} s with {there} fed"
    return [
        Figure("killed and gone on with: records missing", REPEATED - len(set(values)), "", 0, note=note),
        Figure("killed and gone on with: records fed twice", len(values) - len(set(values)), "", 0, note=note),
        Figure(
            "killed and gone on with: digests that differ", int(rest["report"]["digest"] != whole["report"]["digest"]), "", 0, note=note
        ),
    ]


def _written(log: Path, count: int) -> Path:
    with log.open("wb") as file:
        file.writelines(msgspec.json.encode(event) + b"\n" for event in long_log(log_events(200_000), count))
    return log


async def _started(floor: Floor, log: Path, *options: str) -> asyncio.subprocess.Process:
    command = [*TSUIDE, "replay", str(log), "--into", "kafka", "--learn-only", "--format", "events", *options]
    environ = floor.environ() | {"PYTHONPATH": str(ROOT)}
    return await asyncio.create_subprocess_exec(*command, cwd=log.parent, env=environ, stdout=asyncio.subprocess.PIPE)


async def _told(replay: asyncio.subprocess.Process) -> dict[str, dict[str, dict[str, int]]]:
    said, _ = await asyncio.wait_for(replay.communicate(), END_S)
    told: dict[str, dict[str, dict[str, int]]] = msgspec.json.decode(said)
    return told


async def _handled(floor: Floor, replay_id: str) -> int:
    store = open_store(floor.redis_url, prefix=f"tsuide.replay.{replay_id}")
    try:
        found = await store.read({number: () for number in range(PARTITIONS)})
        return sum(sum(one.fence.watermarks.values()) for one in found.values())
    finally:
        await store.aclose()


async def _until(floor: Floor, replay_id: str, count: int) -> float:
    """Return the monotonic time at which so many records were handled."""
    async with asyncio.timeout(END_S):
        while True:
            if await _handled(floor, replay_id) >= count:
                return time.monotonic()
            await asyncio.sleep(LOOK_AGAIN_S)

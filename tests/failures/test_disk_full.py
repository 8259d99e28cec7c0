"""A disk that is full when a checkpoint is to be written."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from features.store.redis import RedisStore
from tests.support.checkpoints import saved, started_from, unfinished, whole
from tests.support.counting import Outcome, outcome, until_worked
from tests.support.log_lines import lines_in
from tests.support.operations import SETTING, Operations
from tests.support.shop import Shop
from tests.support.small_disk import fill, small_disk
from tests.support.waiting import until
from tests.support.workers import Crew, started


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MiB: room for some checkpoints of a small shop."""
    with small_disk(tmp_path / "disk", 4096) as place:
        yield place


async def test_the_worker_goes_on_says_so_and_keeps_an_older_checkpoint_that_the_next_one_starts_from(
    shop: Shop, crew: Crew, store: RedisStore, disk: Path
):
    async def nothing_unfinished() -> bool:
        return unfinished(disk) == []

    # given a worker that has saved what it knows on a small disk
    often = {"TSUIDE_CHECKPOINTS": str(disk), "TSUIDE_CHECKPOINT_EVERY_S": "1", **SETTING}
    await started(worker := crew.worker(**often))
    ops = await Operations.of(worker)
    async with shop.trading():
        await ops.until_told(lambda told: told["tsuide_checkpoints_written_total"][()] >= 1, "a checkpoint")
        # when the disk is full
        filler = fill(disk)
        await ops.until_told(lambda told: told["tsuide_checkpoint_failures_total"][()] >= 2, "two that could not be written")
        # then people are told where and what to do, nothing is left of what could not be written, and the older ones are whole
        told = lines_in(worker.log, "checkpoint not written")[-1]
        assert (told["folder"], told["error"]) == (str(disk), "No space left on device")
        assert "make room there" in told["cure"]
        await until(nothing_unfinished, "nothing is left of what could not be written")
        assert saved(disk)
        assert whole(saved(disk))
        # and the worker goes on, and so does the next one, from an older checkpoint
        await ops.until_ready(200, "ok")
        await asyncio.to_thread(worker.kill9)
        await started(next_one := crew.worker(**often))
        assert started_from(next_one.log) == [str(saved(disk)[0])]
        # until there is room again
        filler.unlink()
        ops = await Operations.of(next_one)
        await ops.until_told(lambda told: told["tsuide_checkpoints_written_total"][()] >= 1, "a checkpoint where there is room")
    await until_worked(shop, store)
    assert (await outcome(shop, store)).but_for_repeats() == Outcome()

"""A running worker whose policy file is broken and then mended."""

import asyncio
from pathlib import Path

from online_models.policy.policy import Policy
from tests.support.servers import wait_until
from tests.support.shop import Shop
from tests.support.workers import POLICY, Crew, Worker, put, started

WITHIN_S = 20


async def until_said(worker: Worker, words: str) -> None:
    await asyncio.to_thread(wait_until, lambda: words in worker.said, within_s=WITHIN_S, what=f"{words!r} in the worker's log")


async def test_a_running_worker_refuses_a_broken_policy_and_takes_the_mended_one(shop: Shop, crew: Crew):
    file = Path(crew.environ["TSUIDE_POLICY"])
    before = Policy.read(file)
    worker = crew.worker()
    await started(worker)
    # when the file is broken
    put(file, "order = accessories\n")
    await until_said(worker, f"{file}:1: is not TOML: ")
    assert f"policy {before.version} stays in use until the file is right" in worker.said
    # and when it is mended
    put(file, f"life_minutes = 7\n{POLICY}")
    await until_said(worker, f"policy {Policy.read(file).version} is in use")
    assert worker.said.count("is not TOML") == 1

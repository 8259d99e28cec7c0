"""A running worker whose policy file is broken and then mended."""

import asyncio
from pathlib import Path

from online_models.policy.policy import Policy
from tests.support.log_lines import Line, lines_in
from tests.support.servers import wait_until
from tests.support.shop import Shop
from tests.support.workers import POLICY, Crew, Worker, put, started

WITHIN_S = 20


async def until_told(worker: Worker, event: str) -> Line:
    await asyncio.to_thread(wait_until, lambda: bool(lines_in(worker.log, event)), within_s=WITHIN_S, what=f"{event!r} in the worker's log")
    return lines_in(worker.log, event)[0]


async def test_a_running_worker_refuses_a_broken_policy_and_takes_the_mended_one(shop: Shop, crew: Crew):
    file = Path(crew.environ["TSUIDE_POLICY"])
    before = Policy.read(file)
    worker = crew.worker()
    await started(worker)
    # when the file is broken
    put(file, "order = accessories\n")
    refused = await until_told(worker, "policy refused")
    assert refused["error"].startswith(f"{file}:1: is not TOML: ")
    assert refused["in_use"] == before.version
    # and when it is mended
    put(file, f"life_minutes = 7\n{POLICY}")
    assert (await until_told(worker, "policy in use"))["version"] == Policy.read(file).version
    assert len(lines_in(worker.log, "policy refused")) == 1

"""Debian's Prometheus watches a real worker, trainer and gateway under load, by the rules and the dashboard that are shipped."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from math import isnan
from pathlib import Path

import aiohttp
import pytest
from msgspec import Struct

from stream.ops.top.watch import first
from stream.settings import Settings
from tests.monitoring.said import metrics_in, queries, rules
from tests.support.gateway import GatewayProcess, page, token_of
from tests.support.operations import SETTING, Operations
from tests.support.prometheus import Prometheus, promtool
from tests.support.servers import free_port
from tests.support.shop import Shop
from tests.support.workers import Crew, Worker, started

pytestmark = [pytest.mark.prometheus, pytest.mark.timeout(240)]
WITHIN_S, LOOK_AGAIN_S = 60.0, 0.2
SLOWNESS = ("TsuideSlow", "TsuideLate")
A_SECOND = 60  # events; enough for every rate, and little beside other tests


class Watched(Struct, frozen=True):
    """Everything that runs."""

    prometheus: Prometheus
    worker: Worker
    pages: dict[str, Operations]
    gateway: GatewayProcess


@pytest.fixture
async def watched(shop: Shop, crew: Crew, tmp_path: Path) -> AsyncIterator[Watched]:
    """One of each, a browser that is connected, and Prometheus, which finds all of them well."""
    saving = {"TSUIDE_CHECKPOINTS": str(tmp_path / "checkpoints"), "TSUIDE_CHECKPOINT_EVERY_S": "1"}
    worker, trainer = crew.worker(**SETTING, **saving), crew.trainer(**SETTING)
    kafka, redis = crew.environ["KAFKA_BOOTSTRAP_SERVERS"], crew.environ["REDIS_URL"]
    names = {name: crew.environ[name] for name in ("TSUIDE_GROUP", "TSUIDE_PREFIX")}
    gateway = GatewayProcess(tmp_path / "gateway", kafka, redis, free_port(), **SETTING, **names)
    try:
        await asyncio.gather(started(worker), asyncio.to_thread(trainer.launch), asyncio.to_thread(gateway.start))
        processes = {"tsuide-worker": worker, "tsuide-trainer": trainer, "tsuide-gateway": gateway}
        pages = {job: await Operations.of(process) for job, process in processes.items()}
        prometheus = Prometheus(tmp_path / "prometheus", {job: [ops.url] for job, ops in pages.items()})
        try:
            await asyncio.to_thread(prometheus.start)
            async with visited(gateway, shop), shop.trading(per_second=A_SECOND):
                await until(prometheus, lambda: {one["value"][1] for one in prometheus.query("tsuide_ready")} == {"1"}, "all are ready")
                yield Watched(prometheus, worker, pages, gateway)
        finally:
            await asyncio.to_thread(prometheus.terminate)
    finally:
        await asyncio.to_thread(gateway.kill9)


@asynccontextmanager
async def visited(gateway: GatewayProcess, shop: Shop) -> AsyncIterator[None]:
    """Keep one browser connected, and another that asks for the client again and again."""

    async def ask() -> None:
        while True:
            async with http.get(f"{gateway.url}/client.js") as answer:
                await answer.read()
            await asyncio.sleep(LOOK_AGAIN_S)

    async with aiohttp.ClientSession() as http, page(http, gateway.url, token_of(shop.customers[0])):
        asking = asyncio.create_task(ask())
        try:
            yield
        finally:
            asking.cancel()


def ill(prometheus: Prometheus) -> set[tuple[str, str | None]]:
    """Return what fires, but for what a machine brings about that is busy with other things."""
    return {one for one in prometheus.firing() if one[0] not in SLOWNESS}


async def until(prometheus: Prometheus, holds: Callable[[], bool], what: str) -> None:
    """Return as soon as it holds. Raises TimeoutError naming `what` and what fires."""
    deadline = time.monotonic() + WITHIN_S
    while not await asyncio.to_thread(holds):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {WITHIN_S:g} s: {what}; fires: {prometheus.firing()}")
        await asyncio.sleep(LOOK_AGAIN_S)


async def test_every_query_of_the_dashboard_has_an_answer_and_every_metric_asked_for_is_told(watched: Watched):
    prometheus = watched.prometheus
    # every query gives a series with a number, also those of faults: 0
    left = queries()

    def all_answered() -> bool:
        for place, expression in list(left.items()):
            if any(not isnan(float(series["value"][1])) for series in prometheus.query(expression)):
                del left[place]
        return not left

    try:
        await until(prometheus, all_answered, "answers")
    except TimeoutError:
        pytest.fail(f"without an answer: {left}")
    # every metric that a rule or a panel names is told by somebody, and every recording rule that records has recorded
    asked = metrics_in(*queries().values(), *(rule["expr"] for rule in rules()))
    assert len(asked) > 40
    await until(prometheus, lambda: asked <= prometheus.names(), f"all of {sorted(asked)}")
    # and Prometheus's own judge has nothing to say about the three pages
    for job, ops in watched.pages.items():
        async with aiohttp.ClientSession() as http, http.get(f"{ops.url}/metrics") as answer:
            judged = await asyncio.to_thread(promtool, "check", "metrics", said=await answer.text())
        assert (judged.returncode, judged.stdout + judged.stderr) == (0, ""), job


async def test_top_tells_the_same_without_prometheus(watched: Watched, settings: Settings):
    moment = await first(settings, [ops.url.removeprefix("http://") for ops in watched.pages.values()], every_s=2.0)
    figures = moment.figures
    assert [(one.kind, one.ready, one.fault) for one in figures.told] == [
        ("worker", True, None),
        ("trainer", True, None),
        ("gateway", True, None),
    ]
    assert figures.streams == 1
    assert figures.wait_s is not None
    assert 0 < figures.wait_s[0] <= figures.wait_s[2] < 900
    assert {"read", "work", "commit", "publish"} < set(figures.stages_s)
    # each event brings one suggestion of at most two items
    assert figures.events_per_s is not None
    assert 0 < figures.items_per_s["accessories"] <= 2 * figures.events_per_s
    assert moment.course[-1].in_per_s > 0


async def test_an_alert_fires_when_a_worker_is_paused_and_clears_when_it_goes_on(watched: Watched):
    # given that all are well
    prometheus, down = watched.prometheus, ("TsuideDown", "tsuide-worker")
    await until(prometheus, lambda: not ill(prometheus), "no alert")
    # when the only worker stands still
    await asyncio.to_thread(watched.worker.pause)
    try:
        await until(prometheus, lambda: down in prometheus.firing(), "the alert fires")
        # then it alone is said to be down, and after a while nobody is seen to work
        assert {job for name, job in prometheus.firing() if name == "TsuideDown"} == {"tsuide-worker"}
        await until(prometheus, lambda: any(name == "TsuideAbsent" for name, _ in prometheus.firing()), "no worker is seen")
    finally:
        watched.worker.resume()
    # when it goes on, all alerts clear by themselves, and what was sent meanwhile is worked
    await until(prometheus, lambda: not ill(prometheus), "no alert any more")
    await watched.pages["tsuide-worker"].until_ready(200, "ok")

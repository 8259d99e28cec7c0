"""A process as operations see it: what its page of metrics says, and what a probe is told."""

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tests.support.log_lines import Line, lines_in
from tests.support.server import Server, wait_until
from tests.support.waiting import until

OPENMETRICS = "application/openmetrics-text; version=1.0.0"
SETTING = {"TSUIDE_OPS_LISTEN": "127.0.0.1:0"}
WITHIN_S = 60.0

Samples = dict[str, dict[tuple[str, ...], float]]  # name -> label values, in the order of the labels' names -> value


def samples_of(page: str) -> Samples:
    """Return what a scraper reads. Raises ValueError for a page that OpenMetrics' strict parser does not let pass."""
    found: Samples = {}
    for family in text_string_to_metric_families(page):
        for one in family.samples:
            found.setdefault(one.name, {})[tuple(one.labels.values())] = one.value
    return found


class Operations:
    """Asks one process at its address for operations."""

    def __init__(self, url: str) -> None:
        self.url = url

    @classmethod
    async def of(cls, server: Server) -> "Operations":
        """Return the operations of a process that was started with `SETTING`, as soon as its log tells where."""

        def told() -> list[Line]:
            return lines_in(server.log, "metrics and health are served")

        await asyncio.to_thread(wait_until, lambda: bool(told()), within_s=WITHIN_S, what="an address for operations in the log")
        return cls(told()[0]["url"])

    async def page(self) -> str:
        """Return the page of metrics."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.url}/metrics", headers={"Accept": OPENMETRICS}) as answer:
            answer.raise_for_status()
            return await answer.text()

    async def metrics(self) -> Samples:
        """Return what the page says."""
        return samples_of(await self.page())

    async def ready(self) -> tuple[int, str, list[str]]:
        """Return the probe's status code, the verdict and its reasons."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.url}/health/ready") as answer:
            said: dict[str, Any] = await answer.json()
            return answer.status, said["status"], said["reasons"]

    async def live(self) -> int:
        """Return the status code of the sign of life."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.url}/health/live") as answer:
            return answer.status

    async def until_ready(self, status: int, verdict: str, reason: str | None = None) -> None:
        """Return once a probe is told this, with a reason that holds `reason`; None: with none at all. Raises TimeoutError."""

        async def told() -> bool:
            code, said, reasons = await self.ready()
            return (code, said) == (status, verdict) and (any(reason in one for one in reasons) if reason else not reasons)

        await until(told, f"{status} {verdict} {reason!r}")

    async def until_told(self, holds: Callable[[Samples], bool], what: str) -> Samples:
        """Return the first metrics that hold. Raises TimeoutError naming `what`."""
        found: Samples = {}

        async def told() -> bool:
            found.clear()
            found.update(await self.metrics())
            return holds(found)

        await until(told, what)
        return found

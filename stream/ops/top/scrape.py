"""Reads pages of metrics as Prometheus does, for those who have none."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Literal

import aiohttp
from msgspec import Struct
from prometheus_client.parser import text_string_to_metric_families

ASK_S = 5.0  # a process whose Redis or Kafka hangs answers after some four seconds
Labels = frozenset[tuple[str, str]]
Samples = Mapping[str, Mapping[Labels, float]]
Kind = Literal["worker", "trainer", "gateway", "stranger"]
KNOWN_BY: dict[str, Kind] = {  # a metric that only this kind of process tells
    "tsuide_events_total": "worker",
    "tsuide_models_published_total": "trainer",
    "tsuide_streams": "gateway",
}


class Page(Struct, frozen=True):
    """What one address told, and when by the monotonic clock; `fault`: why it told nothing."""

    address: str
    at_s: float
    samples: Samples = {}
    fault: str | None = None

    @property
    def kind(self) -> Kind | None:
        """Which process tells here; None: it told nothing."""
        if self.fault is not None:
            return None
        return next((kind for name, kind in KNOWN_BY.items() if name in self.samples), "stranger")


def samples_of(page: str) -> dict[str, dict[Labels, float]]:
    """Return name -> labels -> value of a page in Prometheus's text format. Raises ValueError."""
    found: dict[str, dict[Labels, float]] = {}
    for family in text_string_to_metric_families(page):
        for one in family.samples:
            found.setdefault(one.name, {})[frozenset(one.labels.items())] = one.value
    return found


async def scrape(http: aiohttp.ClientSession, address: str) -> Page:
    """Return what host:port tells at /metrics, within five seconds; what goes wrong is told by the page's `fault`."""
    try:
        async with http.get(f"http://{address}/metrics", timeout=aiohttp.ClientTimeout(total=ASK_S)) as answer:
            answer.raise_for_status()
            return Page(address, time.monotonic(), samples_of(await answer.text()))
    except aiohttp.ClientResponseError as fault:
        return Page(address, time.monotonic(), fault=f"answers {fault.status}")
    except aiohttp.ClientError:
        return Page(address, time.monotonic(), fault="does not answer")
    except TimeoutError:
        return Page(address, time.monotonic(), fault=f"has not answered within {ASK_S:g} s")
    except ValueError:
        return Page(address, time.monotonic(), fault="tells no metrics")


async def scrape_all(http: aiohttp.ClientSession, addresses: Sequence[str]) -> list[Page]:
    """Return what all of them tell, in their order; asked at the same time."""
    return list(await asyncio.gather(*(scrape(http, address) for address in addresses)))

"""One demo shop for all tests of this folder, and visitors: each a browser context of its own, with its own cookie and its own cart."""

import json
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.browser.visitor import Visitor
from tests.support.browser import Chromium
from tests.support.running_demo import LATEST_S, RunningDemo
from tests.support.server import wait_until

NewVisitor = Callable[..., Awaitable[Visitor]]
CALM = "10"  # events a second of the log's own customers


@pytest.fixture(scope="package")
def shop_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demo that is live."""
    with living(tmp_path_factory.mktemp("demo")) as url:
        yield url


@contextmanager
def living(folder: Path, *options: str) -> Iterator[str]:
    """Run a demo, and give its address once it is live."""
    demo = RunningDemo(folder, *options, "--headless", "--seconds", "3000", "--speed", CALM)
    try:
        url = demo.address()
        wait_until(lambda: is_live(url), within_s=LATEST_S, what="the demo is live")
        yield url
    finally:
        demo.process.terminate()
        demo.end()


def is_live(url: str) -> bool:
    with urllib.request.urlopen(f"{url}/shop/api/status", timeout=10) as answer:
        return bool(json.load(answer)["live"])


@pytest.fixture
async def visit(shop_url: str, chromium: Chromium) -> AsyncIterator[NewVisitor]:
    """Bring a new visitor; at the end nothing may have gone wrong in anybody's pages."""

    async def new(**options: Any) -> Visitor:
        page = await chromium.page(**({"locale": "en-GB", "reduced_motion": "reduce"} | options))
        return Visitor(page, shop_url, chromium.complaints)

    yield new
    assert chromium.complaints == []


@pytest.fixture(scope="package")
def sample_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the second sample shop, live."""
    with living(tmp_path_factory.mktemp("sample"), "--shop", "sample") as url:
        yield url


@pytest.fixture
async def visit_sample(sample_url: str, chromium: Chromium) -> AsyncIterator[NewVisitor]:
    """Bring a new visitor to the second sample shop; at the end nothing may have gone wrong in anybody's pages."""

    async def new(**options: Any) -> Visitor:
        page = await chromium.page(**({"locale": "ja-JP", "reduced_motion": "reduce"} | options))
        return Visitor(page, sample_url, chromium.complaints)

    yield new
    assert chromium.complaints == []

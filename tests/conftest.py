"""Real servers for every test that asks: one Redis and one Kafka a run, more of them for those that break theirs."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.support.browser import Chromium, running_chromium, why_no_browser
from tests.support.node import why_no_node
from tests.support.prometheus import why_no_prometheus
from tests.support.referees import why_no_referees
from tests.support.servers import KafkaBroker, RedisServer, why_no_kafka

KAFKA_FIXTURES = {"kafka", "kafka_broker", "secure_kafka"}
BROWSER_FIXTURES = {"chromium", "browser"}
LACKS = {  # marker -> what is missing for it here
    "kafka": why_no_kafka,
    "node": why_no_node,
    "browser": why_no_browser,
    "prometheus": why_no_prometheus,
    "referees": why_no_referees,
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for a broker or a browser, so that `-m "not kafka"` finds all of it."""
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if KAFKA_FIXTURES & asked:
            item.add_marker(pytest.mark.kafka)
        if BROWSER_FIXTURES & asked:
            item.add_marker(pytest.mark.browser)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Report a test as not run, with the reason, where the machine lacks what it needs; in CI that is a failure."""
    for marker, why_not in LACKS.items():
        if item.get_closest_marker(marker) is not None:
            not_run_for(why_not())


def not_run_for(reason: str | None) -> None:
    """Leave the running test for `reason`, if there is one; fail it in CI, where everything must be there."""
    if reason is None:
        return
    if os.environ.get("CI"):
        pytest.fail(f"required in CI: {reason}", pytrace=False)
    pytest.skip(f"not run: {reason}")


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The url of one real Redis for the whole run; others write to it too, so use keys or a database of your own."""
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server.url


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The bootstrap address of one real Kafka for the whole run; `make_topics` gives you empty topics on it."""
    with KafkaBroker(tmp_path_factory.mktemp("kafka")) as broker:
        yield broker.bootstrap


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[Callable[[], RedisServer]]:
    """Start a Redis of the test's own at each call, to be killed, paused or cut; ended with the test."""
    with ExitStack() as running:
        numbers = iter(range(100))
        yield lambda: running.enter_context(RedisServer(tmp_path / f"redis{next(numbers)}"))


@pytest.fixture
def kafka_broker(tmp_path: Path) -> Iterator[Callable[[], KafkaBroker]]:
    """Start a Kafka of the test's own at each call, to be killed and started again; ended with the test."""
    with ExitStack() as running:
        numbers = iter(range(100))
        yield lambda: running.enter_context(KafkaBroker(tmp_path / f"kafka{next(numbers)}"))


@pytest.fixture
async def chromium() -> AsyncIterator[Chromium]:
    """A browser of the test's own: `await chromium.page()`; look at `chromium.complaints` at the end."""
    async with running_chromium() as browser:
        yield browser


@pytest.fixture
def browser(chromium: Chromium) -> Browser:
    """The same browser as Playwright knows it, for those who open contexts by themselves."""
    return chromium.browser

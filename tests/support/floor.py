"""Fixtures: a shop on the run's Kafka and Redis, the processes of one test, and their store looked at from outside."""

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from features.store.redis import RedisStore, open_store
from stream.settings import Settings
from tests.support.shop import Shop
from tests.support.topics import PARTITIONS
from tests.support.workers import Crew

_names = (f"crew{number}" for number in itertools.count())


@pytest.fixture
async def shop(kafka: str) -> AsyncIterator[Shop]:
    """A shop whose topics are empty."""
    shop = Shop(kafka)
    await shop.open()
    yield shop
    await shop.close()


@pytest.fixture
def crew(kafka: str, redis_url: str, tmp_path: Path) -> Iterator[Crew]:
    """Workers of a group and a prefix that nobody else uses."""
    crew = Crew(tmp_path / "crew", kafka, redis_url, name=next(_names), partitions=PARTITIONS)
    yield crew
    crew.end()


@pytest.fixture
async def store(crew: Crew) -> AsyncIterator[RedisStore]:
    """The workers' store."""
    store = open_store(crew.environ["REDIS_URL"], prefix=crew.prefix)
    yield store
    await store.aclose()


@pytest.fixture
def settings(crew: Crew) -> Settings:
    """What the crew's processes are set to."""
    return Settings.of(crew.environ)

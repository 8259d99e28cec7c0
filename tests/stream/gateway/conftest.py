"""Fixtures: a gateway on the run's Kafka and Redis, and somebody to ask it."""

import itertools
from collections.abc import AsyncIterator

import aiohttp
import pytest

from stream.settings import Settings
from tests.support.asking import Asking
from tests.support.gateway import gateway_settings, open_gateway
from tests.support.topics import make_topics

_prefixes = (f"gateway{number}" for number in itertools.count())


@pytest.fixture
async def topics(kafka: str) -> str:
    """The broker's address, with all topics empty."""
    await make_topics(kafka)
    return kafka


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A client without cookies or memory."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def settings(topics: str, redis_url: str) -> Settings:
    """What the gateway is set to: a shop's pages at https://shop.example, and keys in Redis that nobody else uses."""
    return gateway_settings(topics, redis_url, prefix=next(_prefixes), origins="https://shop.example")


@pytest.fixture
async def gate(settings: Settings, http: aiohttp.ClientSession) -> AsyncIterator[Asking]:
    """A gateway that has read everything that stood in the topics."""
    async with open_gateway(settings) as running:
        yield Asking(running, http, settings.kafka_bootstrap_servers)

"""Looks again and again, and judges each by those before it."""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from features.errors import StoreAway
from stream.errors import BrokerAway, TopicsDiffer
from stream.ops.lag.look import looker
from stream.ops.lag.rules import Lag, Place, judge, worst_first
from stream.settings import Settings

WINDOW = 10  # looks, as Burrow keeps


class Windows:
    """The newest looks at every partition of every group."""

    def __init__(self, looks: int = WINDOW) -> None:
        self._kept: defaultdict[tuple[str, str, int], deque[Place]] = defaultdict(lambda: deque(maxlen=looks))

    def add(self, places: list[Place]) -> list[Lag]:
        """Take in one look; returns what the newest looks say, worst first."""
        for place in places:
            self._kept[place.group, place.topic, place.partition].append(place)
        return worst_first([judge(list(window)) for window in self._kept.values()])


async def follow(settings: Settings, *, every_s: float) -> AsyncGenerator[list[Lag], None]:
    """Yield how every partition stands, worst first, for the first time after two looks `every_s` apart, then after each.

    Raises:
        BrokerAway: Kafka does not answer.
        StoreAway: Redis does not answer.
        TopicsDiffer: a topic is missing.
    """
    windows = Windows()
    async with looker(settings) as here:
        windows.add(await here.look())
        while True:
            await asyncio.sleep(every_s)
            yield windows.add(await here.look())


async def follow_on(settings: Settings, *, every_s: float, away: Callable[[str], None]) -> AsyncGenerator[list[Lag], None]:
    """Do as `follow` does, and once something was seen wait for what goes away, topics too; `away` is told once what is missing.

    Raises: what `follow` does, before anything was seen.
    """
    seen, told = False, ""
    while True:
        try:
            async with aclosing(follow(settings, every_s=every_s)) as looks:
                async for lags in looks:
                    seen, told = True, ""
                    yield lags
        except (BrokerAway, StoreAway, TopicsDiffer) as fault:
            if not seen:
                raise
            if str(fault) != told:
                told = str(fault)
                away(told)
            await asyncio.sleep(every_s)

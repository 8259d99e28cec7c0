"""GET /shop/live: what runs behind the shop, as it happens, to everybody who looks."""

import asyncio
from collections import deque
from contextlib import suppress

import msgspec
from aiohttp import web
from aiohttp_sse import EventSourceResponse, sse_response
from msgspec import Struct

from stream.demo.front.broadcast import Broadcast, Message, Watcher
from stream.demo.front.tell import LiveFigures, ToldAnswer

WATCHERS = 50  # at once; one more takes the place of the first
PENDING = 20  # messages that one of them may be behind, ten seconds of figures
SAMPLES = 240  # of two minutes
ANSWERS = 12  # that a newcomer is told of
STALLED_S = 10.0  # a reader that takes nothing for so long is gone
LOOK_S = 15.0  # after so long without a message it is looked whether he is still there


class Seen(Struct, frozen=True):
    """How the figures went in the last two minutes, oldest first."""

    samples: list[msgspec.Raw]


class Live:
    """Hands every message to all watchers and waits for none of them. Encoded once, whoever looks."""

    def __init__(self) -> None:
        self._samples: deque[bytes] = deque(maxlen=SAMPLES)
        self._answers: dict[str, str] = {}  # by suggestion, as last told; oldest first
        self._watchers = Broadcast(watchers=WATCHERS, pending=PENDING)

    def routes(self) -> list[web.RouteDef]:
        """Return what is served, and by whom."""
        return [web.get("/shop/live", self._watch)]

    def figures(self, now: LiveFigures) -> None:
        """Tell the figures as they are now."""
        sample = msgspec.json.encode(now)
        self._samples.append(sample)
        self._watchers.publish(("figures", sample.decode()))

    def answer(self, told: ToldAnswer) -> None:
        """Tell an answer, or what became of it."""
        data = msgspec.json.encode(told).decode()
        self._answers[told.suggestion_id] = data
        while len(self._answers) > ANSWERS:
            del self._answers[next(iter(self._answers))]
        self._watchers.publish(("answer", data))

    def close(self) -> None:
        """Send everybody home."""
        self._watchers.close()

    async def _watch(self, request: web.Request) -> web.StreamResponse:
        async with sse_response(request, send_timeout=STALLED_S) as response:
            watcher = self._watchers.add(self._so_far())
            try:
                with suppress(ConnectionResetError, TimeoutError):  # he is gone, or takes nothing
                    await _send(response, watcher)
            finally:
                self._watchers.remove(watcher)
        return response

    def _so_far(self) -> list[Message]:
        course = msgspec.json.encode(Seen([msgspec.Raw(sample) for sample in self._samples]))
        return [("course", course.decode()), *(("answer", data) for data in self._answers.values())]


async def _send(response: EventSourceResponse, watcher: Watcher) -> None:
    while response.is_connected():
        try:
            async with asyncio.timeout(LOOK_S):
                message = await watcher.get()
        except TimeoutError:
            continue
        if message is None:
            return
        event, data = message
        await response.send(data, event=event)

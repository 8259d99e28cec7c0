"""Requests to a running gateway as a page or the shop's backend makes them, and what was written into the topics."""

import io
import json
import time
from typing import Any

import aiohttp
from msgspec import Struct

from stream.contracts.ids import Customer
from stream.contracts.topics import INPUTS
from tests.support.counting import read_topic
from tests.support.gateway import SHOP_KEY, Running

JSON = "application/json"


class Answer(Struct, frozen=True):
    """What the gateway answered."""

    status: int
    headers: Any  # case-insensitive
    body: bytes

    @property
    def said(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def fates(self) -> list[str]:
        """What became of the events."""
        return [event["fate"] for event in self.said["events"]]


class Asking:
    """Asks one gateway, as whoever's token or key is given."""

    def __init__(self, running: Running, http: aiohttp.ClientSession, kafka: str) -> None:
        self.gateway, self.url = running.gateway, running.url
        self._http, self._kafka = http, kafka

    async def ask(self, method: str, path: str, body: Any = None, *, by: str | None = None, kind: str = JSON, **headers: str) -> Answer:
        """Send a request; `body` may be bytes, a text or anything that is JSON, `headers` with underscores for hyphens."""
        head = {name.replace("_", "-"): value for name, value in headers.items()}
        if by is not None:
            head["Authorization"] = f"Bearer {by}"
        if body is not None:
            head["Content-Type"] = kind
        data = body if body is None or isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
        large = data is not None and len(data) > 1_000_000  # aiohttp warns of such bytes
        async with self._http.request(method, self.url + path, data=io.BytesIO(data) if data and large else data, headers=head) as answer:
            return Answer(answer.status, answer.headers, await answer.read())

    async def send(self, body: Any, *, by: str | None, **more: str) -> Answer:
        """Send events."""
        return await self.ask("POST", "/v1/events", body, by=by, **more)

    async def token(self, raw_id: str) -> str:
        """Return the token that the shop's backend gets for a signed-in customer."""
        return str((await self.ask("POST", "/v1/token", {"user_id": raw_id}, by=SHOP_KEY)).said["token"])

    async def records_of(self, *customers: Customer) -> list[Any]:
        """Return all input records of these customers, topic by topic, in order within a partition."""
        keys = {customer.encode() for customer in customers}
        return [record for topic in INPUTS for record in await read_topic(self._kafka, topic) if record.key in keys]

    async def written(self) -> bytes:
        """Return every byte that stands in the input topics: keys, values and headers."""
        records = [record for topic in INPUTS for record in await read_topic(self._kafka, topic)]
        return b"\n".join(part for record in records for part in (record.key or b"", record.value or b"", repr(record.headers).encode()))


def an_event(event_id: str, name: str = "view_item", **fields: Any) -> dict[str, Any]:
    """Return an event of now."""
    now_ms = time.time_ns() // 1_000_000
    return {"event": name, "event_id": event_id, "event_time_ms": now_ms, "session_id": "s-1", "items": [{"item_id": "85123A"}]} | fields

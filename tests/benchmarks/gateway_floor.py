"""A gateway process on a measurement's floor, customers with tokens for it, and browsers that are nothing but a socket."""

import asyncio
import os
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
from msgspec import Struct

from stream.engine.who import pseudonym
from stream.gateway.tokens import Tokens
from tests.benchmarks.clicks import SECRET
from tests.benchmarks.shop_floor import READY_S, Floor
from tests.support.servers import free_port

TOKEN_SECRET, SHOP_KEY = "what tokens are signed with here", "the key of the measured shop"
TOKEN_S = 3_600
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Gate(Struct):
    """A running gateway."""

    host: str
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{self.host}:{self.port}"

    def resident_bytes(self) -> int:
        """Return the memory that it holds."""
        return resident_bytes(self.process.pid)


def resident_bytes(pid: int) -> int:
    """Return the memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES


def customer(number: int) -> str:
    """Return the pseudonym of a customer of the measurement."""
    return pseudonym(f"browser {number}", "k1", SECRET)


def token_of(who: str) -> str:
    """Return a token that outlives the measurement."""
    return Tokens(TOKEN_SECRET.encode(), TOKEN_S).issue(who, now_s=time.time())[0]  # type: ignore[arg-type]


@asynccontextmanager
async def open_gate(floor: Floor, *, origins: str = "") -> AsyncIterator[Gate]:
    """Run one gateway process, as operations would start it, and wait until it serves."""
    port = free_port()
    variables = {
        "TSUIDE_LISTEN": f"127.0.0.1:{port}",
        "TSUIDE_TOKEN_SECRET": TOKEN_SECRET,
        "TSUIDE_SHOP_KEY": SHOP_KEY,
        "TSUIDE_ORIGINS": origins,
        "TSUIDE_REQUESTS_PER_MINUTE": "1000000",
        "TSUIDE_LOG_LEVEL": "warning",
    }
    async with floor.running("gateway", **variables) as process:
        gate = Gate("127.0.0.1", port, process)
        await _until_healthy(gate)
        yield gate


async def _until_healthy(gate: Gate) -> None:
    deadline = time.monotonic() + READY_S
    async with aiohttp.ClientSession() as http:
        while time.monotonic() < deadline:
            with suppress(aiohttp.ClientError):
                async with http.get(f"{gate.url}/health") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.05)
    raise TimeoutError(f"the gateway at {gate.url} is not healthy after {READY_S:g} s")


class Browser:
    """One open stream; `heard` is called with the bytes of every event as they come."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, gate: Gate, token: str) -> "Browser":
        """Connect and read the head of the answer. Raises ConnectionError when it is refused."""
        reader, writer = await asyncio.open_connection(gate.host, gate.port)
        writer.write(
            f"GET /v1/suggestions HTTP/1.1\r\nHost: {gate.host}:{gate.port}\r\nAccept: text/event-stream\r\n"
            f"Authorization: Bearer {token}\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.partition(b"\r\n")[0]:
            writer.close()
            raise ConnectionError(head.decode(errors="replace"))
        return cls(reader, writer)

    async def read(self, heard: Callable[[bytes], None]) -> None:
        """Read event by event until the stream ends; each ends with an empty line, as the framing around it does."""
        with suppress(asyncio.IncompleteReadError):
            while True:
                heard(await self._reader.readuntil(b"\r\n\r\n"))

    def close(self) -> None:
        """Hang up."""
        self._writer.close()

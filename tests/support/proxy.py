"""A TCP proxy in a test's own loop: a network that can be cut, swallow everything, be slow, or lead elsewhere."""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self

PIECE_BYTES = 65_536


class Proxy:
    """Listens on `port` from `async with` on and forwards to `target`, a port of this machine, which may change."""

    def __init__(self, port: int, target: int) -> None:
        self.port, self.target = port, target
        self.delay_s = 0.0
        self.connections = 0
        self._refuses = False
        self._flows = asyncio.Event()
        self._flows.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._pumps: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    def swallow(self) -> None:
        """Deliver nothing any more, in either direction, and tell nobody: a cable that was pulled."""
        self._flows.clear()

    def cut(self) -> None:
        """Break every connection and refuse new ones: a host that is down."""
        self._refuses = True
        for writer in self._writers:
            writer.transport.abort()

    def mend(self) -> None:
        """Deliver again, first what was held back."""
        self._refuses = False
        self._flows.set()

    def lead_to(self, target: int) -> None:
        """Break every connection; new ones go there."""
        self.target = target
        for writer in self._writers:
            writer.transport.abort()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        await self._flows.wait()
        try:
            if self._refuses:
                raise ConnectionRefusedError
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            self._writers.discard(writer)
            return
        self._writers.add(back)
        for pump in (self._pump(reader, back), self._pump(there, writer)):
            task = asyncio.create_task(pump)
            self._pumps.add(task)
            task.add_done_callback(self._pumps.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError):
                while piece := await source.read(PIECE_BYTES):
                    if self.delay_s:
                        await asyncio.sleep(self.delay_s)
                    await self._flows.wait()
                    sink.write(piece)
                    await sink.drain()
        finally:
            self._writers.discard(sink)
            sink.transport.abort() if self._refuses else sink.close()

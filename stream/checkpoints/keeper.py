"""Keeps checkpoints of a worker's memory: starts from one, writes new ones, and lets go of those that hold somebody forgotten."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from online_models.checkpoint.columns import Piece
from online_models.checkpoint.shared import pieces_of, windows_of
from stream.checkpoints.file import Body, CheckpointRefused, Header, Identity, Mark
from stream.checkpoints.folder import Folder
from stream.checkpoints.restore import identity_of, offsets_of, restore
from stream.connection.kafka import Broker
from stream.engine.knowledge import Knowledge
from stream.telling.logger import logger_of
from stream.transport.follower import Follower

logger = logger_of(__name__)
LOOK_EVERY_S = 1.0
SLICE_S = 0.005  # the event loop waits no longer than this for a part of a checkpoint
FORGET_EVERY_S = 30.0  # a hundred wishes in a minute are two checkpoints, not a hundred


class Newest(Struct, frozen=True):
    """The checkpoint that was written last, or started from: how large, what it cost (0 where it was started from)."""

    path: Path
    created_ms: int
    records: int
    size_bytes: int
    took_s: float = 0.0
    longest_pause_s: float = 0.0


class Keeper:
    """Checkpoints of one worker's memory. Tally: `written`, `failed`, `forgotten` (deleted for a wish), `refused:<kind>`.

    A wish to be forgotten makes a new checkpoint due at once, at most one in 30 s; then all that may hold the customer are deleted, also
    where the new one could not be written. A disk that fails costs checkpoints and nothing else.
    """

    def __init__(
        self,
        folder: Folder,
        knowledge: Knowledge,
        follower: Follower,
        *,
        broker: Broker,
        every_s: float,
        wall_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self.folder = folder
        self.tally: Counter[str] = Counter()
        self.newest: Newest | None = None
        self._knowledge, self._follower = knowledge, follower
        self._broker, self._every_s, self._wall_ms = broker, every_s, wall_ms
        self._identity: Identity | None = None
        self._marks: dict[int, Mark] = {}  # of the newest checkpoint
        self._forgets: dict[int, int] = {}  # partition -> offset of the newest wish to be forgotten
        self._owes = False  # such a wish is not in a checkpoint yet
        self._refused: set[Path] = set()
        self._tried_s = float("-inf")

    async def restore(self) -> None:
        """Start from the newest checkpoint that can be used, before the follower begins; without any, it reads from the beginning."""
        await asyncio.to_thread(self.folder.open)
        began_s = time.monotonic()
        wanted = await identity_of(self._broker, self._follower.topic, self._knowledge.memory)
        self._identity = wanted[0]
        found = await restore(self.folder, self._broker, wanted, self._refuse)
        if found is None:
            logger.info("no checkpoint to start from", folder=str(self.folder.path), read_from_its_beginning=self._follower.topic)
            return
        header = found.header
        self._knowledge.memory, self._marks, self._forgets = found.memory, header.marks, dict(header.forgets)
        self._follower.begin_at(offsets_of(header.marks))
        self.newest = Newest(found.path, header.created_ms, header.records, header.body_bytes)
        self._tried_s = time.monotonic()
        await self._clear(self._forgets)  # whoever wrote it may have died before
        took_s = self._tried_s - began_s
        logger.info("started from a checkpoint", path=str(found.path), records=header.records, took_s=round(took_s, 1))

    def forgot(self, partition: int, offset: int) -> None:
        """Note that the record there was a wish to be forgotten."""
        self._forgets[partition] = max(offset, self._forgets.get(partition, -1))
        self._owes = True

    async def keep(self) -> None:
        """Write a checkpoint whenever one is due, for ever. Whatever the disk does raises nothing."""
        while True:
            if self._is_due(time.monotonic()):
                await self.write()
            await asyncio.sleep(LOOK_EVERY_S)

    async def write(self) -> None:
        """Write a checkpoint, if records came since the last one. The event loop is held for 5 ms at a time, the disk holds nobody."""
        saved = 0 if self.newest is None else self.newest.records
        if self._identity is None or self._knowledge.memory.version == saved:
            return
        self._tried_s = began_s = time.monotonic()
        try:
            header, parts, longest_s = await self._taken()
            path = await asyncio.to_thread(self.folder.put, parts)
        except OSError as fault:
            await self._failed(fault)
            return
        took_s, size_bytes = time.monotonic() - began_s, sum(map(len, parts))
        self.tally["written"] += 1
        self.newest, self._marks = Newest(path, header.created_ms, header.records, size_bytes, took_s, longest_s), header.marks
        self._owes = self._forgets != header.forgets
        await self._clear(header.forgets)
        figures = {"records": header.records, "size_bytes": size_bytes, "took_s": round(took_s, 1), "pause_ms": round(longest_s * 1e3, 1)}
        logger.info("checkpoint written", path=str(path), **figures)

    def _is_due(self, now_s: float) -> bool:
        return now_s - self._tried_s >= self._wait_s()

    def _wait_s(self) -> float:
        return min(FORGET_EVERY_S, self._every_s) if self._owes else self._every_s

    async def _taken(self) -> tuple[Header, list[bytes], float]:
        """Return the memory as it stands now, compressed: taken piece by piece, while nothing is added to it."""
        body, longest_s = Body(), 0.0
        memory = self._knowledge.memory
        async with self._follower.held() as offsets:
            assert self._identity is not None
            # What lies beyond where reading stands was told by a topic that has been made anew since.
            self._forgets = {number: wish for number, wish in self._forgets.items() if wish < offsets.get(number, 0)}
            header = Header(
                created_ms=self._wall_ms(),
                records=memory.version,
                identity=self._identity,
                windows=windows_of(memory),
                marks={number: self._mark(number, offset) for number, offset in offsets.items()},
                forgets=dict(self._forgets),
            )
            pieces = pieces_of(memory)
            while True:
                began_s = time.perf_counter()
                some = list(_for_a_while(pieces, began_s))
                longest_s = max(longest_s, time.perf_counter() - began_s)
                if not some:
                    break
                await asyncio.to_thread(body.add, some)
        return header, await asyncio.to_thread(body.closed, header), longest_s

    def _mark(self, number: int, offset: int) -> Mark:
        last, digest = self._follower.last.get(number, (-1, None))
        if last + 1 == offset and digest is not None:
            return Mark(offset, digest)
        known = self._marks.get(number)
        return known if known is not None and known.next == offset else Mark(offset)

    async def _failed(self, fault: OSError) -> None:
        self.tally["failed"] += 1
        cure = "make room there, or name another folder in TSUIDE_CHECKPOINTS"
        error = fault.strerror or str(fault)
        logger.error("checkpoint not written", folder=str(self.folder.path), error=error, cure=cure, again_in_s=self._wait_s())
        if self._owes:
            await self._clear(dict(self._forgets))

    async def _clear(self, forgets: dict[int, int]) -> None:
        try:
            gone = await asyncio.to_thread(self.folder.clear, forgets, frozenset(self._refused))
        except OSError as fault:
            error = fault.strerror or str(fault)
            logger.error("checkpoints cannot be cleared away", folder=str(self.folder.path), error=error)  # noqa: TRY400
            return
        self._refused.clear()
        self.tally["forgotten"] += gone

    def _refuse(self, refused: CheckpointRefused) -> None:
        self.tally[f"refused:{refused.kind}"] += 1
        self._refused.add(refused.path)


def _for_a_while(pieces: Iterator[Piece], began_s: float) -> Iterator[Piece]:
    for piece in pieces:
        yield piece
        if time.perf_counter() - began_s > SLICE_S:
            return

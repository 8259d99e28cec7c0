"""How a chunk comes in: its records decoded, and what only the store knows of their customers; before its turn while another one lands."""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from features.profile import Profile
from features.store.port import Partition, Store
from stream.engine.caches import Caches, Key
from stream.engine.decode import DEATHS_TO_LETTER, Decoded, Unreadable, decode, set_aside
from stream.engine.measures import Measures
from stream.engine.ownership import Ownership
from stream.engine.patience import Patience
from stream.engine.record import Record
from stream.engine.watching import Stage
from stream.engine.who import Pseudonymise

Entry = Decoded | Unreadable
Read = tuple[list[Entry], dict[int, Partition]]


@dataclass(eq=False)
class Ahead:
    """What was read of some records before their turn. `asked`: the customers of whom it holds, which it does until they are written."""

    entries: dict[int, Entry] = field(default_factory=dict)  # by the identity of their records, which they hold
    asked: set[Key] = field(default_factory=set)
    profiles: dict[Key, Profile] = field(default_factory=dict)
    stages: list[Stage] = field(default_factory=list)


class Reader:
    """Decodes records and reads of their customers what is not cached. What it read ahead is told of all that is written meanwhile."""

    def __init__(
        self,
        store: Store,
        owned: Ownership,
        caches: Caches,
        pseudonymise: Pseudonymise,
        *,
        patience: Patience,
        tally: Counter[str],
        measures: Measures,
    ) -> None:
        self._store, self._owned, self._caches, self._pseudonymise = store, owned, caches, pseudonymise
        self._patience, self._tally, self._measures = patience, tally, measures
        self._open: list[Ahead] = []

    @asynccontextmanager
    async def ahead(self, records: Sequence[Record]) -> AsyncIterator[Ahead]:
        """Read these records although others before them do not count yet; for as long as their turn lasts.

        What goes wrong is left out: it goes wrong again, and is told, in its turn.
        """
        ahead = Ahead()
        self._open.append(ahead)
        try:
            with suppress(Exception):
                await self._fill(ahead, records)
            yield ahead
        finally:
            self._open.remove(ahead)

    async def _fill(self, ahead: Ahead, records: Sequence[Record]) -> None:
        with self._measures.timed("decode", ahead.stages):
            entries = [decode(record, self._pseudonymise) for record in records]
        with self._measures.timed("read", ahead.stages):
            wanted = self._wanted(entries)
            ahead.asked = {(number, customer) for number, customers in wanted.items() for customer in customers}
            found = await self._store.read({number: customers for number, customers in wanted.items() if customers})
        ahead.profiles = {(number, customer): one for number, part in found.items() for customer, one in part.profiles.items()}
        ahead.entries = {id(entry.record): entry for entry in entries}

    def written(self, number: int, customers: Collection[str] | None = None) -> None:
        """Hold for void what was read ahead of these customers, by default of all, of a partition number."""
        for ahead in self._open:
            ahead.asked = {key for key in ahead.asked if key[0] != number or not (customers is None or key[1] in customers)}

    async def read(self, records: Sequence[Record], stages: list[Stage], ahead: Ahead | None = None) -> Read:
        """Return the records' entries in order, and their partitions as the store, or what was read ahead, has them.

        Raises:
            RecordFailed: a record cannot be decoded; its death is counted.
        """
        found = None if ahead is None else self._of(ahead, records)
        if ahead is not None and found is not None:
            stages += ahead.stages
            return found
        with self._measures.timed("decode", stages):
            entries = [await self._decode(record) for record in records]
        with self._measures.timed("read", stages):
            wanted = self._wanted(entries)
            return entries, await self._patience.until_done("the store", lambda: self._store.read(wanted))

    def _of(self, ahead: Ahead, records: Sequence[Record]) -> Read | None:
        """Return what was read ahead of these records, with the fences as they are now; None where it does not hold of all of them."""
        partitions = {record.partition: Partition(self._owned.fences[record.partition], {}) for record in records}
        entries = []
        for record in records:
            entry = ahead.entries.get(id(record))
            if entry is None or self._owned.crash_of(record) is not None:
                return None
            entries.append(entry)
            if isinstance(entry, Decoded):
                key = record.partition, entry.customer
                if key not in ahead.asked and self._caches.profiles.get(key) is None:
                    return None
                if key in ahead.asked and (profile := ahead.profiles.get(key)) is not None:
                    partitions[record.partition].profiles[entry.customer] = profile
        return entries, partitions

    async def _decode(self, record: Record) -> Entry:
        crash = self._owned.crash_of(record)
        if crash is not None and crash.count >= DEATHS_TO_LETTER:
            return set_aside(record, crash)
        try:
            return decode(record, self._pseudonymise)
        except Exception as error:
            raise await self._owned.count_death(record, error) from error

    def _wanted(self, entries: Sequence[Entry]) -> dict[int, dict[str, None]]:
        """Return by partition number the customers who are not cached, and count them."""
        wanted: dict[int, dict[str, None]] = {}
        for entry in entries:
            customers = wanted.setdefault(entry.record.partition, {})
            if isinstance(entry, Decoded) and self._caches.profiles.get((entry.record.partition, entry.customer)) is None:
                customers[entry.customer] = None
        asked = {(entry.record.partition, entry.customer) for entry in entries if isinstance(entry, Decoded)}
        missed = sum(map(len, wanted.values()))
        self._tally["profiles_read"] += missed
        self._tally["profiles_cached"] += len(asked) - missed
        return wanted

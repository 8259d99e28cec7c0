"""Records and logs for the tests of the archive."""

from pathlib import Path

from hypothesis import strategies as st

from stream.archive.formats.archived import line_of
from stream.archive.reading import Reading, open_log
from stream.archive.rejects import Refused, raising
from stream.contracts.topics import CART, CLICKSTREAM
from stream.engine.record import Record
from stream.engine.who import pseudonymiser

T = 1_763_780_000_000
WHO = pseudonymiser("k1", b"secret")
PARTS = st.none() | st.binary(max_size=40) | st.text(max_size=20).map(str.encode)
RECORDS = st.builds(
    Record,
    topic=st.sampled_from((CART, CLICKSTREAM)),
    partition=st.integers(0, 3),
    offset=st.integers(0, 2**62),
    timestamp_ms=st.integers(-1, 2**60),
    key=PARTS,
    value=PARTS,
    headers=st.lists(st.tuples(st.text(max_size=8), PARTS), max_size=3).map(tuple),
)


def at(partition: int, offset: int, ms: int, *, topic: str = CART, value: bytes = b"{}") -> Record:
    return Record(topic, partition, offset, T + ms, b"k", value)


def written(path: Path, *records: Record) -> Path:
    path.write_bytes(b"".join(line_of(record) + b"\n" for record in records))
    return path


def read(path: Path, *, refused: Refused = raising) -> list[Record]:
    return list(open_log(path, Reading(4, WHO, refused=refused)))

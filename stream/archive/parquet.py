"""Records as rows of a Parquet file, for DuckDB, Spark and pandas, and back, exact to the byte. Needs pyarrow.

Columns: topic, partition, offset, timestamp (ms, UTC), key, headers (a list of name and value), value; key and values are bytes.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stream.archive.formats.archived import line_of
from stream.archive.writing import WholeFile, writable
from stream.engine.record import Record
from stream.errors import LogError, PackageMissing

SUFFIX = ".parquet"
MAGIC = b"PAR1"
GROUP_ROWS, GROUP_BYTES = 20_000, 32 * 1024 * 1024  # of a row group, whichever comes first: so much is held in memory
BATCH_ROWS = 1_000  # decoded at once
COLUMNS = ("topic", "partition", "offset", "timestamp", "key", "headers", "value")


def arrow() -> Any:
    """Return the library that writes and reads. Raises PackageMissing, saying what to install."""
    try:
        import pyarrow  # type: ignore[import-untyped]
        import pyarrow.parquet  # type: ignore[import-untyped]
    except ModuleNotFoundError as fault:
        raise PackageMissing("Parquet needs pyarrow, which is not installed: pip install 'tsuide[parquet]'.") from fault
    return pyarrow


def is_parquet(path: Path) -> bool:
    """Tell it by the first bytes; False for what cannot be read, or only once."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


class ParquetFile(WholeFile):
    """Takes records and writes them; `lines` and `bytes` (of keys and values) count them. It appears as every `WholeFile`.

    Raises:
        PackageMissing: pyarrow is not installed.
        LogError: the file cannot be written.
    """

    def add(self, record: Record) -> None:
        """Add one record."""
        size = len(record.key or b"") + len(record.value or b"")
        headers = [{"name": name, "value": value} for name, value in record.headers]
        row = (record.topic, record.partition, record.offset, record.timestamp_ms, record.key, headers, record.value)
        for column, cell in zip(self._columns, row, strict=True):
            column.append(cell)
        self.lines += 1
        self.bytes += size
        self._held += size
        if len(self._columns[0]) >= GROUP_ROWS or self._held >= GROUP_BYTES:
            self._write_group()

    def _begin(self) -> None:
        self._pa = arrow()
        self._schema = _schema(self._pa)
        self._writer = self._pa.parquet.ParquetWriter(self._raw, self._schema, compression="zstd")
        self._empty()

    def _finish(self) -> None:
        if self._columns[0]:
            self._write_group()
        self._writer.close()

    def _give_up(self) -> None:
        self._writer.close()

    def _empty(self) -> None:
        self._columns: list[list[Any]] = [[] for _ in COLUMNS]
        self._held = 0

    def _write_group(self) -> None:
        table = self._pa.Table.from_pydict(dict(zip(COLUMNS, self._columns, strict=True)), schema=self._schema)
        with writable(self.path):
            self._writer.write_table(table)
        self._empty()


class ParquetLines:
    """A Parquet file as (row from 1, the record's line in tsuide's own form), as `Lines` gives a file of lines.

    Raises:
        PackageMissing: pyarrow is not installed.
        LogError: the file is damaged or has other columns.
    """

    def __init__(self, path: Path) -> None:
        self.path, self._pa = path, arrow()
        self.size_bytes, self.done_bytes = path.stat().st_size, 0

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        number, schema = 0, _schema(self._pa)
        plain = schema.set(3, self._pa.field("timestamp", self._pa.int64()))
        try:
            with self._pa.parquet.ParquetFile(self.path) as file:
                rows = file.metadata.num_rows
                for batch in file.iter_batches(BATCH_ROWS, columns=list(COLUMNS)):
                    for row in batch.select(list(COLUMNS)).cast(schema).cast(plain).to_pylist():
                        number += 1
                        yield number, line_of(_record(row))
                    self.done_bytes = self.size_bytes * number // rows
        except (self._pa.ArrowException, KeyError, OSError) as fault:
            why = f"is damaged, or no file of tsuide export ({str(fault).splitlines()[0]}); it has the columns {', '.join(COLUMNS)}."
            raise LogError(str(self.path), 0, why) from fault
        self.done_bytes = self.size_bytes


def _record(row: dict[str, Any]) -> Record:
    headers = tuple((header["name"], header["value"]) for header in row["headers"] or ())
    return Record(row["topic"], row["partition"], row["offset"], row["timestamp"], row["key"], row["value"], headers)


def _schema(pa: Any) -> Any:
    header = pa.struct([("name", pa.string()), ("value", pa.binary())])
    types = (
        pa.dictionary(pa.int32(), pa.string()),
        pa.int32(),
        pa.int64(),
        pa.timestamp("ms", tz="UTC"),
        pa.binary(),
        pa.list_(header),
        pa.binary(),
    )
    return pa.schema(list(zip(COLUMNS, types, strict=True)))

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.archive import parquet
from stream.archive.formats.archived import record_of
from stream.archive.parquet import ParquetFile, ParquetLines
from stream.archive.reading import Reading, open_log
from stream.archive.rejects import raising
from stream.archive.sorting import Sorting
from stream.engine.record import Record
from stream.errors import LogError
from tests.stream.archive.records import RECORDS, WHO, T, at, read


def written(path: Path, *records: Record) -> Path:
    with ParquetFile(path) as file:
        for record in records:
            file.add(record)
    return path


@given(st.lists(RECORDS, max_size=5))
def test_every_record_comes_back_to_the_byte(tmp_path_factory: pytest.TempPathFactory, records: list[Record]) -> None:
    path = written(tmp_path_factory.getbasetemp() / "log.parquet", *records)
    lines = ParquetLines(path)
    assert [record_of(line) for _, line in lines] == records
    assert lines.done_bytes == lines.size_bytes


def test_it_is_read_like_every_log(tmp_path: Path) -> None:
    # given rows in several groups
    records = [at(n % 3, n // 3, n) for n in range(parquet.GROUP_ROWS + 10)]
    log = open_log(written(tmp_path / "log.parquet", *records), Reading(4, WHO))
    assert list(log) == records
    assert log.files.formats == {"archive"}
    assert pq.ParquetFile(tmp_path / "log.parquet").num_row_groups == 2


def test_other_tools_see_times_texts_and_bytes(tmp_path: Path) -> None:
    table = pq.read_table(written(tmp_path / "log.parquet", at(0, 1, 5)))
    assert table.column_names == ["topic", "partition", "offset", "timestamp", "key", "headers", "value"]
    assert table.schema.field("timestamp").type == pa.timestamp("ms", tz="UTC")
    [row] = table.to_pylist()
    assert (row["topic"], row["timestamp"].timestamp() * 1_000, row["value"]) == ("shop.cart.v1", T + 5, b"{}")


def test_a_shuffled_one_is_sorted_into_lines(tmp_path: Path) -> None:
    Sorting(written(tmp_path / "log.parquet", at(0, 1, 2), at(0, 0, 1))).write(tmp_path / "sorted.jsonl", raising)
    assert read(tmp_path / "sorted.jsonl") == [at(0, 0, 1), at(0, 1, 2)]


def test_after_an_error_there_is_no_file(tmp_path: Path) -> None:
    def interrupted() -> None:
        with ParquetFile(tmp_path / "log.parquet") as file:
            file.add(at(0, 0, 1))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_one_that_is_cut_off_or_has_other_columns_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "log.parquet", at(0, 0, 1))
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(LogError, match="is damaged, or no file of tsuide export"):
        read(path)
    pq.write_table(pa.table({"item_id": ["tea"]}), path)
    with pytest.raises(LogError, match="it has the columns topic, partition, offset"):
        read(path)

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.archive.formats.archived import line_of
from stream.archive.reading import Reading, open_log
from stream.archive.rejects import Reject, raising
from stream.archive.sorting import Sorted, Sorting
from stream.archive.spill import sorted_by_key
from stream.errors import LogError
from stream.lines import Lines
from tests.stream.archive.records import WHO, T, at, read, written


@given(st.lists(st.integers(0, 9), max_size=60), st.integers(1, 2_000), st.integers(2, 4))
def test_a_sort_that_spills_is_pythons_own(tmp_path_factory: pytest.TempPathFactory, keys: list[int], run_bytes: int, fan_in: int) -> None:
    # given runs of one item and more, and fewer files at once than there are runs
    items = [((key,), b"%d" % number) for number, key in enumerate(keys)]
    folder = tmp_path_factory.getbasetemp()
    assert list(sorted_by_key(items, folder, run_bytes=run_bytes, fan_in=fan_in)) == sorted(items, key=lambda item: item[0])


def test_a_shuffled_log_is_sorted_and_then_read(tmp_path: Path) -> None:
    records = [at(n % 3, n // 3, n) for n in range(300)]
    shuffled = random.Random(1).sample(records, len(records))
    out = tmp_path / "sorted.jsonl.gz"
    report = Sorting(written(tmp_path / "log", *shuffled)).write(out, raising)
    assert report == Sorted("archive", 300, 0, 0, 0)
    assert read(out) == records


def test_a_late_record_stays_behind_its_forerunner(tmp_path: Path) -> None:
    ordered = [at(1, 0, 8), at(0, 0, 9), at(0, 1, 3), at(1, 1, 9)]
    out = tmp_path / "sorted.jsonl"
    Sorting(written(tmp_path / "log", *reversed(ordered))).write(out, raising)
    assert read(out) == ordered


def test_lines_stay_as_they_are(tmp_path: Path) -> None:
    lines = [
        b'{"ts": %d,  "topic": "t", "partition": 0, "offset": %d, "key": "\\u00e9", "payload": null}' % (5 - n, 5 - n) for n in range(3)
    ]
    (tmp_path / "log").write_bytes(b"\n".join(lines))
    out = tmp_path / "sorted.jsonl"
    assert Sorting(tmp_path / "log").write(out, raising).format == "kcat"
    assert out.read_bytes() == b"\n".join(reversed(lines)) + b"\n"


def test_events_of_one_millisecond_stay_in_their_order(tmp_path: Path) -> None:
    lines = [
        json.dumps({"event": "view_item", "event_id": f"e{n}", "event_time_ms": T + ms, "user_id": "a"})
        for n, ms in enumerate((2, 1, 2, 1))
    ]
    (tmp_path / "log").write_text("\n".join(lines))
    out = tmp_path / "sorted.jsonl"
    Sorting(tmp_path / "log").write(out, raising)
    assert [json.loads(line)["event_id"] for _, line in Lines(out)] == ["e1", "e3", "e0", "e2"]
    assert sum(1 for _ in open_log(out, Reading(4, WHO))) == 4


def test_what_two_files_both_have_is_written_once(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    written(logs / "a", *(at(0, n, n) for n in range(6)))
    written(logs / "b", *(at(0, n, n) for n in range(4, 9)))
    report = Sorting(logs).write(tmp_path / "sorted.jsonl", raising)
    assert (report.lines, report.repeated) == (9, 2)
    assert [record.offset for record in read(tmp_path / "sorted.jsonl")] == list(range(9))


def test_two_records_at_one_address_are_of_two_clusters(tmp_path: Path) -> None:
    log = written(tmp_path / "log", at(0, 0, 1, value=b"a"), at(0, 0, 1, value=b"b"))
    with pytest.raises(LogError, match=r"two different records are shop\.cart\.v1:0:0"):
        Sorting(log).write(tmp_path / "sorted.jsonl", raising)
    assert not (tmp_path / "sorted.jsonl").exists()


def test_files_of_several_forms_are_not_sorted_together(tmp_path: Path) -> None:
    written(tmp_path / "a", at(0, 0, 1))
    (tmp_path / "b").write_text(json.dumps({"topic": "t", "partition": 0, "offset": 0, "ts": 1, "key": None, "payload": None}))
    with pytest.raises(LogError, match=r"several forms \(archive, kcat\)"):
        Sorting(tmp_path)


def test_damaged_lines_are_refused_and_the_others_sorted(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(line_of(at(0, 1, 2)) + b"\n{\n" + line_of(at(0, 0, 1)))
    refused: list[Reject] = []
    report = Sorting(path).write(tmp_path / "sorted.jsonl", refused.append)
    assert (report.lines, report.refused, [one.line for one in refused]) == (2, 1, [2])


def test_progress_is_told_in_bytes_of_the_file(tmp_path: Path) -> None:
    log, seen = written(tmp_path / "log", *(at(0, n, n) for n in range(2_000))), []
    Sorting(log).write(tmp_path / "sorted.jsonl", raising, progress=lambda done, of: seen.append((done, of)))
    assert {of for _, of in seen} == {log.stat().st_size}
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == log.stat().st_size

import gzip
import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from stream.archive.formats.archived import line_of
from stream.archive.order import Clocks, LogUnordered
from stream.archive.reading import Reading, open_log
from stream.archive.rejects import Reject
from stream.contracts.events import Event
from stream.contracts.topics import CART, CLICKSTREAM
from stream.engine.record import Record, TopicPartition
from stream.errors import LogError
from stream.logs import read_events
from stream.transport.partitions import partition_of
from tests.stream.archive.records import WHO, T, at, read, written
from tests.stream.archive.test_segment import AT_MS, COMMON, PRODUCT


def event(name: str, ms: int, who: str = "ana") -> str:
    return json.dumps({"event": name, "event_id": f"e{ms}", "event_time_ms": T + ms, "user_id": who, "items": [{"item_id": "tea"}]}) + "\n"


def test_an_archive_is_read_as_it_was_written_however_it_is_compressed(tmp_path: Path) -> None:
    records = [at(0, 0, 5), at(1, 7, 5), at(0, 1, 9)]
    plain = written(tmp_path / "log.jsonl", *records).read_bytes()
    for number, packed in enumerate((plain, gzip.compress(plain), zstandard.compress(plain))):
        path = tmp_path / str(number)
        path.write_bytes(packed)
        assert read(path) == records


def test_at_one_time_topic_partition_and_offset_decide(tmp_path: Path) -> None:
    records = [at(0, 1, 5), at(0, 2, 5), at(1, 0, 5), at(0, 0, 5, topic=CLICKSTREAM)]
    assert read(written(tmp_path / "log", *records)) == records
    for one, next_one in pairwise(records):
        with pytest.raises(LogUnordered):
            read(written(tmp_path / "log", next_one, one))


def test_files_of_a_folder_are_merged_by_time(tmp_path: Path) -> None:
    # given two partitions in two files of two forms, with rejects and a hidden file beside them
    written(tmp_path / "p0.jsonl", at(0, 0, 1), at(0, 1, 4))
    kcat = [{"topic": CART, "partition": 1, "offset": n, "ts": T + ms, "key": "k", "payload": "{}"} for n, ms in ((0, 2), (1, 3))]
    (tmp_path / "p1.json").write_text("".join(json.dumps(one) + "\n" for one in kcat))
    (tmp_path / "p0.jsonl.rejects.jsonl").write_text("{\n")
    (tmp_path / ".p2.jsonl.unfinished").write_text("{\n")
    (tmp_path / "empty.jsonl").write_text("")
    assert read(tmp_path) == [at(0, 0, 1), at(1, 0, 2), at(1, 1, 3), at(0, 1, 4)]


def test_a_partition_that_goes_on_in_another_file_is_read_through(tmp_path: Path) -> None:
    written(tmp_path / "day1", at(0, 0, 1), at(0, 1, 2))
    written(tmp_path / "day2", at(0, 2, 3))
    assert [record.offset for record in read(tmp_path)] == [0, 1, 2]


def test_a_late_record_keeps_its_place_in_its_partition(tmp_path: Path) -> None:
    # given offset 1 of partition 0, whose timestamp lies before that of offset 0: its clock is 9, as that of offset 0
    records = [at(1, 0, 8), at(0, 0, 9), at(0, 1, 3), at(1, 1, 9)]
    assert read(written(tmp_path / "log", *records)) == records


def test_an_unordered_file_is_refused_with_its_line_and_the_command_that_sorts_it(tmp_path: Path) -> None:
    path = written(tmp_path / "my log.jsonl.gz", at(0, 0, 1), at(0, 1, 5), at(1, 0, 4))
    with pytest.raises(LogUnordered) as refused:
        read(path)
    assert (refused.value.path, refused.value.line) == (str(path), 3)
    assert f"tsuide sort '{path}' 'my log.sorted.jsonl.zst'" in str(refused.value)


@pytest.mark.parametrize("second", [at(0, 4, 9), at(0, 5, 9)], ids=["back", "twice"])
def test_offsets_that_do_not_go_on_are_unordered(tmp_path: Path, second: Record) -> None:
    with pytest.raises(LogUnordered, match=r"log:2: shop\.cart\.v1:0:. belongs before"):
        read(written(tmp_path / "log", at(0, 5, 1), second))


def test_damaged_lines_are_told_with_number_reason_and_text_and_the_reading_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b'{"to\n' + line_of(at(0, 0, 1)) + b'\n\n{"topic": "\xff"}\n' + line_of(at(0, 1, 2)) + b"\n")
    refused: list[Reject] = []
    log = open_log(path, Reading(4, WHO, refused=refused.append))
    assert [record.offset for record in log] == [0, 1]
    assert [(one.path, one.line) for one in refused] == [(str(path), 1), (str(path), 4)]
    assert "truncated" in refused[0].reason
    assert refused[0].text == '{"to'
    assert (log.records, log.files.refused) == (2, 2)
    # and where nobody takes them, the first one ends it
    with pytest.raises(LogError, match="log:1: Input data was truncated"):
        read(path)


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
def test_a_file_that_is_cut_off_is_never_taken_for_whole(tmp_path: Path, pack: "type[bytes]") -> None:
    whole = written(tmp_path / "log", *(at(0, n, n) for n in range(2_000))).read_bytes()
    (tmp_path / "log").write_bytes(pack(whole)[:-6])
    with pytest.raises(LogError, match="fetch or write it again"):
        read(tmp_path / "log")


def test_progress_goes_from_little_to_all(tmp_path: Path) -> None:
    log = open_log(written(tmp_path / "log", *(at(0, n, n) for n in range(5_000))), Reading(4, WHO))
    size = (tmp_path / "log").stat().st_size
    assert log.files.size_bytes == size
    assert log.files.done_bytes < size / 2
    assert sum(1 for _ in log) == 5_000
    assert log.files.done_bytes == size


def test_events_get_the_addresses_that_they_would_have_had(tmp_path: Path) -> None:
    # given events of two customers with different homes, some in the same millisecond
    path = tmp_path / "events"
    path.write_text(event("view_item", 1) + event("view_item", 2, "bo") + event("add_to_cart", 2) + event("view_item", 3))
    ana, bo = partition_of(WHO("ana"), 4), partition_of(WHO("bo"), 4)
    assert ana != bo
    # then each stands in its topic, where its customer lives, at the next offset there; at one time the topics go by their names
    records = read(path)
    assert [(r.topic, r.partition, r.offset, r.timestamp_ms, r.key) for r in records] == [
        (CLICKSTREAM, ana, 0, T + 1, WHO("ana").encode()),
        (CART, ana, 0, T + 2, WHO("ana").encode()),
        (CLICKSTREAM, bo, 0, T + 2, WHO("bo").encode()),
        (CLICKSTREAM, ana, 1, T + 3, WHO("ana").encode()),
    ]
    # and says what every other reader of such logs reads: the customer, and no raw id
    said = [msgspec.json.decode(record.value or b"", type=Event) for record in records]
    assert sorted(said, key=repr) == sorted(read_events(path, WHO), key=repr)


def test_what_is_read_of_events_is_a_log_in_order_itself(tmp_path: Path) -> None:
    path = tmp_path / "events"
    path.write_text("".join(event(("view_item", "add_to_cart")[n % 2], n // 5, f"u{n % 7}") for n in range(100)))
    records = read(path)
    assert read(written(tmp_path / "again", *records)) == [msgspec.structs.replace(record, event=None) for record in records]
    # and the event that each brings along, decoded, is what its bytes say
    assert [record.event for record in records] == [msgspec.json.decode(record.value or b"", type=Event) for record in records]


def test_segments_calls_are_read_and_those_without_an_event_are_counted(tmp_path: Path) -> None:
    calls = [COMMON | {"event": name, "properties": PRODUCT} for name in ("Coupon Applied", "Product Viewed", "Product Added")]
    path = tmp_path / "calls"
    path.write_text("".join(json.dumps(one) + "\n" for one in calls))
    log = open_log(path, Reading(4, WHO))
    assert [(r.topic, r.timestamp_ms, r.key) for r in log] == [
        (topic, AT_MS, WHO("97980cfea0067").encode()) for topic in (CART, CLICKSTREAM)
    ]
    assert (log.files.formats, log.files.skipped, log.files.refused) == ({"segment"}, 1, 0)


def test_an_event_of_nobody_is_refused_and_one_of_a_session_is_not(tmp_path: Path) -> None:
    path = tmp_path / "events"
    nobody = json.loads(event("view_item", 1))
    del nobody["user_id"]
    path.write_text(json.dumps(nobody) + "\n" + json.dumps(nobody | {"session_id": "s1"}))
    refused: list[Reject] = []
    [record] = read(path, refused=refused.append)
    assert record.key == WHO("session:s1").encode()
    assert [(one.line, one.reason) for one in refused] == [(1, "names nobody: give customer, user_id, client_id or session_id")]


def test_unordered_events_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "events"
    path.write_text(event("view_item", 2) + event("view_item", 1))
    with pytest.raises(LogUnordered, match="events:2: e1 happened before a line above it; sort first"):
        read(path)


def test_records_and_events_do_not_mix(tmp_path: Path) -> None:
    written(tmp_path / "records", at(0, 0, 1))
    (tmp_path / "events").write_text(event("view_item", 2))
    with pytest.raises(LogError, match="mixes records"):
        read(tmp_path)


@pytest.mark.parametrize("content", ["item_id,price\ntea,3\n", '{"item_id": "tea"}\n', "[1]\n"])
def test_a_file_of_no_known_form_is_refused_with_the_way_out(tmp_path: Path, content: str) -> None:
    (tmp_path / "log").write_text(content)
    with pytest.raises(LogError, match=r"log:1: tells no form that is known; say it with --format \(archive, kcat, events, segment\)"):
        read(tmp_path / "log")


def test_an_empty_file_is_an_empty_log_and_an_empty_folder_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="folder without files"):
        read(tmp_path)
    (tmp_path / "log").write_text("")
    assert read(tmp_path / "log") == []


def test_standard_input_is_read_once_through_a_pipe(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path; from stream.archive.reading import Reading, open_log\n"
        "print(sum(1 for _ in open_log(Path('-'), Reading(4, str))))"
    )
    log = gzip.compress(written(tmp_path / "log", *(at(0, n, n) for n in range(3_000))).read_bytes())
    ended = subprocess.run([sys.executable, "-c", program], input=log, capture_output=True, check=True, env=os.environ)
    assert ended.stdout == b"3000\n"


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 20)), max_size=40))
def test_clocks_never_go_back_and_never_lie_before_the_timestamp(told: list[tuple[int, int]]) -> None:
    clocks, last = Clocks(), [0, 0, 0]
    for partition, ms in told:
        clock = clocks.clock_of(TopicPartition(CART, partition), ms)
        assert clock == max(ms, last[partition])
        last[partition] = clock

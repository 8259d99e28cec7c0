import gzip
import zlib
from pathlib import Path

import pytest
import zstandard

from stream.contracts.events import AddToCart, Purchase, Refund, ViewItem
from stream.engine.who import pseudonym, pseudonymiser
from stream.errors import LogError
from stream.lines import MAX_LINE_BYTES, Lines
from stream.logs import read_catalog, read_events

WHO = pseudonymiser("k1", b"secret")
VIEW = '{"event": "view_item", "event_id": "%s", "event_time_ms": 1763780000000, "user_id": "ana", "items": [{"item_id": "tea"}]}\n'
TWO = (VIEW % "a" + VIEW % "b").encode()


def log_of(tmp_path: Path, content: bytes | str) -> Path:
    path = tmp_path / "events.jsonl"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def event(**who: str) -> str:
    fields = "".join(f', "{name}": "{value}"' for name, value in who.items())
    return f'{{"event": "add_to_cart", "event_id": "a", "event_time_ms": 1763780000000{fields}}}\n'


@pytest.mark.parametrize(
    "content",
    [
        TWO,
        gzip.compress(TWO),
        zstandard.compress(TWO),
        gzip.compress(TWO[:30]) + gzip.compress(TWO[30:]),
        zstandard.compress(TWO[:30]) + zstandard.compress(TWO[30:]),
        gzip.compress(TWO) + bytes(512),
        b"\xef\xbb\xbf" + TWO,
        TWO.replace(b"\n", b"\r\n"),
        TWO.replace(b"\n", b"\n\n").rstrip(),
    ],
    ids=["plain", "gzip", "zstd", "gzip members", "zstd frames", "padded gzip", "byte order mark", "CRLF", "blank lines, no last end"],
)
def test_a_log_gives_the_same_events_however_it_is_written(tmp_path: Path, content: bytes) -> None:
    events = list(read_events(log_of(tmp_path, content), WHO))
    assert [(type(one), one.event_id) for one in events] == [(ViewItem, "a"), (ViewItem, "b")]


def test_raw_ids_become_the_customers_pseudonym_and_go_no_further(tmp_path: Path) -> None:
    log = log_of(tmp_path, event(user_id="ana", client_id="c1") + event(client_id="c1") + event(customer="k0:x", user_id="ana"))
    events = list(read_events(log, WHO))
    assert [one.customer for one in events] == [WHO("ana"), WHO("c1"), "k0:x"]
    assert all(one.user_id is None and one.client_id is None for one in events)


def test_who_has_only_a_session_is_one_customer_a_session(tmp_path: Path) -> None:
    # given two events of session s1, one of s2, and a user who is called s1
    log = log_of(tmp_path, event(session_id="s1") * 2 + event(session_id="s2") + event(user_id="s1"))
    one, same, other, user = [record.customer for record in read_events(log, WHO)]
    assert one == same
    assert len({one, other, user}) == 3


def test_a_refund_may_count_its_pieces_below_zero_but_nothing_else_may(tmp_path: Path) -> None:
    refund_line = (VIEW % "a").replace("view_item", "refund").replace('"tea"', '"tea", "quantity": -2')
    log = log_of(tmp_path, refund_line + refund_line.replace("refund", "purchase"))
    refused: list[LogError] = []
    [refund] = read_events(log, WHO, refused=refused.append)
    assert isinstance(refund, Refund)
    assert [error.line for error in refused] == [2]


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("{", "Input data was truncated"),
        ('{"event": "wink", "event_id": "a"}', "Invalid value 'wink' - at `$.event`"),
        ('{"event": "view_item", "event_id": "a", "event_time_ms": 5, "user_id": "ana"}', "`$.event_time_ms`"),
        (event().strip(), "names nobody: give customer, user_id, client_id or session_id"),
    ],
)
def test_a_damaged_line_is_named_with_path_number_and_cause(tmp_path: Path, line: str, cause: str) -> None:
    log = log_of(tmp_path, VIEW % "a" + line + "\n" + VIEW % "b")
    with pytest.raises(LogError) as damaged:
        list(read_events(log, WHO))
    assert (damaged.value.path, damaged.value.line) == (str(log), 2)
    assert cause in str(damaged.value)
    # and where they are collected, the others are read
    refused: list[LogError] = []
    assert [one.event_id for one in read_events(log, WHO, refused=refused.append)] == ["a", "b"]
    assert [error.line for error in refused] == [2]


@pytest.mark.parametrize(
    "content",
    [gzip.compress(TWO)[:-4], zstandard.compress(TWO * 100)[:-4], gzip.compress(TWO)[:-8] + b"damaged!", b"\x1f\x8b", b"\x28\xb5\x2f\xfd"],
    ids=["cut gzip", "cut zstd", "wrong checksum", "gzip head alone", "zstd head alone"],
)
def test_a_compressed_file_that_is_cut_or_damaged_is_never_taken_for_whole(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(LogError, match="fetch or write it again"):
        list(Lines(log_of(tmp_path, content)))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LogError, match=r"none: cannot be opened: No such file or directory"):
        list(read_events(tmp_path / "none", WHO))


def test_a_folder_is_no_log(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="cannot be read: Is a directory"):
        list(read_events(tmp_path, WHO))


def test_a_file_without_line_ends_is_not_held_in_memory(tmp_path: Path) -> None:
    packed = zlib.compressobj(wbits=31)
    path = log_of(tmp_path, packed.compress(bytes(2 * MAX_LINE_BYTES)) + packed.flush())
    with pytest.raises(LogError, match=r"longer than 8388608 bytes"):
        list(Lines(path))


def test_progress_goes_from_nothing_to_the_size_on_disk(tmp_path: Path) -> None:
    lines = Lines(log_of(tmp_path, gzip.compress(TWO)))
    assert (lines.done_bytes, lines.size_bytes) == (0, len(gzip.compress(TWO)))
    assert [number for number, _ in lines] == [1, 2]
    assert lines.done_bytes == lines.size_bytes


def test_a_log_can_be_read_again(tmp_path: Path) -> None:
    lines = Lines(log_of(tmp_path, TWO))
    assert list(lines) == list(lines)


def test_a_catalogue_in_json_lines_is_read_in_its_order(tmp_path: Path) -> None:
    path = log_of(tmp_path, '{"item_id": "tea"}\n{"item_name": "x"}\n{"item_id": "cup"}\n')
    refused: list[LogError] = []
    assert [item.item_id for item in read_catalog(path, refused=refused.append)] == ["tea", "cup"]
    assert [error.line for error in refused] == [2]


def test_a_pseudonym_is_the_key_id_and_the_hmac_of_the_raw_id() -> None:
    # RFC 4231, test case 2: key "Jefe", data "what do ya want for nothing?"
    assert pseudonym("what do ya want for nothing?", "k1", b"Jefe") == "k1:5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def test_a_pseudonymiser_shows_no_secret() -> None:
    assert "secret" not in repr(WHO).replace("pseudonymiser", "")


def test_events_keep_what_they_say(tmp_path: Path) -> None:
    line = '{"event": "purchase", "event_id": "a", "event_time_ms": 1763780000000, "user_id": "ana", "transaction_id": "t1", "later": 1}\n'
    [bought] = read_events(log_of(tmp_path, line), WHO)
    assert isinstance(bought, Purchase)
    assert not isinstance(bought, AddToCart)
    assert bought.transaction_id == "t1"

import gzip
import itertools
from pathlib import Path

import pytest

from stream.cli.anybody import anybody
from stream.errors import LogError
from stream.load.replay import Replay

LINE = b'{"event":"view_item","event_id":"e-%d","event_time_ms":1396314141719,"user_id":"u","items":[{"item_id":"tea"}]}\n'


def test_a_log_that_is_over_begins_again_in_the_next_round(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl.gz"
    log.write_bytes(gzip.compress(LINE % 0 + LINE % 1))
    first_five = itertools.islice(Replay(log, anybody), 5)
    assert [(turn, event.event_id) for turn, event in first_five] == [(0, "e-0"), (0, "e-1"), (1, "e-0"), (1, "e-1"), (2, "e-0")]


def test_lines_that_cannot_be_read_are_left_out_and_counted_once(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(LINE % 0 + b"not json\n" + b'{"event":"view_item"}\n' + LINE % 1)
    replay = Replay(log, anybody)
    assert [event.event_id for _, event in itertools.islice(replay, 6)] == ["e-0", "e-1"] * 3
    assert replay.left_out == 2


@pytest.mark.parametrize("content", [b"", b"\n\n", b"not json\n"])
def test_a_log_without_any_event_is_refused_at_once(tmp_path: Path, content: bytes) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(content)
    with pytest.raises(LogError, match="holds no event"):
        Replay(log, anybody)


def test_a_log_that_is_not_there_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="cannot be opened"):
        Replay(tmp_path / "none", anybody)

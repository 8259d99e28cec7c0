import gzip
import random
import resource
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from stream.archive.rejects import Reject, RejectsFile
from stream.archive.writing import LinesFile
from stream.errors import LogError
from stream.lines import Lines


@pytest.mark.parametrize(
    ("name", "unpack"),
    [
        ("a.jsonl", bytes),
        ("a.jsonl.gz", gzip.decompress),
        ("a.jsonl.zst", lambda packed: zstandard.ZstdDecompressor().decompressobj().decompress(packed)),
    ],
    ids=["plain", "gzip", "zstd"],
)
def test_lines_are_compressed_as_the_name_says_and_the_same_lines_give_the_same_bytes(
    tmp_path: Path, name: str, unpack: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / name
    contents = []
    for _ in range(2):
        with LinesFile(path) as file:
            file.write(b"one")
            file.write(b"two")
        contents.append(path.read_bytes())
    assert contents[0] == contents[1]
    assert unpack(contents[0]) == b"one\ntwo\n"
    assert [line for _, line in Lines(path)] == [b"one", b"two"]
    assert (file.lines, file.bytes) == (2, 8)


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst"])
def test_until_the_end_there_is_no_file_and_after_an_error_the_old_one(tmp_path: Path, name: str) -> None:
    path = tmp_path / name

    def interrupted() -> None:
        with LinesFile(path) as file:
            file.write(b"new" * 100_000)
            assert path.exists() == was_there
            raise KeyboardInterrupt

    was_there = False
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []
    path.write_bytes(b"old")
    was_there = True
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"old"]


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    with LinesFile(tmp_path / "a.jsonl"):
        pass
    assert stat.S_IMODE((tmp_path / "a.jsonl").stat().st_mode) == 0o600


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="cannot be written: No such file or directory"), LinesFile(tmp_path / "none" / "a.jsonl"):
        pass


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst"])
def test_a_full_disk_ends_with_its_cause_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    # given a limit of 64 KiB on every file of this process, and 1 MiB that cannot be compressed
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, limits[1]))
    try:
        with pytest.raises(LogError, match="cannot be written: File too large"), LinesFile(tmp_path / name) as file:
            file.write(random.Random(1).randbytes(1_048_576))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert list(tmp_path.iterdir()) == []


def test_rejects_are_kept_with_number_reason_and_text_and_an_old_file_goes(tmp_path: Path) -> None:
    path = tmp_path / "log.rejects.jsonl"
    path.write_text("old")
    with RejectsFile(path) as refuse:
        refuse(Reject.of("log", 7, "why", b"{"))
        refuse(Reject.of("log", 9, "why", b"\xff"))
    assert path.read_text() == (
        '{"path":"log","line":7,"reason":"why","text":"{"}\n{"path":"log","line":9,"reason":"why","text":{"base64":"/w=="}}\n'
    )
    with RejectsFile(path):
        pass
    assert not path.exists()

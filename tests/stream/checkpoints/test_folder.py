"""What stands in the folder is whole, and only what is to be kept stands there."""

import errno
import fcntl
import os
from pathlib import Path

import pytest

from online_models.memory.shared import SharedMemory
from stream.checkpoints.folder import Folder
from stream.errors import SettingsError
from tests.support.checkpoints import checkpoint_of

HERE = checkpoint_of(SharedMemory(session_rows=4, baskets=4), {0: 9})
LATER = checkpoint_of(SharedMemory(session_rows=4, baskets=4), {0: 12})


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "kept", kept=3)
    folder.open()
    return folder


def test_the_newest_three_are_kept_for_their_owner_alone(folder: Folder) -> None:
    paths = [folder.put(HERE) for _ in range(5)]
    folder.clear({})
    assert folder.newest_first() == paths[:1:-1]
    assert (paths[4].stat().st_mode & 0o777, folder.path.stat().st_mode & 0o777) == (0o600, 0o700)


def test_the_newest_is_the_one_written_last_whatever_the_clock_says(folder: Folder) -> None:
    first, second = folder.put(HERE), folder.put(HERE)
    os.utime(first, (2e9, 2e9))
    assert folder.newest_first() == [second, first]


def test_what_is_damaged_or_was_refused_takes_no_place_of_a_good_one(folder: Folder) -> None:
    good = [folder.put(HERE) for _ in range(3)]
    changed, foreign = folder.put(HERE), folder.put(HERE)
    changed.write_bytes(b"no checkpoint")
    folder.clear({}, {foreign})
    assert folder.newest_first() == good[::-1]


def test_what_may_hold_somebody_forgotten_goes_however_few_are_left(folder: Folder) -> None:
    holding, later = folder.put(HERE), folder.put(LATER)
    # when the record at offset 9 of partition 0 is a wish to be forgotten: one goes on at 9, so does not know it, the other at 12
    assert folder.clear({0: 9}) == 1
    assert folder.newest_first() == [later]
    assert not holding.exists()


def test_one_that_cannot_be_written_to_its_end_leaves_nothing_behind(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        folder.put(HERE)
    assert list(folder.path.iterdir()) == []


def test_what_a_dead_writer_left_goes_at_the_next_opening_and_what_is_being_written_stays(folder: Folder) -> None:
    left, busy = folder.path / "memory-00000001-00000000.unfinished", folder.path / "memory-00000002-00000000.unfinished"
    left.write_bytes(b"half of it")
    with busy.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        folder.open()
        assert list(folder.path.iterdir()) == [busy]
    folder.open()
    assert list(folder.path.iterdir()) == []


def test_a_setting_that_names_a_file_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(SettingsError, match="cannot be a folder of ours"):
            Folder(path, 3).open()

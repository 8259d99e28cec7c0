from pathlib import Path

import pytest

from stream.checkpoints.folder import Folder
from stream.exits import FAILED, OK, USAGE
from tests.online_models.records import memory_of, walks
from tests.stream.cli.conftest import Tsuide
from tests.support.checkpoints import checkpoint_of, spoil


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "checkpoints", kept=3)


def test_they_are_listed_newest_first_with_what_they_go_on_from(tsuide: Tsuide, folder: Folder) -> None:
    # given a checkpoint of three records, and a later one of five
    older = folder.put(checkpoint_of(memory_of(walks("tea cup jar")), {0: 2, 1: 1}))
    newer = folder.put(checkpoint_of(memory_of(walks("tea cup jar", "cup tea")), {0: 3, 1: 2}))
    ended = tsuide("checkpoints", TSUIDE_CHECKPOINTS=str(folder.path))
    assert ended.code == OK
    [head, first, second] = ended.out.splitlines()
    assert head.split() == ["checkpoint", "written", "(UTC)", "records", "goes", "on", "at", "size", "state"]
    assert first.split() == [newer.name, "2025-11-22", "12:00:00", "5", "0:3,", "1:2", "0.0", "MB", "whole"]
    assert second.split()[:1] + second.split()[3:6] == [older.name, "3", "0:2,", "1:1"]


def test_one_that_is_damaged_is_named_with_the_reason_and_ends_with_1(tsuide: Tsuide, folder: Folder) -> None:
    path = folder.put(checkpoint_of(memory_of(walks("tea cup")), {0: 2}))
    spoil(path)
    ended = tsuide("checkpoints", "--json", TSUIDE_CHECKPOINTS=str(folder.path))
    assert ended.code == FAILED
    assert ended.json["path"] == str(path)
    assert ended.json["offsets"] == {"0": 2}
    assert ended.json["fault"].startswith("its checksum is wrong")


def test_where_none_are_it_ends_with_1_and_without_a_folder_as_wrong_use(tsuide: Tsuide, folder: Folder) -> None:
    assert tsuide("checkpoints", TSUIDE_CHECKPOINTS=str(folder.path)).code == FAILED
    ended = tsuide("checkpoints")
    assert ended.code == USAGE
    assert "TSUIDE_CHECKPOINTS names no folder" in ended.err

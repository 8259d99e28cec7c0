"""A checkpoint is read back as it was written, or refused."""

from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from online_models.checkpoint.shared import FORMAT, memory_of
from online_models.memory.shared import SharedMemory
from stream.checkpoints import file
from stream.checkpoints.file import Body, CheckpointRefused, Header, Mark, read_checkpoint, read_header
from tests.online_models.checkpoint.alike import unlike
from tests.online_models.records import memory_of as built
from tests.online_models.records import walks
from tests.support.checkpoints import checkpoint_of, flip

WALKS = walks("tea cup spoon", "cup jar", tea="drinks", cup="cups")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes, SharedMemory]:
    """A checkpoint of a small memory, to go on at offset 9."""
    memory = built(WALKS, session_rows=4, baskets=4)
    path = tmp_path_factory.mktemp("written") / "one.checkpoint"
    path.write_bytes(b"".join(checkpoint_of(memory, {0: 9})))
    return path, path.read_bytes(), memory


def test_it_comes_back_to_the_last_bit_and_says_what_it_belongs_to(written: tuple[Path, bytes, SharedMemory]) -> None:
    path, _, memory = written
    header, columns = read_checkpoint(path)
    assert unlike(memory, memory_of(columns, header.windows)) == []
    assert (header.records, header.marks, header.identity.topic) == (5, {0: Mark(9)}, "tsuide.memory.v1")
    assert header == read_header(path)


@given(where=st.floats(0, 1, exclude_max=True))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_with_any_bit_changed_it_is_refused(where: float, written: tuple[Path, bytes, SharedMemory], tmp_path: Path) -> None:
    path = tmp_path / "changed.checkpoint"
    path.write_bytes(written[1])
    flip(path, int(where * len(written[1])))
    with pytest.raises(CheckpointRefused) as refused:
        read_checkpoint(path)
    assert (refused.value.kind, refused.value.path) == ("damaged", path)


@given(where=st.floats(0, 1, exclude_max=True), more=st.booleans())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_cut_off_anywhere_or_with_more_behind_it_is_refused(
    where: float, more: bool, written: tuple[Path, bytes, SharedMemory], tmp_path: Path
) -> None:
    path = tmp_path / "cut.checkpoint"
    path.write_bytes(written[1] + b"x" if more else written[1][: int(where * len(written[1]))])
    with pytest.raises(CheckpointRefused):
        read_checkpoint(path)


def test_a_file_that_is_gone_or_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "gone", tmp_path):
        with pytest.raises(CheckpointRefused, match="cannot be read"):
            read_header(path)


def test_one_of_another_release_is_refused_as_such_whatever_its_header_holds(tmp_path: Path) -> None:
    path = tmp_path / "later.checkpoint"
    later = msgspec.json.encode({"format": FORMAT + 1, "marks": "told otherwise"})
    path.write_bytes(b"".join([file.MAGIC, len(later).to_bytes(4, "little"), file._digest(later), later, b"body"]))
    with pytest.raises(CheckpointRefused, match=f"its format is {FORMAT + 1}, this release reads {FORMAT}") as refused:
        read_header(path)
    assert refused.value.kind == "version"


def test_what_could_be_executed_is_no_column(tmp_path: Path) -> None:
    # given a column of Python objects, as numpy would pickle them
    body = Body()
    body.add([("evil", np.array([len], object))])
    template = read_header_of_empty()
    path = tmp_path / "evil.checkpoint"
    path.write_bytes(b"".join(body.closed(template)))
    # then it is not even looked at
    with pytest.raises(ValueError, match="the column evil is"):
        read_checkpoint(path)


def read_header_of_empty() -> Header:
    return Header(created_ms=0, records=0, identity=file.Identity("t", {}), windows={}, marks={})


def test_a_checkpoint_may_hold_whoever_was_forgotten_at_or_after_its_offset_of_that_partition() -> None:
    header = msgspec.structs.replace(read_header_of_empty(), marks={0: Mark(9), 1: Mark(4)})
    wishes = ({}, {0: 8}, {0: 9}, {1: 4, 0: 1}, {1: 3}, {2: 0})
    assert [header.holds(forgets) for forgets in wishes] == [False, False, True, True, False, True]

"""Checkpoints of small memories, and ways to spoil them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from online_models.checkpoint.shared import pieces_of, shape_of, windows_of
from online_models.memory.shared import SharedMemory
from stream.checkpoints.file import Body, Header, Identity, Mark
from stream.checkpoints.look import look_at
from tests.support.log_lines import lines_in

TOPIC = "tsuide.memory.v1"


def checkpoint_of(
    memory: SharedMemory, offsets: Mapping[int, int], *, topic: str = TOPIC, forgets: Mapping[int, int] | None = None
) -> list[bytes]:
    """Return a checkpoint in parts, to go on at these offsets."""
    body = Body()
    body.add(list(pieces_of(memory)))
    header = Header(
        created_ms=1_763_812_800_000,
        records=memory.version,
        identity=Identity(topic, shape_of(memory)),
        windows=windows_of(memory),
        marks={number: Mark(offset) for number, offset in offsets.items()},
        forgets=dict(forgets or {}),
    )
    return body.closed(header)


def flip(path: Path, place: int) -> None:
    """Change one bit of a file."""
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def spoil(path: Path) -> None:
    """Change one bit of what a checkpoint holds, as a bad disk does."""
    flip(path, path.stat().st_size - 10)


def saved(folder: Path) -> list[Path]:
    """Return the checkpoints in a folder, newest first."""
    return sorted(folder.glob("*.checkpoint"), reverse=True)


def unfinished(folder: Path) -> list[Path]:
    """Return what writers are at, or have left behind."""
    return list(folder.glob("*.unfinished"))


def whole(paths: Sequence[Path]) -> bool:
    """Return whether all of these are whole."""
    return all(look_at(path).fault is None for path in paths)


def started_from(log: Path) -> list[str]:
    """Return the checkpoints that a process says it started from; none where it read its topic from the beginning."""
    return [line["path"] for line in lines_in(log, "started from a checkpoint")]

"""The folder that checkpoints lie in: each put there whole or not at all, the newest few kept."""

import fcntl
import os
import re
import secrets
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

from stream.checkpoints.file import CheckpointRefused, read_header
from stream.errors import SettingsError
from stream.telling.logger import logger_of

logger = logger_of(__name__)
NAME = re.compile(r"memory-(\d{8,})-[0-9a-f]{8}\.checkpoint\Z")
UNFINISHED = ".unfinished"


class Folder:
    """One folder, which several workers of a machine may share: what they save is the same.

    Names are numbered and never used twice; the higher number is the newer one, whatever the clocks say.
    """

    def __init__(self, path: Path, kept: int) -> None:
        self.path, self._kept = path, kept

    def open(self) -> None:
        """Make the folder where it is missing, for its owner alone, and remove what writers that died have left behind.

        Raises:
            SettingsError: it is no folder, or may not be made there.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError, PermissionError) as fault:
            raise SettingsError(f"TSUIDE_CHECKPOINTS is {self.path}, which cannot be a folder of ours ({fault.strerror}).") from fault
        except OSError as fault:  # full, or mounted read-only: at a restart no reason not to work
            logger.error("folder of checkpoints cannot be made", path=str(self.path), error=fault.strerror)  # noqa: TRY400
        for path in self.path.glob(f"*{UNFINISHED}"):
            _remove_unless_in_use(path)

    def newest_first(self) -> list[Path]:
        """Return the checkpoints in the folder, whether they are of use or not."""
        found = [(int(match[1]), path) for path in self.path.glob("*") if (match := NAME.match(path.name))]
        return [path for _, path in sorted(found, reverse=True)]

    def put(self, parts: Sequence[bytes]) -> Path:
        """Write a checkpoint beside the others: it is there once all of it is on the disk.

        Raises:
            OSError: it could not be written; nothing of it is left.
        """
        newest = self.newest_first()
        number = int(NAME.match(newest[0].name)[1]) + 1 if newest else 1  # type: ignore[index] # they are named so
        path = self.path / f"memory-{number:08d}-{secrets.token_hex(4)}.checkpoint"
        unfinished = path.with_suffix(UNFINISHED)
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with open(unfinished, "xb", opener=_for_its_owner) as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.writelines(parts)
                file.flush()
                os.fsync(file.fileno())
                unfinished.rename(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        self._settle()
        return path

    def clear(self, forgets: dict[int, int], refused: Collection[Path] = ()) -> int:
        """Delete what is too old, was refused, or may hold rows of somebody who wished to be forgotten; return how many of the last."""
        gone = 0
        usable = 0
        for path in self.newest_first():
            try:
                header = read_header(path)
            except CheckpointRefused:
                path.unlink(missing_ok=True)
                continue
            holds = header.holds(forgets)
            gone += holds
            if holds or path in refused or usable == self._kept:
                path.unlink(missing_ok=True)
            else:
                usable += 1
        self._settle()
        return gone

    def _settle(self) -> None:
        """Let the disk know which names there are."""
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _remove_unless_in_use(path: Path) -> None:
    """Delete what nobody holds the lock of: its writer is dead."""
    with suppress(OSError), path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink(missing_ok=True)

"""Workers, and a trainer, of a replay's own: processes of this machine that end with it."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from stream.processes.children import Child, end_all
from stream.replay.feed.apart import variables
from stream.settings import Settings

END_S = 10.0


class Crew:
    """Starts so many workers, and where `teaches` a trainer, when it is entered, and ends them when it is left; none for 0 workers."""

    def __init__(self, there: Settings, workers: int, *, teaches: bool, policy: Path | None) -> None:
        self._environ: Mapping[str, str] = {
            **os.environ,
            **variables(there),
            **({"TSUIDE_POLICY": str(policy)} if policy is not None else {}),
            "TSUIDE_OPS_LISTEN": "",
            "TSUIDE_CHECKPOINTS": "",
        }
        self._roles = ["worker"] * workers + ["trainer"] * (teaches and workers > 0)
        self._held = ExitStack()
        self.children: list[Child] = []

    def __enter__(self) -> Self:
        folder = Path(self._held.enter_context(tempfile.TemporaryDirectory(prefix="tsuide-replay-", ignore_cleanup_errors=True)))
        command = [sys.executable, "-m", "stream.cli"]
        for number, role in enumerate(self._roles):
            self.children.append(Child(f"{role} {number + 1}", [*command, role], folder, self._environ))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        end_all(self.children, END_S)
        self._held.close()

    def check(self) -> None:
        """Raise ChildEnded, with its last words, where one of them has ended by itself."""
        for child in self.children:
            child.check()

    async def watch(self, every_s: float = 0.5) -> None:
        """Raise ChildEnded as soon as one of them has ended."""
        while True:
            self.check()
            await asyncio.sleep(every_s)

"""A child: a process of ours with its output in a file."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from stream.errors import StreamError

LAST_LINES = 30
LEASH = Path(__file__).with_name("leash.py")
PAGES_PER_MIB = 1024 * 1024 / os.sysconf("SC_PAGE_SIZE")


class ChildEnded(StreamError):
    """A child ended by itself or did not start in time; the message ends with its last words."""


class Child:
    """One process by the full path of its program, its output in a file. Start it from the main thread: its life hangs on that thread."""

    def __init__(self, name: str, command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        with self.log.open("wb") as log:
            # A session of its own: Ctrl-C is for the parent, which then ends its processes in order.
            leashed = [sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), *command]
            self._process = subprocess.Popen(
                leashed, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=dict(environ), start_new_session=True
            )

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def check(self) -> None:
        """Raise ChildEnded, with the end of its log, if the process is gone."""
        code = self._process.poll()
        if code is not None:
            raise ChildEnded(f"the {self.name} ended by itself with code {code}. Its last words:\n{self.last_words()}")

    def last_words(self) -> str:
        """Return the end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LAST_LINES:])

    def resident_mib(self) -> float | None:
        """Return the memory that it holds, or None where the system does not tell."""
        try:
            return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) / PAGES_PER_MIB
        except (OSError, IndexError):
            return None

    def ask_to_end(self) -> None:
        """Send SIGTERM; nothing happens when it has ended."""
        if self._process.poll() is None:
            self._process.terminate()

    def end(self, within_s: float) -> None:
        """Wait for its end, and kill it when that takes longer."""
        self.ask_to_end()
        try:
            self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def end_all(children: Sequence[Child], within_s: float) -> None:
    """End them side by side."""
    for child in children:
        child.ask_to_end()
    for child in children:
        child.end(within_s)

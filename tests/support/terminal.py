"""A command on a terminal of a test's own."""

import os
import pty
import signal
import subprocess
from collections.abc import Mapping, Sequence


class OnTerminal:
    """Runs one command; `seen` is all that it has written so far."""

    def __init__(self, command: Sequence[str], *, columns: int, lines: int, **settings: str) -> None:
        self.seen = b""
        self._ours, theirs = pty.openpty()
        look: Mapping[str, str] = {"TERM": "xterm", "COLUMNS": str(columns), "LINES": str(lines)}
        self._process = subprocess.Popen(command, stdout=theirs, stderr=theirs, env=os.environ | settings | look)
        os.close(theirs)

    def wait_for(self, text: bytes, *, times: int = 1) -> None:
        """Return once it has written this so often. Raises OSError where it ends before."""
        while self.seen.count(text) < times:
            self.seen += os.read(self._ours, 4096)

    def interrupt(self, *, within_s: float = 30) -> int:
        """Press Ctrl-C, read the rest and return the exit code."""
        self._process.send_signal(signal.SIGINT)
        try:
            while more := os.read(self._ours, 4096):
                self.seen += more
        except OSError:  # how Linux says that nobody writes any more
            os.close(self._ours)
        return self._process.wait(within_s)

"""`tsuide demo` as a process of its own, with its output in files."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support.server import wait_until

LATEST_S = 200  # on a machine that does other things too
PROCESSES = {"redis-server", "worker", "trainer"}
OPENED = re.compile(r"the shop is open: (http://127\.0\.0\.1:\d+)$", re.MULTILINE)


class RunningDemo:
    """A demo whose temporary files lie in a folder of the test's own."""

    def __init__(self, folder: Path, *options: str, **servers: str) -> None:
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        environ = {name: value for name, value in os.environ.items() if name not in ("KAFKA_BOOTSTRAP_SERVERS", "REDIS_URL")}
        self.out, self.err = folder / "out", folder / "err"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            command = [sys.executable, "-m", "stream.cli", "demo", *options]
            self.process = subprocess.Popen(command, stdout=out, stderr=err, env=environ | {"TMPDIR": str(self.temporary)} | servers)

    def children(self) -> dict[str, int]:
        """Return the pids of its processes by what they are."""
        pids = [int(pid) for task in Path(f"/proc/{self.process.pid}/task").glob("*/children") for pid in task.read_text().split()]
        programs = {pid: Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").split() for pid in pids}
        return {name: pid for pid, words in programs.items() for name in PROCESSES if any(Path(word).name == name for word in words)}

    def has_said(self, text: str) -> bool:
        """Tell whether it said this on standard output, or is gone."""
        return self.process.poll() is not None or text in self.out.read_text()

    def wait_for(self, text: str) -> None:
        """Return once it has said this. Fails with its errors if it ends before."""
        wait_until(lambda: self.has_said(text), within_s=LATEST_S, what=f"the demo says {text!r}")
        assert text in self.out.read_text(), self.err.read_text()

    def end(self) -> int:
        """Wait for its own end and return the exit code."""
        return self.process.wait(LATEST_S)

    def address(self) -> str:
        """Return where its shop is, as soon as it has said so."""
        wait_until(lambda: bool(self._opened()) or self.process.poll() is not None, within_s=LATEST_S, what="the shop is open")
        found = self._opened()
        assert found, self.err.read_text()
        return found[0]

    def _opened(self) -> list[str]:
        return OPENED.findall(self.out.read_text() + self.err.read_text())


def gone(pids: dict[str, int]) -> bool:
    """Tell whether none of these processes is there any more."""
    return not any(Path(f"/proc/{pid}").exists() for pid in pids.values())

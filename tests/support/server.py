"""A server process of a test: started, waited for, stopped, paused and killed by its own process id."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

START_S = 60
STOP_S = 20
LOOK_AGAIN_S = 0.02
LOG_TAIL = 2_000  # characters of a server's own words in an error


class ServerDidNotStart(Exception):
    """Raised when a server ends by itself or does not answer in time; the message ends with its log."""


def free_port() -> int:
    """Return a TCP port of this machine that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_until(holds: Callable[[], bool], *, within_s: float, what: str) -> None:
    """Return as soon as `holds()`. Raises TimeoutError naming `what` after `within_s` seconds."""
    deadline = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {within_s:g} s: {what}")
        time.sleep(LOOK_AGAIN_S)


class Server:
    """One process that a test owns. All calls block; from a running event loop use `asyncio.to_thread`."""

    def __init__(self, folder: Path, command: Sequence[str]) -> None:
        self.folder = folder
        self.log = folder / "server.log"
        self._command = list(command)
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def answers(self) -> bool:
        """Return whether a client would be served now."""
        raise NotImplementedError

    @property
    def pid(self) -> int:
        """The process id. Raises RuntimeError when it is not running."""
        if self._process is None:
            raise RuntimeError(f"{type(self).__name__} is not running: call start() first")
        return self._process.pid

    @property
    def memory_bytes(self) -> int:
        """What of its memory is resident."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return 1_024 * int(status.partition("VmRSS:")[2].split()[0])

    @property
    def running(self) -> bool:
        """Whether the process exists; a paused one does."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> Self:
        """Start it, on the same ports and files as before, and return when it answers. Raises ServerDidNotStart."""
        self.launch()
        try:
            wait_until(lambda: not self.running or self.answers(), within_s=START_S, what=f"{type(self).__name__} answers")
        except TimeoutError as late:
            self.kill9()
            raise ServerDidNotStart(f"{late}\n{self._last_words()}") from late
        if not self.running:
            self._process = None
            raise ServerDidNotStart(f"{type(self).__name__} ended by itself\n{self._last_words()}")
        return self

    def launch(self) -> Self:
        """Start it and return at once."""
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C is for pytest, which then ends the server in its fixtures.
            self._process = subprocess.Popen(self._command, cwd=self.folder, stdout=log, stderr=log, start_new_session=True)
        return self

    def ended(self, within_s: float) -> int:
        """Wait until it ends by itself and return its exit code, negative for a signal. Raises subprocess.TimeoutExpired."""
        if self._process is None:
            raise RuntimeError(f"{type(self).__name__} is not running: call start() first")
        return self._process.wait(within_s)

    def terminate(self) -> None:
        """Ask it to end (SIGTERM) and wait; nothing happens when it is not running."""
        if self.running:
            self._signal(signal.SIGTERM)
            self._signal(signal.SIGCONT)
        self._reap(STOP_S)

    def kill9(self) -> None:
        """End it at once (SIGKILL), paused or not; nothing happens when it is not running."""
        if self.running:
            self._signal(signal.SIGKILL)
        self._reap(STOP_S)

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal and go on."""
        self._signal(number)

    def pause(self) -> None:
        """Stop it where it stands (SIGSTOP) and return when its last thread has: connections stay open, nothing is answered."""
        self._signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def resume(self) -> None:
        """Let it go on after `pause`."""
        self._signal(signal.SIGCONT)

    def restart(self) -> Self:
        """Kill it and start it again on the same files."""
        self.kill9()
        return self.start()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill9()

    def _signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def _reap(self, within_s: float) -> None:
        if self._process is None:
            return
        try:
            self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _last_words(self) -> str:
        return self.log.read_text(errors="replace")[-LOG_TAIL:]

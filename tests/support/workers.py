"""Worker processes of a test, beside each other in one group."""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support.servers import Server, wait_until
from tests.support.topics import PARTITIONS

ROOT = Path(__file__).parents[2]
SECRET = "a secret of the tests, long enough"
STANDS = "stands at ["
SHUTDOWN_S = 5
# Speaks on every view and every cart line, so that each of them must have its suggestion.
POLICY = """\
order = ["accessories"]
always_speak = true
quiet_first_view = false
popularity_fallback = true
[accessories]
triggers = ["view_item", "add_to_cart"]
items = 2
"""


def python(environ: Mapping[str, str], *arguments: str) -> list[str]:
    """Return the command of a process of this checkout."""
    settings = [f"{name}={value}" for name, value in ({"PYTHONPATH": str(ROOT)} | dict(environ)).items()]
    return ["/usr/bin/env", *settings, sys.executable, "-m", *arguments]


def put(file: Path, text: str) -> None:
    """Put a file in place at once."""
    new = file.with_suffix(".new")
    new.write_text(text)
    os.replace(new, file)


class Worker(Server):
    """One process; it answers once it was given partitions for the first time."""

    def answers(self) -> bool:
        """Return whether it stands somewhere."""
        return STANDS in self.said

    @property
    def said(self) -> str:
        """What it has logged so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    @property
    def partitions(self) -> list[int]:
        """The partition numbers that it was given last."""
        last = self.said.rpartition(STANDS)[2].partition("]")[0]
        return [int(number) for number in last.split(",") if number.strip()]

    def wait_for_partitions(self, numbers: int, *, within_s: float = 30) -> None:
        """Return once it has this many. Raises TimeoutError."""
        wait_until(lambda: len(self.partitions) == numbers, within_s=within_s, what=f"{numbers} partitions for {self.folder.name}")


class Crew:
    """Makes workers that share a group, a Redis and a broker; `end` kills whatever of them still runs."""

    def __init__(self, folder: Path, bootstrap: str, redis_url: str, *, name: str, partitions: int) -> None:
        self.prefix = name
        self._folder, self._processes = folder, list[Server]()
        folder.mkdir(parents=True, exist_ok=True)
        policy = folder / "policy.toml"
        policy.write_text(POLICY)
        self.environ = {
            "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
            "REDIS_URL": redis_url,
            "TSUIDE_GROUP": name,
            "TSUIDE_PREFIX": name,
            "TSUIDE_PARTITIONS": str(partitions),
            "TSUIDE_PSEUDONYM_SECRET": SECRET,
            "TSUIDE_POLICY": str(policy),
            "TSUIDE_SESSION_TIMEOUT_S": "6",
            "TSUIDE_HEARTBEAT_S": "0.5",
            "TSUIDE_SHUTDOWN_S": str(SHUTDOWN_S),
        }

    def worker(self, *fault: str, **settings: str) -> Worker:
        """Return one more worker, not started yet; `settings` are variables that are its own."""
        command = python(self.environ | settings, "tests.support.worker_process", *fault)
        worker = Worker(self._folder / f"worker{len(self._processes)}", command)
        self._processes.append(worker)
        return worker

    def trainer(self, *fault: str, **settings: str) -> Server:
        """Return a trainer, not started yet; `fault`: when it is to die, `settings` are variables that are its own."""
        module = ["tests.support.trainer_process", *fault] if fault else ["stream.cli", "trainer"]
        trainer = Server(self._folder / f"trainer{len(self._processes)}", python(self.environ | settings, *module))
        self._processes.append(trainer)
        return trainer

    def end(self) -> None:
        """Kill what still runs."""
        for process in self._processes:
            process.kill9()


async def started(*workers: Worker) -> None:
    """Start workers beside each other, and wait until each was given partitions."""
    await asyncio.gather(*(asyncio.to_thread(worker.start) for worker in workers))
    if len(workers) > 1:
        for worker in workers:
            await asyncio.to_thread(worker.wait_for_partitions, PARTITIONS // len(workers))

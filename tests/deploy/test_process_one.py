"""In a container tsuide is process 1, which the kernel spares every signal that it does not listen to."""

import os
import signal
import sys
from pathlib import Path

import pytest

from stream.exits import INTERRUPTED
from tests.conftest import not_run_for
from tests.support.image import why_no_namespace
from tests.support.log_lines import lines_in
from tests.support.server import Server, free_port, wait_until
from tests.support.workers import python


class ProcessOne(Server):
    """`tsuide worker` as process 1 of a namespace of its own."""

    def __init__(self, folder: Path, **variables: str) -> None:
        super().__init__(folder, ["unshare", "--pid", "--fork", "--kill-child", *python(variables, "stream.cli", "worker")])

    @property
    def inner_pid(self) -> int:
        """Its process id as everybody else sees it."""
        return int(Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()[0])


@pytest.mark.skipif(sys.platform != "linux", reason="namespaces of processes are Linux's")
def test_a_worker_that_still_waits_for_kafka_ends_when_it_is_told_to(tmp_path: Path) -> None:
    not_run_for(why_no_namespace())
    # given a worker in a container that waits for a broker
    away = {"KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{free_port()}", "TSUIDE_PSEUDONYM_SECRET": "long enough for a test"}
    worker = ProcessOne(tmp_path / "worker", **away)
    worker.launch()
    try:
        wait_until(lambda: bool(lines_in(worker.log, "topic not followed now")), within_s=60, what="it waits for Kafka")
        # when it is told to end
        os.kill(worker.inner_pid, signal.SIGTERM)
        # then it does, long before anybody would kill it
        assert worker.ended(within_s=10) == INTERRUPTED
    finally:
        worker.kill9()

"""Processes of the demo: never left behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stream.processes.children import Child, ChildEnded, end_all
from tests.support.server import wait_until

SLEEPER = [sys.executable, "-c", "import time; print('here', flush=True); time.sleep(600)"]
STUBBORN = [sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); print('here', flush=True); time.sleep(600)"]
PARENT = """
import os, sys, time
from pathlib import Path
from stream.processes.children import Child
child = Child("sleeper", [sys.executable, "-c", "import time; time.sleep(600)"], Path(sys.argv[1]), os.environ)
print(child.pid, flush=True)
time.sleep(600)
"""


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def started(command: list[str], folder: Path) -> Child:
    child = Child("sleeper", command, folder, os.environ)
    wait_until(lambda: "here" in child.last_words(), within_s=30, what="the child runs")
    return child


def test_a_child_that_ended_is_told_with_its_code_and_its_last_words(tmp_path: Path) -> None:
    child = Child("worker", [sys.executable, "-c", "import sys; print('no secret'); sys.exit(2)"], tmp_path, os.environ)
    wait_until(lambda: not is_there(child.pid), within_s=30, what="the child ends")
    with pytest.raises(ChildEnded, match=r"(?s)worker ended by itself with code 2.*no secret"):
        child.check()


def test_children_end_when_they_are_asked(tmp_path: Path) -> None:
    child = started(SLEEPER, tmp_path)
    end_all([child], within_s=30)
    assert not is_there(child.pid)


def test_a_child_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    child = started(STUBBORN, tmp_path)
    end_all([child], within_s=0.1)
    assert not is_there(child.pid)


def test_a_child_is_gone_when_its_parent_is_killed(tmp_path: Path) -> None:
    # given a process with a child
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        child = int(parent.stdout.readline())
        # when it is killed, so that it can do nothing about it
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    # then
    wait_until(lambda: not is_there(child), within_s=30, what="the child is gone")

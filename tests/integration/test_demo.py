"""`tsuide demo` as users start it: a process, its output, its exit code, and nothing left behind."""

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
import redis

from tests.support.running_demo import LATEST_S, PROCESSES, RunningDemo, gone
from tests.support.servers import RedisServer, wait_until

ENDS_WITHIN_S = 5


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Callable[..., RunningDemo]]:
    running: list[RunningDemo] = []

    def start(*options: str, **servers: str) -> RunningDemo:
        running.append(RunningDemo(tmp_path, *options, **servers))
        return running[-1]

    yield start
    for one in running:
        one.process.kill()
        one.process.wait()


def test_for_machines_the_last_line_is_the_figures_of_a_run_that_suggested_and_lost_nothing(demo: Callable[..., RunningDemo]) -> None:
    # when a machine runs it
    running = demo("--headless", "--seconds", "10", "--history", "300", "--json")
    code = running.end()
    # then
    assert code == 0, running.err.read_text()
    figures = json.loads(running.out.read_text().splitlines()[-1])
    assert figures["events"] > 0
    assert 0 < figures["suggestions"] <= figures["events"]
    assert 0 < figures["p50_ms"] <= figures["p99_ms"]
    assert figures["dead_letters"] == 0
    assert figures["model_version"] > 0
    assert figures["warmed_up_with"] == 300
    assert list(running.temporary.iterdir()) == []


def test_for_machines_the_shop_s_address_goes_where_the_figures_do_not(demo: Callable[..., RunningDemo]) -> None:
    # when a machine runs it
    running = demo("--json", "--history", "0")
    address = running.address()
    # then standard output is kept for the figures, and the shop is there though nothing is warm yet
    assert running.out.read_text() == ""
    with urlopen(address) as answer:
        assert answer.status == 200


def test_a_port_that_is_taken_is_said_and_nothing_is_left_behind(demo: Callable[..., RunningDemo]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        running = demo("--json", "--port", str(taken.getsockname()[1]))
        assert running.end() == 2
    assert "nobody can listen" in running.err.read_text()
    assert list(running.temporary.iterdir()) == []


def test_ctrl_c_ends_it_at_once_with_a_summary_and_leaves_nothing_behind(demo: Callable[..., RunningDemo]) -> None:
    # given a demo that is live, and has a Redis, a worker and a trainer
    running = demo("--history", "0")
    running.wait_for("wait p50")
    processes = running.children()
    assert set(processes) == PROCESSES
    # when Ctrl-C is pressed
    pressed_s = time.monotonic()
    running.process.send_signal(signal.SIGINT)
    code = running.end()
    # then
    assert time.monotonic() - pressed_s < ENDS_WITHIN_S
    assert code == 0, running.err.read_text()
    assert "events" in running.out.read_text().splitlines()[-3]
    assert gone(processes)
    assert list(running.temporary.iterdir()) == []


def test_a_demo_that_is_stopped_before_it_is_live_ends_as_interrupted(demo: Callable[..., RunningDemo]) -> None:
    running = demo("--json")
    wait_until(lambda: "worker" in running.children(), within_s=LATEST_S, what="the worker is started")
    processes = running.children()
    running.process.send_signal(signal.SIGTERM)
    assert running.end() == 130
    assert gone(processes)
    assert running.out.read_text() == ""
    assert list(running.temporary.iterdir()) == []


def test_a_worker_that_dies_ends_the_demo_with_its_last_words(demo: Callable[..., RunningDemo]) -> None:
    # given a demo that is live
    running = demo("--history", "0")
    running.wait_for("wait p50")
    processes = running.children()
    # when its worker is killed
    os.kill(processes["worker"], signal.SIGKILL)
    # then
    assert running.end() == 1
    assert "the worker ended by itself with code -9" in running.err.read_text()
    assert gone(processes)
    assert list(running.temporary.iterdir()) == []


def test_servers_that_the_environment_names_are_used_and_left_clean(
    demo: Callable[..., RunningDemo], kafka: str, redis_server: Callable[[], RedisServer]
) -> None:
    # given a Redis of somebody else's, with a key in it
    store = redis_server()
    with redis.Redis.from_url(store.url) as client:
        client.set("somebody:else", "1")
        # when the demo runs on it and on a real Kafka
        running = demo("--seconds", "5", "--history", "50", "--json", KAFKA_BOOTSTRAP_SERVERS=kafka, REDIS_URL=store.url)
        assert running.end() == 0, running.err.read_text()
        # then it says so, it suggested, and of its keys none is left
        assert f"turning to Kafka at {kafka}" in running.err.read_text()
        assert json.loads(running.out.read_text())["suggestions"] > 0
        assert client.keys() == [b"somebody:else"]

"""Every command of the README's page on replaying does what it says, on a real Kafka and Redis."""

import gzip
import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from aiokafka import AIOKafkaProducer

from stream.contracts.events import Event
from stream.contracts.topics import SUGGESTIONS
from stream.transport.events import EventProducer
from tests.repo.sources import ROOT
from tests.support.servers import make_topics
from tests.support.shop import now_ms
from tests.support.workers import SECRET

SHOP = ROOT / "deploy" / "sample-shop"
PARTITIONS, EVENTS = 4, 300
PAGE = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Replaying\n")[2].partition("\n## ")[0]
COMMANDS = [line.partition(" #")[0].strip() for text in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in text.splitlines()]


@pytest.fixture
async def here(kafka: str, redis_url: str, tmp_path: Path) -> dict[str, str]:
    """A folder with the sample shop's catalogue and another tool's logs, its events in Kafka; returns the environment."""
    await make_topics(kafka, partitions=PARTITIONS)
    lines = (SHOP / "events.jsonl").read_bytes().splitlines()[:EVENTS]
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        sender = EventProducer(producer, PARTITIONS)
        for line in lines:  # as if they happened now, while the old logs tell of then
            event = msgspec.json.decode(line, type=Event)  # type: ignore[arg-type]
            await (await sender.send(msgspec.structs.replace(event, customer=f"k1:{64 * 'a'}", event_time_ms=now_ms())))
    (tmp_path / "catalog.jsonl").write_bytes((SHOP / "catalog.jsonl").read_bytes())
    (tmp_path / "policy.toml").write_bytes((SHOP / "policy.toml").read_bytes())
    (tmp_path / "bolder.toml").write_bytes(b"quiet_first_view = false\n" + (SHOP / "policy.toml").read_bytes())
    (tmp_path / "old-logs").mkdir()
    for half in (0, 1):
        (tmp_path / "old-logs" / f"{half}.jsonl").write_bytes(b"\n".join(lines[half::2]))
    settings = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "REDIS_URL": redis_url,
        "TSUIDE_PARTITIONS": str(PARTITIONS),
        "TSUIDE_PSEUDONYM_SECRET": SECRET,
    }
    return os.environ | settings | {"PYTHONPATH": str(ROOT), "TSUIDE_POLICY": str(SHOP / "policy.toml"), "TSUIDE_PREFIX": "page"}


def test_every_command_runs_and_leaves_what_the_page_promises(here: dict[str, str], tmp_path: Path) -> None:
    assert [command.split()[:2] for command in COMMANDS] == [
        ["tsuide", name]
        for name in (
            "export",
            "sort",
            "replay",
            "replay",
            "compare",
            "digest",
            "replay",
            "replay",
            "replays",
            "replays",
            "replay",
            "offsets",
            "redrive",
        )
    ]
    said = {}
    for command in COMMANDS:
        ended = subprocess.run(
            [sys.executable, "-m", "stream.cli", *command.split()[1:]],
            cwd=tmp_path,
            env=here,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert ended.returncode == 0, (command, ended.stderr)
        assert "kafka" in command or ended.stderr == "", command  # a replay into Kafka says how to go on with it
        said[command] = ended.stdout
    exported, ordered, replayed, learnt, compared, digest, fed, resumed, listed, removed, warmed, offsets, redriven = said.values()
    assert exported.startswith(f"{EVENTS} records written")
    assert ordered.startswith(f"{EVENTS} lines sorted")
    assert replayed.startswith(f"{EVENTS} records of ")
    assert f"{EVENTS} events of" in learnt
    assert f"{EVENTS} events answered under 2 policies" in compared
    assert "No counterfactual uptake: the log holds nothing of what was shown; `tsuide export" in compared
    assert digest.splitlines()[-1].split() == ["all", "0", 64 * "0"]  # a replay into memory leaves nothing in Redis
    # a replay apart is worked, gone on with, listed and removed, and the shop's own topics get what came before their own events
    assert f"{EVENTS} records of " in fed
    assert SUGGESTIONS in fed
    assert f"{EVENTS} were there already" in resumed
    assert "TSUIDE_TOPICS_SUFFIX=.replay.november" in listed
    assert "9 topics" in removed
    assert f"{EVENTS} records of " in warmed
    # and the two that could change something only tell
    assert "shop.clickstream.v1" in offsets
    assert "--execute" in offsets
    assert "nothing was sent" in redriven
    with gzip.open(tmp_path / "november" / f"{SUGGESTIONS}.jsonl.gz") as file:
        assert b'"suggestion_id' in file.readline()

"""The whole command, on a log small enough to work out by hand."""

import gzip
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.quality.logs import Log
from tests.quality.rows import Failed, measured

ROOT = Path(__file__).parents[2]
DAY_MS = 86_400_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ten orders by ten customers, a day apart, each of tea and a cup, line by line as a research log has them."""
    (tmp_path / "a_shop").mkdir()
    with gzip.open(tmp_path / "a_shop" / "events.jsonl.gz", "wb") as file:
        for number in range(10):
            for item in ("tea", "cup"):
                line = {
                    "ts": 1_763_780_000_000 + number * DAY_MS,
                    "type": "purchase",
                    "item": item,
                    "user": f"u{number}",
                    "basket": f"b{number}",
                }
                file.write(msgspec.json.encode(line) + b"\n")
    return tmp_path


def quality(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.quality", *arguments, "--keep-readme"], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_a_log_of_no_name_is_converted_asked_what_it_allows_and_held_against_nothing(folder: Path) -> None:
    # when the baskets of the new shop are measured
    ended = quality(str(folder), "--only", "a_shop basket", "--json")
    # then both modes ask the last two of ten baskets, and the only company there is is right
    rows = [msgspec.json.decode(line) for line in ended.stdout.splitlines()]
    assert [(row["log"], row["protocol"], row["n"], row["hr"], row["mrr"], row["promise"]) for row in rows] == [
        ("a_shop", "basket", 2, 1.0, 1.0, None),
        ("a_shop", "basket, discover", 2, 1.0, 1.0, None),
    ]
    # and the logs that are not there are named
    assert ended.returncode == 0
    assert "taobao_users   is not there: skipped" in ended.stderr


def test_a_damaged_log_ends_the_command_with_1_and_its_cause(folder: Path) -> None:
    with gzip.open(folder / "a_shop" / "events.jsonl.gz", "ab") as file:
        file.write(b'{"ts": "noon"}\n')
    ended = quality(str(folder), "--only", "a_shop basket")
    assert ended.returncode == 1
    assert "a_shop         FAILED" in ended.stderr
    assert "events.jsonl.gz:21: Expected `int`" in ended.stderr


def test_what_the_evaluation_complains_of_is_passed_on(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"none\.jsonl: cannot be opened"):
        measured(Log("a_shop", tmp_path / "none.jsonl", None, research=False), "basket")

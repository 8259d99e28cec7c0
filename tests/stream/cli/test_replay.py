"""`tsuide replay LOG --into memory`: files, choices, damaged lines."""

import gzip
from pathlib import Path

import msgspec
import pytest

from stream.contracts.topics import MEMORY, MODELS, SUGGESTIONS, TRAINING
from stream.exits import FAILED, OK, PARTLY, USAGE
from tests.stream.cli.conftest import Ended, Tsuide

SHOP = Path(__file__).parents[3] / "deploy" / "sample-shop"


@pytest.fixture(scope="session")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample shop's events in the order of their time."""
    path = tmp_path_factory.mktemp("log") / "events.jsonl"
    lines = sorted((SHOP / "events.jsonl").read_bytes().splitlines(), key=lambda line: msgspec.json.decode(line)["event_time_ms"])
    path.write_bytes(b"\n".join(lines[:400]) + b"\n")
    return path


class Replay:
    def __init__(self, tsuide: Tsuide) -> None:
        self._tsuide = tsuide

    def __call__(self, log: Path, *options: str) -> Ended:
        goods, policy = str(SHOP / "catalog.jsonl"), str(SHOP / "policy.toml")
        return self._tsuide("replay", str(log), "--catalog", goods, "--policy", policy, *options)


@pytest.fixture
def replay(tsuide: Tsuide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Replay:
    """Replays with the sample shop's catalogue and policy, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return Replay(tsuide)


def test_two_replays_leave_equal_files_and_say_the_same(replay: Replay, log: Path, tmp_path: Path) -> None:
    first, second = replay(log, "--json", "--output", "a"), replay(log, "--json", "--output", "b")
    assert (first.code, second.code) == (OK, OK)
    assert {name: said for name, said in first.json.items() if name not in ("seconds", "per_second")} == {
        name: said for name, said in second.json.items() if name not in ("seconds", "per_second")
    }
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "b").iterdir())
    assert [(tmp_path / "a" / name).read_bytes() for name in names] == [(tmp_path / "b" / name).read_bytes() for name in names]
    # and what the summary counts is in them
    for topic in (SUGGESTIONS, TRAINING, MODELS, MEMORY):
        with gzip.open(tmp_path / "a" / f"{topic}.jsonl.gz") as file:
            assert len(file.readlines()) == first.json["sent"][topic] > 0
    assert first.json["records"] == first.json["events"] == 400


def test_a_part_is_chosen_and_told_to_people(replay: Replay, log: Path) -> None:
    ended = replay(log, "--limit", "50", "--event", "view_item")
    assert ended.code == OK
    assert ended.out.startswith("50 records of ")
    assert "50 events of" in ended.out
    assert [MEMORY, "50"] in [line.split() for line in ended.out.splitlines()]
    assert replay(log, "--from", "2099-01-01T00:00Z").out == "No record was chosen.\n"


def test_damaged_lines_are_left_out_kept_and_told_and_the_code_says_so(replay: Replay, log: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    damaged.write_bytes(b"".join([*lines[:10], b"no JSON\n", *lines[10:20]]))
    ended = replay(damaged, "--json")
    assert (ended.code, ended.json["refused"], ended.json["records"]) == (PARTLY, 1, 20)
    [reject] = (tmp_path / "damaged.jsonl.rejects.jsonl").read_bytes().splitlines()
    assert (msgspec.json.decode(reject)["line"], msgspec.json.decode(reject)["text"]) == (11, "no JSON")


def test_a_log_out_of_order_is_refused_with_the_command_that_sorts_it_and_leaves_no_file(replay: Replay, log: Path, tmp_path: Path) -> None:
    unordered = tmp_path / "unordered.jsonl"
    unordered.write_bytes(b"".join(reversed(log.read_bytes().splitlines(keepends=True))))
    ended = replay(unordered, "--output", "a")
    assert ended.code == FAILED
    assert "unordered.jsonl:2: " in ended.err
    assert f"tsuide sort {unordered} unordered.sorted.jsonl.zst" in ended.err
    assert list((tmp_path / "a").iterdir()) == []


def test_a_wrong_policy_is_named_before_anything_is_read(replay: Replay, log: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "policy.toml"
    wrong.write_text("[accessories]\nitems = 'many'\n")
    ended = replay(log, "--policy", str(wrong))
    assert ended.code == FAILED
    assert "policy.toml" in ended.err


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--into", "kafka", "--live"], "--yes"),
        (["--id", "x"], "--into kafka"),
        (["--no-wait"], "--into kafka"),
        (["--into", "kafka", "--output", "x"], "--into memory"),
        (["--into", "kafka", "--speed", "fast"], "neither max nor a number"),
        (["--into", "kafka", "--speed", "0"], "neither max nor a number"),
        (["--into", "kafka", "--id", "A b"], "is no id"),
        (["--into", "kafka", "--id", "a", "--resume", "b"], "leave --id away"),
        (["--into", "kafka", "--live", "--yes", "--catalog", "x.jsonl"], "tsuide catalog import"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_asked(tsuide: Tsuide, log: Path, options: list[str], why: str) -> None:
    ended = tsuide("replay", str(log), *options)
    assert (ended.code, why in ended.err) == (USAGE, True), ended.err


def test_a_shops_own_topics_are_not_fed_into_themselves(tsuide: Tsuide) -> None:
    ended = tsuide("replay", "kafka:", "--into", "kafka", "--live", "--yes")
    assert (ended.code, "into themselves" in ended.err) == (USAGE, True)

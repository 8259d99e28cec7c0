"""`tsuide compare LOG --policy A --policy B`: names, refusals, choices, damaged lines, and a log that tells too little."""

import asyncio
from pathlib import Path

import pytest

from stream.archive.formats.archived import line_of
from stream.engine.record import Record
from stream.exits import FAILED, OK, PARTLY, USAGE
from tests.stream.cli.conftest import Ended, Tsuide
from tests.stream.compare.lived import LIVE, WHO, archive_of, lived, outcomes_of, tastes_of
from tests.support.past import PARTITIONS, real_orders

LINES = 200
TRUE = "[accessories]\nmin_evidence = 1\n"
POLICIES = {"live": f"{TRUE}[exploration]\nshare = 0.5\namong = 3\n", "plain": TRUE, "silent": "order = ['upgrades']\n"}


@pytest.fixture(scope="module")
def orders() -> list[Record]:
    return real_orders(LINES, WHO)


@pytest.fixture(scope="module")
def log(orders: list[Record], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real shop's orders with what was shown, and taken up, as an export holds them."""
    live = asyncio.run(lived(orders, LIVE))
    training = [*[record for record, _ in live.shown], *outcomes_of(live.shown, tastes_of(live), 3)]
    path = tmp_path_factory.mktemp("log") / "november.jsonl"
    path.write_bytes(b"\n".join(map(line_of, archive_of(orders, training))) + b"\n")
    return path


class Compare:
    def __init__(self, tsuide: Tsuide, folder: Path) -> None:
        self._tsuide = tsuide
        for name, text in POLICIES.items():
            (folder / f"{name}.toml").write_text(text)

    def __call__(self, log: Path, *options: str, policies: tuple[str, ...] = ("live", "plain")) -> Ended:
        named = [word for name in policies for word in ("--policy", f"{name}.toml")]
        return self._tsuide("compare", str(log), *named, *options, TSUIDE_PARTITIONS=str(PARTITIONS))


@pytest.fixture
def compare(tsuide: Tsuide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Compare:
    """Compares policies that lie in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return Compare(tsuide, tmp_path)


def test_the_policies_stand_under_their_files_names_and_the_log_tells_of_both(compare: Compare, log: Path) -> None:
    ended = compare(log, "--json")
    assert ended.code == OK
    said = ended.json
    assert [one["name"] for one in said["policies"]] == ["live", "plain"]
    assert (said["records"], said["events"], said["refused"]) == (LINES, LINES, 0)
    live, plain = said["policies"]
    assert (live["against"], plain["against"]["other"] > 0) == (None, True)
    # the policy that was live weighs every card that was seen with 1
    support = live["uptake"]["support"]
    assert (support["weighted"], support["largest"], said["logged"]["unmatched"]) == (said["logged"]["seen"], 1.0, 0)
    # and so few customers are not enough for a figure
    assert support["customers"] < 30
    assert [live["uptake"][figure] for figure in ("snips", "ips", "against")] == [None, None, None]
    assert any("customers" in reason for reason in plain["uptake"]["thin"])


def test_two_runs_say_the_same(compare: Compare, log: Path) -> None:
    first, second = (compare(log, "--json", "--limit", "60").json for _ in range(2))
    assert first | {"seconds": 0} == second | {"seconds": 0}


def test_people_read_what_differs_and_that_the_figures_are_too_thin(compare: Compare, log: Path) -> None:
    ended = compare(log, policies=("live", "silent"))
    assert ended.code == OK
    assert ended.out.startswith(f"{LINES} records of ")
    rows = {tuple(line.split()[:2]) for line in ended.out.splitlines() if line}
    assert {("accessories", "live"), ("accessories", "silent")} <= rows
    assert ("silent", "too") in rows
    assert "silent: no figure can be trusted: an effective sample of 0 cards, at least 100 are needed" in ended.out


def test_a_log_of_inputs_alone_is_compared_and_told_how_to_export_more(compare: Compare, orders: list[Record], tmp_path: Path) -> None:
    bare = tmp_path / "bare.jsonl"
    bare.write_bytes(b"\n".join(map(line_of, archive_of(orders[:60], []))) + b"\n")
    ended = compare(bare)
    assert ended.code == OK
    assert "No counterfactual uptake: the log holds nothing of what was shown; `tsuide export OUT --topic shop.clickstream.v1" in ended.out
    assert "--topic tsuide.training.v1` takes it along." in ended.out


def test_a_part_is_chosen(compare: Compare, log: Path) -> None:
    assert compare(log, "--json", "--limit", "50", "--event", "add_to_cart").json["records"] == 50
    assert compare(log, "--from", "2099-01-01T00:00Z").out == "No record was chosen.\n"


def test_a_damaged_line_or_record_is_left_out_and_the_code_says_so(compare: Compare, log: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    damaged.write_bytes(b"".join([*lines[:10], b"no JSON\n", *lines[10:20]]))
    ended = compare(damaged, "--json")
    assert (ended.code, ended.json["refused"]) == (PARTLY, 1)
    assert (tmp_path / "damaged.jsonl.rejects.jsonl").exists()
    shown = next(line for line in lines if b'\\"kind\\":\\"shown\\"' in line)
    damaged.write_bytes(b"".join([*lines[:10], shown.replace(b"propensity", b"probability")]))
    ended = compare(damaged, "--json")
    assert (ended.code, ended.json["logged"]["damaged"]) == (PARTLY, 1)


@pytest.mark.parametrize(
    ("policies", "said"),
    [
        ((), "two are needed"),
        (("live",), "two are needed"),
        (("live", "plain", "live"), "live.toml and live.toml have the same rules"),
    ],
)
def test_without_two_policies_that_differ_there_is_nothing_to_compare(
    compare: Compare, log: Path, policies: tuple[str, ...], said: str
) -> None:
    ended = compare(log, policies=policies)
    assert (ended.code, ended.out) == (USAGE, "")
    assert said in ended.err


def test_rules_that_are_written_otherwise_are_the_same_rules(compare: Compare, log: Path, tmp_path: Path) -> None:
    (tmp_path / "again.toml").write_text("# the same, otherwise\naccessories = {min_evidence = 1}\n")
    ended = compare(log, policies=("plain", "again"))
    assert ended.code == USAGE
    assert "plain.toml and again.toml have the same rules" in ended.err


def test_a_policy_that_cannot_be_read_is_named_and_so_is_what_to_give(compare: Compare, log: Path, tmp_path: Path) -> None:
    ended = compare(log, policies=("live", "lost"))
    assert (ended.code, "lost.toml: cannot be read" in ended.err) == (FAILED, True)
    (tmp_path / "wrong.toml").write_text("[accessories]\nitems = 'many'\n")
    ended = compare(log, policies=("live", "wrong"))
    assert (ended.code, "wrong.toml:2: accessories.items" in ended.err) == (FAILED, True)


def test_policies_of_one_name_in_two_folders_stand_under_their_paths(compare: Compare, log: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "live.toml").write_text(TRUE)
    said = compare(log, "--json", "--limit", "10", policies=("live", "new/live")).json
    assert [one["name"] for one in said["policies"]] == ["live.toml", "new/live.toml"]

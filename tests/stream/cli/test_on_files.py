import json
from pathlib import Path

import pytest

from stream.exits import FAILED, OK, USAGE
from tests.stream.cli.conftest import Tsuide

DAY_MS = 86_400_000
START_MS = 1_763_780_000_000


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Ten orders by ten customers, a day apart: each holds tea and a cup, every second one a spoon as well."""
    path = tmp_path / "events.jsonl"
    with path.open("w") as file:
        for number in range(10):
            items = ["tea", "cup", *(["spoon"] if number % 2 else [])]
            order = {"event": "purchase", "event_id": f"e{number}", "event_time_ms": START_MS + number * DAY_MS, "user_id": f"u{number}"}
            order |= {"transaction_id": f"t{number}", "items": [{"item_id": item, "price": 2} for item in items]}
            file.write(json.dumps(order) + "\n")
    return path


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    path = tmp_path / "catalog.csv"
    path.write_text("item_id,item_name,price,currency\ntea,Green tea,2,GBP\ncup,Cup,2,GBP\nspoon,Spoon,2,GBP\n")
    return path


def test_suggest_from_files_shows_what_was_bought_together_and_why(tsuide: Tsuide, log: Path, catalog: Path) -> None:
    # given ten orders of tea, all with a cup and five with a spoon
    ended = tsuide("suggest", "tea", "--events", str(log), "--catalog", str(catalog), "--task", "accessories", "--json")
    # then both accompany the tea, the more frequent first, and the reason says how often
    assert (ended.code, ended.json["memory_version"]) == (OK, 10)
    [accessories] = ended.json["lists"]
    assert [item["item_id"] for item in accessories["items"]] == ["cup", "spoon"]
    assert accessories["items"][0]["reason"]["evidence"] == {"anchor": "tea", "together": 10, "of": 10}
    assert accessories["items"][1]["reason"]["evidence"] == {"anchor": "tea", "together": 5, "of": 10}


def test_the_table_for_people_says_the_reason_in_the_language_that_is_asked_for(tsuide: Tsuide, log: Path, catalog: Path) -> None:
    files = ("--events", str(log), "--catalog", str(catalog))
    assert "In 10 of 10 orders with Green tea" in tsuide("suggest", "tea", *files).out
    assert "ご注文10件のうち10件" in tsuide("suggest", "tea", *files, "--language", "ja").out


def test_a_damaged_log_ends_with_1_and_its_line(tsuide: Tsuide, log: Path) -> None:
    log.write_text(log.read_text() + "{\n")
    for command in (("suggest", "tea", "--events", str(log)), ("evaluate", str(log), "--protocol", "basket")):
        ended = tsuide(*command)
        assert ended.code == FAILED
        assert f"{log}:11:" in ended.err


def test_evaluate_ends_its_output_with_the_report(tsuide: Tsuide, log: Path) -> None:
    # given ten baskets; the last 20 % are two, each with a question
    ended = tsuide("evaluate", str(log), "--protocol", "basket", "--json")
    assert ended.code == OK
    assert (ended.json["protocol"], ended.json["n"], ended.json["events"], ended.json["items"]) == ("basket", 2, 10, 3)
    assert "hr@10" in ended.json
    assert "popular" in ended.json["baselines"]


def test_a_share_above_one_or_an_unknown_protocol_is_wrong_use(tsuide: Tsuide, log: Path) -> None:
    assert tsuide("evaluate", str(log), "--protocol", "basket", "--tail", "1.5").code == USAGE
    assert tsuide("evaluate", str(log), "--protocol", "guess").code == USAGE
    assert tsuide("suggest", "tea", "--task", "everything").code == USAGE

import json
from pathlib import Path

from stream.contracts.topics import TOPICS
from stream.exits import AWAY, FAILED, OK, PARTLY
from tests.stream.cli.conftest import Tsuide
from tests.support.servers import free_port

AWAY_KAFKA = {"KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{free_port()}"}


def test_describe_shows_every_topic_with_the_partitions_that_are_set(tsuide: Tsuide) -> None:
    ended = tsuide("topics", "describe", "--json", TSUIDE_PARTITIONS="5")
    assert ended.code == OK
    assert {topic["name"]: topic["partitions"] for topic in ended.json} == {topic.name: topic.partitions or 5 for topic in TOPICS}
    table = tsuide("topics", "describe").out
    assert all(topic.name in table and topic.says in table for topic in TOPICS)


def test_asyncapi_prints_the_document(tsuide: Tsuide) -> None:
    ended = tsuide("asyncapi")
    assert (ended.code, json.loads(ended.out)["asyncapi"]) == (OK, "3.0.0")


def test_the_shipped_policy_is_valid(tsuide: Tsuide) -> None:
    ended = tsuide("policy", "check", "deploy/policy.toml")
    assert (ended.code, ended.err) == (OK, "")
    assert "is valid: version" in ended.out


def test_a_wrong_policy_is_named_with_its_line_its_key_and_the_cure(tsuide: Tsuide, tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text("# five minutes\nlief_minutes = 5\n")
    ended = tsuide("policy", "check", str(file))
    assert ended.code == FAILED
    assert f"{file}:2: lief_minutes: no such key; did you mean 'life_minutes'?" in ended.err


def test_a_dry_import_checks_every_row_and_asks_no_broker(tsuide: Tsuide, tmp_path: Path) -> None:
    # given three rows: two of one item, and one whose price is no number
    file = tmp_path / "catalog.csv"
    file.write_text("item_id,price,colour\nA,1,red\nA,2,red\nB,cheap,red\n")
    # when it is imported dry, with no broker anywhere
    ended = tsuide("catalog", "import", str(file), "--dry-run", "--json", **AWAY_KAFKA)
    # then the report counts rows, items and refusals, and the exit code says that some were refused
    assert ended.code == PARTLY
    assert ended.json == {
        "format": "csv",
        "rows": 2,
        "items": 1,
        "refused": 1,
        "refusals": [{"line": 4, "field": "price", "why": "Expected `float | null`, got `str`"}],
        "columns_left_out": ["colour"],
    }
    people = tsuide("catalog", "import", str(file), "--dry-run")
    assert people.out == "2 rows would be imported (1 items), 1 refused.\n"
    assert f"{file}:4: price: Expected" in people.err


def test_an_item_larger_than_the_topic_takes_is_refused_with_its_line(tsuide: Tsuide, tmp_path: Path) -> None:
    file = tmp_path / "catalog.jsonl"
    large = {"item_id": "B", "specs": {f"s{number}": "x" * 500 for number in range(2_100)}}  # 2 100 x 500 bytes > 1 MiB
    file.write_text(f'{{"item_id": "A"}}\n{json.dumps(large)}\n')
    ended = tsuide("catalog", "import", str(file), "--dry-run", "--json")
    assert (ended.code, ended.json["rows"]) == (PARTLY, 1)
    assert (ended.json["refusals"][0]["line"], ended.json["refusals"][0]["field"]) == (2, "item_id")


def test_a_file_of_which_no_row_is_taken_is_a_failure(tsuide: Tsuide, tmp_path: Path) -> None:
    file = tmp_path / "catalog.csv"
    file.write_text("item_id,price\nA,cheap\n")
    assert tsuide("catalog", "import", str(file), "--dry-run").code == FAILED
    assert tsuide("catalog", "import", str(tmp_path / "none"), "--dry-run").code == FAILED


def test_without_a_broker_commands_that_need_one_end_with_4(tsuide: Tsuide, tmp_path: Path) -> None:
    file = tmp_path / "catalog.csv"
    file.write_text("item_id\nA\n")
    for command in (("topics", "create"), ("topics", "check"), ("catalog", "import", str(file)), ("catalog", "withdraw", "A")):
        ended = tsuide(*command, **AWAY_KAFKA)
        assert ended.code == AWAY, command
        assert AWAY_KAFKA["KAFKA_BOOTSTRAP_SERVERS"] in ended.err
        assert len(ended.err.splitlines()) == 1

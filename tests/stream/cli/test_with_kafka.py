import asyncio
import gzip
from collections.abc import Callable
from pathlib import Path

from stream.contracts.topics import TOPICS
from stream.exits import FAILED, OK
from tests.stream.cli.conftest import Tsuide
from tests.support.servers import KafkaBroker, make_topics

CATALOG = "id\ttitle\tprice\navailability\n".replace("\na", "\ta") + "tea\tTea\t3.00 GBP\tin stock\ncup\tCup\t5.00 GBP\tin stock\n"


def test_topics_are_created_checked_and_found_to_differ(tsuide: Tsuide, kafka_broker: Callable[[], KafkaBroker]) -> None:
    environment = {"KAFKA_BOOTSTRAP_SERVERS": kafka_broker().bootstrap, "TSUIDE_PARTITIONS": "2"}
    # given no topics: all are missing; when they are created they are as planned, and a second time nothing is created
    missing = tsuide("topics", "check", "--json", **environment)
    assert (missing.code, len(missing.json["differences"])) == (FAILED, len(TOPICS))
    assert len(tsuide("topics", "create", "--json", **environment).json["created"]) == len(TOPICS)
    assert tsuide("topics", "create", "--json", **environment).json["created"] == []
    assert tsuide("topics", "check", **environment)[:2] == (OK, f"{len(TOPICS)} topics are as planned.\n")
    # and another number of partitions is told with the cure
    ended = tsuide("topics", "check", **environment | {"TSUIDE_PARTITIONS": "3"})
    assert ended.code == FAILED
    assert "partitions is 2, wanted 3" in ended.out
    assert "TSUIDE_PARTITIONS=2" in ended.out


def test_an_imported_catalogue_is_what_suggest_reads_and_a_withdrawn_item_is_gone(
    tsuide: Tsuide, kafka_broker: Callable[[], KafkaBroker], tmp_path: Path
) -> None:
    # given a broker with topics and a packed Merchant Center feed of two items
    bootstrap = kafka_broker().bootstrap
    environment = {"KAFKA_BOOTSTRAP_SERVERS": bootstrap}
    asyncio.run(make_topics(bootstrap))
    feed = tmp_path / "feed.tsv.gz"
    feed.write_bytes(gzip.compress(CATALOG.encode()))
    # when it is imported, then both items are there
    imported = tsuide("catalog", "import", str(feed), "--json", **environment)
    assert (imported.code, imported.json["rows"], imported.json["format"]) == (OK, 2, "merchant")
    assert "2 catalogue items" in tsuide("suggest", "tea", **environment).out
    # and after one is withdrawn, one is left
    assert tsuide("catalog", "withdraw", "cup", "--json", **environment).json == {"withdrawn": 1}
    assert "1 catalogue items" in tsuide("suggest", "tea", **environment).out


def test_without_topics_suggest_says_how_to_make_them(tsuide: Tsuide, kafka_broker: Callable[[], KafkaBroker]) -> None:
    ended = tsuide("suggest", "tea", KAFKA_BOOTSTRAP_SERVERS=kafka_broker().bootstrap)
    assert ended.code == FAILED
    assert "tsuide topics create" in ended.err

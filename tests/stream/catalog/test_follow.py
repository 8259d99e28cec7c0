from dataclasses import replace

import msgspec
import pytest
from aiokafka.structs import ConsumerRecord

from features.catalog import Catalog
from stream.catalog.follow import CatalogIntake
from stream.contracts.catalog import CatalogItem


def record(key: bytes | None, value: bytes | None) -> ConsumerRecord:
    return ConsumerRecord("shop.catalog.v1", 0, 7, 0, 0, key, value, None, -1, -1, ())


TEA = record(b"tea", msgspec.json.encode(CatalogItem(item_id="tea", price=3)))


def test_an_item_is_put_and_its_tombstone_withdraws_it() -> None:
    intake = CatalogIntake(Catalog())
    intake.take(TEA)
    assert intake.catalog.price("tea", 0) == 3
    intake.take(record(b"tea", None))
    assert not intake.catalog.sellable("tea")
    assert intake.damaged == 0


@pytest.mark.parametrize(
    "damaged",
    [record(b"tea", b"{"), record(b"tea", b'{"item_id": 1}'), replace(TEA, key=b"tee"), replace(TEA, key=None), record(b"\xff", None)],
)
def test_a_damaged_record_is_counted_and_changes_nothing(damaged: ConsumerRecord, caplog: pytest.LogCaptureFixture) -> None:
    intake = CatalogIntake(Catalog())
    intake.take(TEA)
    intake.take(damaged)
    assert (intake.damaged, len(intake.catalog), intake.catalog.sellable("tea")) == (1, 1, True)
    [told] = [line.msg for line in caplog.records]
    assert (told["topic"], told["partition"], told["offset"]) == ("shop.catalog.v1", 0, 7)

from pathlib import Path

import pytest

from stream.contracts.topics import CART, CLICKSTREAM, CONSENT, INPUTS
from stream.engine.record import TopicPartition
from stream.errors import LogError
from stream.offsets.errors import NoSuchPartition
from stream.offsets.lists import read_list, write_list
from stream.offsets.targets import At, back_by, partitions_in, scope_of

HOUR_MS = 3_600_000
THREE = dict.fromkeys(INPUTS, 3)


def test_a_duration_is_counted_back_from_now() -> None:
    assert back_by("PT1H", 10 * HOUR_MS) == At(9 * HOUR_MS)
    assert back_by("P1DT2H30M", 100 * HOUR_MS) == At(int(73.5 * HOUR_MS))


@pytest.mark.parametrize("text", ["1h", "PT0S", "-PT1H", "P1W", ""])
def test_what_is_no_duration_back_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write PT30M|without a sign"):
        back_by(text, HOUR_MS)


def test_a_scope_is_all_inputs_or_what_is_named() -> None:
    assert len(partitions_in(scope_of([]), THREE)) == 3 * 3
    named = scope_of([f"{CART}:2,0", CONSENT])
    assert partitions_in(named, THREE) == [(CART, 0), (CART, 2), (CONSENT, 0), (CONSENT, 1), (CONSENT, 2)]


@pytest.mark.parametrize("text", ["shop.catalog.v1", "", f"{CART}:", f"{CART}:a", f"{CART}:0,", f"{CART}:-1"])
def test_a_scope_that_names_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no input|names no partitions"):
        scope_of([text])


def test_a_partition_that_is_not_there_is_refused() -> None:
    with pytest.raises(NoSuchPartition, match="has no partition 3: they are 0 to 2"):
        partitions_in(scope_of([f"{CART}:1,3"]), THREE)


def test_a_list_that_was_written_is_read_back_and_looks_as_kafkas_own(tmp_path: Path) -> None:
    offsets = {TopicPartition(CLICKSTREAM, 0): 10, TopicPartition(CART, 1): 0}
    write_list(tmp_path / "plan.csv", offsets)
    assert (tmp_path / "plan.csv").read_text() == "shop.clickstream.v1,0,10\nshop.cart.v1,1,0\n"
    assert read_list(tmp_path / "plan.csv") == offsets
    # and Kafka's own, which puts names in quotation marks
    (tmp_path / "kafka.csv").write_text('"shop.clickstream.v1",0,10\n"shop.cart.v1",1,0\n')
    assert read_list(tmp_path / "kafka.csv") == offsets


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("shop.cart.v1,0\n", ":1: is not topic,partition,offset"),
        ("shop.cart.v1,0,1\nshop.cart.v1,0,-1\n", ":2: is not topic,partition,offset"),
        ("shop.cart.v1,0,1\nshop.cart.v1,0,2\n", ":2: shop.cart.v1 0 is named twice"),
        ("carts,0,1\n", ":1: 'carts' is no input"),
    ],
)
def test_a_list_with_a_fault_is_refused_by_its_line(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "plan.csv").write_text(text)
    with pytest.raises(LogError) as refused:
        read_list(tmp_path / "plan.csv")
    assert says in str(refused.value)


def test_a_list_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="cannot be read"):
        read_list(tmp_path / "none.csv")

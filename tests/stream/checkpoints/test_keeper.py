"""Starting from a checkpoint, on a real topic: what it may go on from, and what it refuses."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from online_models.memory.shared import SharedMemory
from online_models.policy.policy import Policy
from stream.agents.make_suggestions import follow_knowledge
from stream.checkpoints.folder import Folder
from stream.checkpoints.keeper import Keeper
from stream.contracts.ids import Origin
from stream.contracts.memory import Forget, Memory
from stream.contracts.topics import MEMORY
from stream.engine.knowledge import Knowledge
from stream.settings import Settings
from tests.online_models.checkpoint.alike import unlike
from tests.online_models.memory.test_reversible import a_log
from tests.support.checkpoints import saved, spoil
from tests.support.servers import make_topics
from tests.support.waiting import until

PARTITIONS, DEADLINE_S = 2, 30
LOG = a_log(1, 300)


@asynccontextmanager
async def keeping(bootstrap: str, folder: Path, **knows: int) -> AsyncIterator[tuple[Keeper, Knowledge]]:
    """Give the keeper of a memory that has been read to its end, from a checkpoint where there is one."""
    knowledge = Knowledge(Policy(), memory=SharedMemory(**{"session_rows": 256, "most_rows": 10_000} | knows))
    settings = Settings(kafka_bootstrap_servers=bootstrap)
    follower = follow_knowledge(settings, knowledge, forgot=lambda record: keeper.forgot(record.partition, record.offset))[0]
    keeper = Keeper(Folder(folder, kept=3), knowledge, follower, broker=bootstrap, every_s=60)
    try:
        async with asyncio.timeout(DEADLINE_S):
            await keeper.restore()
            await follower.start()
            await follower.caught_up()
            yield keeper, knowledge
    finally:
        await follower.stop()


async def until_holds(holds: Callable[[], bool]) -> None:
    async def held() -> bool:
        return holds()

    await until(held, "what was told is known")


def refusals(caplog: pytest.LogCaptureFixture) -> list[Any]:
    return [record.msg for record in caplog.records if isinstance(record.msg, dict) and record.msg["event"] == "checkpoint not used"]


async def tell(bootstrap: str, *records: Memory) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        for record in records:
            await producer.send(MEMORY, msgspec.json.encode(record), partition=0)


async def delete_records(bootstrap: str, upto: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.delete_records({TopicPartition(MEMORY, 0): RecordsToDelete(upto)})
    await admin.close()


@pytest.fixture
async def bootstrap(kafka: str) -> str:
    """A broker whose memory topic holds the log's first 200 records."""
    await make_topics(kafka, partitions=PARTITIONS)
    await tell(kafka, *LOG[:200])
    return kafka


async def test_from_a_checkpoint_only_what_came_later_is_read_and_the_same_is_known_as_by_who_read_all(
    bootstrap: str, tmp_path: Path
) -> None:
    # given a checkpoint of 200 records, and 100 more
    async with keeping(bootstrap, tmp_path) as (first, _):
        await first.write()
    await tell(bootstrap, *LOG[200:])
    # when one starts from it, and one from the beginning
    async with keeping(bootstrap, tmp_path) as (second, known), keeping(bootstrap, tmp_path / "none") as (other, all_read):
        # then they know the same, to the last bit
        assert (second._follower.records, other._follower.records) == (100, 300)
        assert unlike(known.memory, all_read.memory) == []
        assert second.newest is not None
        assert second.newest.records == 200
        # and a second checkpoint holds all of it
        await second.write()
        assert second.newest.records == 300
    async with keeping(bootstrap, tmp_path) as (third, known_again):
        assert third._follower.records == 0
        assert unlike(known_again.memory, all_read.memory) == []


async def test_where_nothing_came_nothing_is_written(bootstrap: str, tmp_path: Path) -> None:
    async with keeping(bootstrap, tmp_path) as (keeper, _):
        await keeper.write()
        await keeper.write()
        assert len(saved(tmp_path)) == 1 == keeper.tally["written"]


async def test_while_one_is_written_records_wait_and_come_after_it(bootstrap: str, tmp_path: Path) -> None:
    async with keeping(bootstrap, tmp_path) as (keeper, known):
        async with keeper._follower.held() as offsets:
            await tell(bootstrap, *LOG[200:])
            await asyncio.sleep(1)  # longer than a fetch waits
            assert known.memory.version == sum(offsets.values()) == 200
        await until_holds(lambda: known.memory.version == 300)


async def test_of_a_damaged_newest_the_next_older_is_used_and_then_no_more_is_said_of_it(
    bootstrap: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with keeping(bootstrap, tmp_path) as (first, _):
        await first.write()
        await tell(bootstrap, *LOG[200:250])
        await until_holds(lambda: first._knowledge.memory.version == 250)
        await first.write()
    newest, older = saved(tmp_path)
    spoil(newest)
    with caplog.at_level(logging.INFO):
        async with keeping(bootstrap, tmp_path) as (second, known):
            assert second.newest is not None
            assert second.newest.path == older
            assert (known.memory.version, second._follower.records) == (250, 50)
    assert [line["path"] for line in refusals(caplog)] == [str(newest)]
    assert "its checksum is wrong" in refusals(caplog)[0]["reason"]
    assert second.tally["refused:damaged"] == 1
    assert saved(tmp_path) == [older]


@pytest.mark.parametrize(
    "how", ["retention", "made anew and shorter", "made anew and as long", "deleted", "other partitions", "other limits"]
)
async def test_what_the_topic_does_not_go_on_from_is_refused_and_the_topic_read_from_its_beginning(
    how: str, bootstrap: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # given a checkpoint, and a topic that is not the one any more
    async with keeping(bootstrap, tmp_path) as (first, _):
        await first.write()
    windows: dict[str, int] = {}
    match how:
        case "retention":
            await tell(bootstrap, *LOG[200:])
            await delete_records(bootstrap, 230)
            said = "what is missing was deleted by retention"
        case "made anew and shorter":
            await make_topics(bootstrap, partitions=PARTITIONS)
            await tell(bootstrap, *LOG[200:210])
            said = "the topic was made anew"
        case "made anew and as long":
            await make_topics(bootstrap, partitions=PARTITIONS)
            await tell(bootstrap, *LOG[50:], *LOG)
            said = "holds another record before"
        case "deleted":
            await make_topics(bootstrap, partitions=PARTITIONS)
            said = "the topic was made anew"
        case "other partitions":
            await make_topics(bootstrap, partitions=PARTITIONS + 1)
            said = f"its number of partitions: {PARTITIONS}, here: {PARTITIONS + 1}"
        case "other limits":
            windows, said = {"most_baskets": 7}, "its limits of the memory"
    # then it is refused with the reason, and what is known is what stands in the topic
    async with (
        keeping(bootstrap, tmp_path, **windows) as (second, known),
        keeping(bootstrap, tmp_path / "none", **windows) as (_, all_read),
    ):
        assert second.newest is None
        assert unlike(known.memory, all_read.memory) == []
    assert said in refusals(caplog)[0]["reason"]
    assert second.tally["refused:foreign" if "other" in how else "refused:offsets"] == 1


async def test_all_that_was_read_may_have_been_deleted_where_nothing_unread_was(bootstrap: str, tmp_path: Path) -> None:
    async with keeping(bootstrap, tmp_path) as (first, _):
        await first.write()
        async with first._follower.held() as offsets:
            reached = dict(offsets)
    await delete_records(bootstrap, -1)  # up to the end
    async with keeping(bootstrap, tmp_path) as (second, known):
        assert known.memory.version == 200
        async with second._follower.held() as offsets:
            assert offsets == reached


async def test_who_was_forgotten_after_the_checkpoint_is_forgotten_by_who_starts_from_it_and_leaves_the_disk(
    bootstrap: str, tmp_path: Path
) -> None:
    # given two checkpoints that hold ana
    async with keeping(bootstrap, tmp_path) as (first, _):
        await first.write()
        await tell(bootstrap, *LOG[200:210])
        await until_holds(lambda: first._knowledge.memory.version == 210)
        await first.write()
    holding = saved(tmp_path)
    await tell(bootstrap, Forget(Origin("shop.consent.v1", 0, 5), "ana"))
    async with keeping(bootstrap, tmp_path) as (second, known):
        # when somebody starts from the newer one, then she is forgotten, and a checkpoint is due at once that does not hold her
        assert "ana" not in known.memory.sessions._rows_of
        assert second._is_due(second._tried_s + 30)
        assert not second._is_due(second._tried_s + 29)
        await second.write()
        # and both older ones are gone
        assert second.tally["forgotten"] == 2
        [left] = saved(tmp_path)
        assert left not in holding
        assert not second._is_due(second._tried_s + 30)
    async with keeping(bootstrap, tmp_path) as (_, known_again):
        assert unlike(known.memory, known_again.memory) == []


async def test_where_no_new_one_can_be_written_those_that_hold_somebody_forgotten_go_all_the_same(bootstrap: str, tmp_path: Path) -> None:
    async with keeping(bootstrap, tmp_path) as (keeper, _):
        await keeper.write()
        await tell(bootstrap, Forget(Origin("shop.consent.v1", 0, 5), "ana"))
        await until_holds(lambda: keeper._owes)
        await keeper._failed(OSError(28, "No space left on device"))
        assert saved(tmp_path) == []
        assert keeper._owes
        await keeper.write()
        assert len(saved(tmp_path)) == 1


async def test_a_wish_that_stood_in_the_topic_before_it_was_made_anew_deletes_no_new_checkpoint(bootstrap: str, tmp_path: Path) -> None:
    async with keeping(bootstrap, tmp_path) as (keeper, _):
        # given a wish at an offset that the topic, which ends at 200, has not reached again
        keeper.forgot(0, 10_000)
        await keeper.write()
        assert len(saved(tmp_path)) == 1
        assert keeper.tally["forgotten"] == 0

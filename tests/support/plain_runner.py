"""The reference runner: plain aiokafka around the very engine that Faust drives. What both give must be the same."""

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor

from stream.contracts.topics import INPUTS
from stream.engine.positions import Offsets
from stream.engine.record import TopicPartition
from stream.transport.handler import Handler, record_of
from stream.transport.producer import SETTINGS


class PlainRunner(ConsumerRebalanceListener):
    """Fetches, hands over, seeks where it is told to, commits what the store holds."""

    def __init__(self, bootstrap: str, handler: Handler, *, group: str, topics: Sequence[str] = INPUTS) -> None:
        self._handler, self._topics = handler, topics
        self.producer = AIOKafkaProducer(bootstrap_servers=bootstrap, **SETTINGS)
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap,
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            partition_assignment_strategy=[RangePartitionAssignor],
            session_timeout_ms=6_000,
            heartbeat_interval_ms=1_000,
            max_poll_records=500,
        )
        self._assigned = asyncio.Event()

    async def run(self) -> None:
        """Read until cancelled."""
        await self.producer.start()
        await self._consumer.start()
        try:
            self._consumer.subscribe(self._topics, listener=self)
            await self._assigned.wait()
            while True:
                fetched = await self._consumer.getmany(timeout_ms=200, max_records=500)
                batch = {TopicPartition(*at): [record_of(one) for one in records] for at, records in fetched.items()}
                self._stand_at(await (self._handler.handle(batch) if batch else self._handler.look()))
                if fetched and self._handler.done:
                    await self._consumer.commit({KafkaPartition(*at): offset for at, offset in self._handler.done.items()})
        finally:
            await self._handler.leave()
            await self._consumer.stop()
            await self.producer.stop()

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """Leave in order; what is under way all the same is fenced."""
        await self._handler.leave()

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """Stand where the store says."""
        starts = await self._consumer.beginning_offsets(assigned) if assigned else {}
        self._stand_at(await self._handler.assign({TopicPartition(*at): offset for at, offset in starts.items()}))
        self._assigned.set()

    def _stand_at(self, targets: Offsets) -> None:
        for at, offset in targets.items():
            self._consumer.seek(KafkaPartition(*at), offset)

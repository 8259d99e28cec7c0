"""The consumer's own thread: the range assignor, and fetches that are no older than they need be.

Without tables Faust takes round robin, which gives one partition number of two topics to two workers; a customer's
clicks and his cart would then be folded by different processes. Range keeps all topics of a number together.

aiokafka fetches ahead: as soon as a batch is taken, and then not again before the next one is. What lies ready when a batch is
done is so as old as that batch, holds the one or two records that came at its beginning, and is worked before all that came since.
Here nothing is fetched before it is asked for, which is so much before a batch is done as a fetch takes.
"""

import asyncio
import time
from typing import Any

import aiokafka  # type: ignore[import-untyped]
from aiokafka.coordinator.assignors.range import RangePartitionAssignor  # type: ignore[import-untyped]
from faust.transport.drivers import aiokafka as driver

FETCH_S = 0.004  # a round trip to the broker beside a thread that works


class RangeConsumerThread(driver.AIOKafkaConsumerThread):
    """Faust's consumer thread, but for the way partitions are shared out, the wait of an empty fetch, and when is fetched."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._not_before_s = 0.0  # by the monotonic clock
        super().__init__(*args, **kwargs)

    def fetch_so_that_it_is_there_in(self, wanted_s: float) -> None:
        """Let the next fetch wait: what it brings is wanted in so many seconds, and every record that comes until then is one more."""
        self._not_before_s = time.monotonic() + wanted_s - FETCH_S

    async def _fetch_records(self, consumer: Any, *args: Any, **kwargs: Any) -> Any:
        """Fetch, return what has come, and pause until this is called again."""
        await asyncio.sleep(max(0.0, self._not_before_s - time.monotonic()))
        consumer.resume(*consumer.paused())
        fetched = await super()._fetch_records(consumer, *args, **kwargs)
        if fetched:
            consumer.pause(*consumer.assignment())
        return fetched

    def _create_worker_consumer(self, transport: driver.Transport) -> aiokafka.AIOKafkaConsumer:
        app: Any = self.app
        conf = app.conf
        self._assignor = RangePartitionAssignor
        return aiokafka.AIOKafkaConsumer(
            client_id=conf.broker_client_id,
            group_id=conf.id,
            bootstrap_servers=driver.server_list(transport.url, transport.default_port),
            partition_assignment_strategy=[RangePartitionAssignor],
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_records=conf.broker_max_poll_records,
            max_poll_interval_ms=int(conf.broker_max_poll_interval * 1_000),
            max_partition_fetch_bytes=conf.consumer_max_fetch_size,
            fetch_max_wait_ms=app.fetch_wait_ms,
            request_timeout_ms=int(conf.broker_request_timeout * 1_000),
            session_timeout_ms=int(conf.broker_session_timeout * 1_000),
            rebalance_timeout_ms=int(conf.broker_rebalance_timeout * 1_000),
            heartbeat_interval_ms=int(conf.broker_heartbeat_interval * 1_000),
            metadata_max_age_ms=conf.consumer_metadata_max_age_ms,
            connections_max_idle_ms=conf.consumer_connections_max_idle_ms,
            **driver.credentials_to_aiokafka_auth(conf.broker_credentials, conf.ssl_context),
        )

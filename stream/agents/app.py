"""The Faust app: settings that were measured, and the one agent that drives a handler."""

import asyncio
import os
from collections.abc import Sequence
from typing import Any

import faust

from stream.engine.errors import RecordFailed
from stream.exits import INTERNAL
from stream.settings import Settings
from stream.telling.logger import at, logger_of
from stream.transport.batches import broker_url, credentials
from stream.transport.handler import Handler

logger = logger_of(__name__)
METADATA_MS = 10_000  # a topic that comes back, or grows, is seen after this; Kafka's own default is 5 minutes
NEVER_S = 86_400.0  # leaving the group for being slow is fatal here; the watchdog thread ends a stalled process instead


class BatchApp(faust.App):
    """A Faust app whose consumer drives `handler`."""

    handler: Handler
    fetch_wait_ms: int
    suffix: str  # what the names of topics end in on the broker, which the handler does not know

    def _create_directories(self) -> None:
        """Make no folders: Faust's tables are not used, and a worker writes nothing to disk."""


def build_app(settings: Settings, handler: Handler, *, group: str, topics: Sequence[str]) -> BatchApp:
    """Return the app that reads `topics` as `group` and gives every fetch to `handler`; nothing is started."""
    app = BatchApp(
        group,
        broker=broker_url(settings.kafka),
        broker_credentials=credentials(settings.kafka),
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        stream_wait_empty=False,
        broker_max_poll_records=settings.chunk_records,
        broker_max_poll_interval=NEVER_S,
        broker_session_timeout=settings.session_timeout_s,
        broker_heartbeat_interval=settings.heartbeat_s,
        broker_request_timeout=max(30.0, settings.session_timeout_s),
        broker_rebalance_timeout=max(20.0, settings.session_timeout_s),
        broker_commit_interval=1.0,
        consumer_metadata_max_age_ms=METADATA_MS,
        producer_linger=0,
        worker_redirect_stdouts=False,
    )
    app.handler = handler
    app.fetch_wait_ms, app.suffix = settings.fetch_wait_ms, settings.topics_suffix
    inputs = app.topic(
        *[topic + app.suffix for topic in topics], key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
    )

    async def work_batches(stream: Any) -> None:
        """Take each fetch as it comes: the transport gives the next one when the one before is done, or nearly."""
        async with asyncio.TaskGroup() as working:
            async for event in stream.noack().events():
                consumer: Any = app.consumer
                consumer.batch_taken()
                working.create_task(work_batch(event.message))

    async def work_batch(message: Any) -> None:
        """Work a fetch to its end; whatever goes wrong ends the process, which a restart takes up where the store says."""
        consumer: Any = app.consumer
        try:
            seeks = await handler.handle(message.value)
            await consumer.stand_at(seeks)
        except RecordFailed as failed:
            logger.critical(
                "process ends", exit_code=INTERNAL, reason="record failed", **at(failed.record), deaths=failed.deaths, exc_info=failed
            )
            os._exit(INTERNAL)
        except Exception as fault:
            logger.critical("process ends", exit_code=INTERNAL, reason="batch failed", **at(handler.in_hand), exc_info=fault)
            os._exit(INTERNAL)
        finally:
            consumer.batch_worked(message)

    app.agent(inputs, name=f"{group}.work_batches")(work_batches)
    return app


def kafka_producer(app: BatchApp) -> Any:
    """Return aiokafka's producer inside the running app: batches that name their partition go past Faust's own sending."""
    producer: Any = app.producer
    return producer._producer


def read_on(app: BatchApp, done_in_s: float) -> None:
    """Let the running app fetch what comes next so that it is there when the batch that it works is done, in so many seconds."""
    consumer: Any = app.consumer
    consumer.read_on(done_in_s)

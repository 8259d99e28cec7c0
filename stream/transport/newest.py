"""One look at the end of the models' topic: the record that the trainer resumes from."""

import msgspec
from aiokafka import TopicPartition  # type: ignore[import-untyped]
from aiokafka.errors import KafkaError  # type: ignore[import-untyped]
from aiokafka.structs import ConsumerRecord  # type: ignore[import-untyped]

from stream.connection.clients import consumer_of
from stream.connection.kafka import Broker
from stream.contracts.topics import MODELS
from stream.contracts.training import ModelRecord
from stream.engine.patience import Away
from stream.telling.logger import at, logger_of

logger = logger_of(__name__)
LOOK_BACK = 50  # records: a trainer that was cut off may have written some older versions after the newest
_MODEL = msgspec.json.Decoder(ModelRecord)


async def newest_model(broker: Broker) -> ModelRecord | None:
    """Return the model with the highest version among the last ones published, or None where there is none.

    Raises:
        Away: the broker does not answer; ask again.
    """
    consumer = consumer_of(broker, group_id=None, enable_auto_commit=False, request_timeout_ms=10_000)
    at = TopicPartition(MODELS, 0)
    try:
        await consumer.start()
        consumer.assign([at])
        first, end = (await consumer.beginning_offsets([at]))[at], (await consumer.end_offsets([at]))[at]
        consumer.seek(at, max(first, end - LOOK_BACK))
        models: list[ModelRecord] = []
        while await consumer.position(at) < end:
            for record in (await consumer.getmany(at, timeout_ms=500)).get(at, ()):
                models += _read(record)
        return max(models, key=lambda model: model.learnt_to, default=None)
    except KafkaError as error:
        raise Away(f"{type(error).__name__}: {error}") from error
    finally:
        await consumer.stop()


def _read(record: ConsumerRecord) -> list[ModelRecord]:
    try:
        return [_MODEL.decode(record.value or b"")]
    except msgspec.DecodeError as error:
        logger.warning("model passed over", **at(record), error=str(error))
        return []

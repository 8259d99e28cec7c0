"""The broker's own ids of topics, which a topic that is deleted and made anew does not keep: Kafka's Metadata request, version 10.

aiokafka asks for version 5 at most, which has no ids; its own types and connection carry this one too.
"""

import asyncio
import uuid
from collections.abc import Collection
from io import BytesIO
from typing import Any

from aiokafka.errors import KafkaError  # type: ignore[import-untyped]
from aiokafka.protocol.api import Request, RequestStruct, Response  # type: ignore[import-untyped]
from aiokafka.protocol.types import (  # type: ignore[import-untyped]
    AbstractType,
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

from stream.telling.logger import logger_of

METADATA, WITH_IDS = 3, 10
UUID_BYTES = 16
NO_ID = bytes(UUID_BYTES)
ATTEMPTS, PAUSE_S = 10, 0.5
log = logger_of(__name__)


class _Uuid(AbstractType):  # type: ignore[misc]
    @classmethod
    def encode(cls, value: bytes) -> bytes:
        return value

    @classmethod
    def decode(cls, data: BytesIO) -> bytes:
        return data.read(UUID_BYTES)


_TEXT = CompactString("utf-8")
_BROKER = (("node_id", Int32), ("host", _TEXT), ("port", Int32), ("rack", _TEXT), ("tags", TaggedFields))
_PARTITION = (
    ("error_code", Int16), ("partition", Int32), ("leader", Int32), ("leader_epoch", Int32), ("replicas", CompactArray(Int32)),
    ("isr", CompactArray(Int32)), ("offline", CompactArray(Int32)), ("tags", TaggedFields),
)  # fmt: skip
_TOPIC = (
    ("error_code", Int16), ("topic", _TEXT), ("id", _Uuid), ("is_internal", Boolean), ("partitions", CompactArray(*_PARTITION)),
    ("operations", Int32), ("tags", TaggedFields),
)  # fmt: skip


class _Answer(Response):  # type: ignore[misc]
    API_KEY, API_VERSION = METADATA, WITH_IDS
    SCHEMA = Schema(
        ("throttle_time_ms", Int32), ("brokers", CompactArray(*_BROKER)), ("cluster_id", _TEXT), ("controller_id", Int32),
        ("topics", CompactArray(*_TOPIC)), ("operations", Int32), ("tags", TaggedFields),
    )  # fmt: skip


class _Asked(RequestStruct):  # type: ignore[misc]
    FLEXIBLE_VERSION = True
    API_KEY, API_VERSION, RESPONSE_TYPE = METADATA, WITH_IDS, _Answer
    SCHEMA = Schema(
        ("topics", CompactArray(("id", _Uuid), ("topic", _TEXT), ("tags", TaggedFields))), ("auto_create", Boolean),
        ("cluster_operations", Boolean), ("topic_operations", Boolean), ("tags", TaggedFields),
    )  # fmt: skip


class _Ids(Request[_Asked]):  # type: ignore[misc]
    API_KEY = METADATA

    def __init__(self, topics: Collection[str]) -> None:
        self._topics = topics

    def build(self, struct: type[_Asked]) -> _Asked:
        return struct([(NO_ID, topic, {}) for topic in self._topics], False, False, False, {})


async def topic_ids(client: Any, topics: Collection[str]) -> dict[str, str]:
    """Return the ids of those topics that the broker has, asked over `client`, a connected AIOKafkaClient.

    Empty where the broker knows no ids (before Kafka 2.8; librdkafka's mock) or does not answer in five seconds, which is logged.
    """
    for _ in range(ATTEMPTS):
        try:
            node = client.get_random_node()
            if node is not None and await client.ready(node):
                answer = await client.send(node, _Ids(topics))
                return {name: str(uuid.UUID(bytes=id_)) for error, name, id_, *_ in answer.topics if error == 0 and id_ != NO_ID}
        except NotImplementedError:
            return {}
        except KafkaError as fault:
            log.debug("no ids of topics yet", error=repr(fault))
        await asyncio.sleep(PAUSE_S)
    log.warning("ids of topics not told", therefore="whether a topic was made anew is told by where its log ends alone")
    return {}

"""A whole fetch in the shape of the one record that Faust makes an event of."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from faust.types import TP

from stream.engine.record import TopicPartition
from stream.transport.handler import record_of


class _Carrier(NamedTuple):
    topic: str
    partition: int
    offset: int
    timestamp: int
    timestamp_type: int
    headers: tuple[()]
    key: None
    value: Mapping[TopicPartition, list[Any]]
    checksum: None = None
    serialized_key_size: int = -1
    serialized_value_size: int = -1


def carried(fetched: Mapping[Any, list[Any]], here: Callable[[Any], TopicPartition]) -> dict[TP, list[_Carrier]]:
    """Return what came of all partitions as one record, under the address of one of them; `here`: how the handler knows a partition."""
    first = next(iter(fetched))
    merged = {(at := here(tp)): [record_of(record, at.topic) for record in records] for tp, records in fetched.items()}
    last = fetched[first][-1]
    return {TP(*first): [_Carrier(first.topic, first.partition, last.offset, last.timestamp, last.timestamp_type, (), None, merged)]}

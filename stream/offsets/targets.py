"""Where a group is to stand, as somebody says it: a moment, an end of the log, an offset, or a list of them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec
from msgspec import Struct

from stream.contracts.topics import INPUTS
from stream.engine.positions import Offsets
from stream.engine.record import TopicPartition
from stream.offsets.errors import NoSuchPartition

Scope = Mapping[str, frozenset[int]]  # topic -> partition numbers; none: all of them


class Earliest(Struct, frozen=True):
    """The beginning of each log."""


class Latest(Struct, frozen=True):
    """The end of each log."""


class At(Struct, frozen=True):
    """In each log its first record from this moment on; the end where there is none. Milliseconds since 1970 UTC."""

    at_ms: int


class Offset(Struct, frozen=True):
    """The same offset in each log."""

    offset: int


class Listed(Struct, frozen=True):
    """An offset for each partition; those that are not listed stay where they are."""

    offsets: Offsets


Target = Earliest | Latest | At | Offset | Listed


def back_by(text: str, now_ms: int) -> At:
    """Return the moment that lies an ISO 8601 duration before now. Raises ValueError."""
    try:
        span = msgspec.convert(text, timedelta)
    except msgspec.ValidationError as fault:
        raise ValueError(f"{text!r} is no duration: write PT30M, PT6H or P1DT12H") from fault
    if span <= timedelta(0):
        raise ValueError(f"{text} is not more than nothing: the duration is counted back from now, so write it without a sign")
    return At(now_ms - span // timedelta(milliseconds=1))


def scope_of(texts: Sequence[str]) -> Scope:
    """Return what `TOPIC` or `TOPIC:0,1` name, all input topics where nothing is named. Raises ValueError."""
    scope: dict[str, frozenset[int]] = {}
    for text in texts:
        topic, colon, numbers = text.partition(":")
        if topic not in INPUTS:
            raise ValueError(f"{topic!r} is no input of the workers: name {', '.join(INPUTS)}")
        if colon and not all(number.strip().isdecimal() for number in numbers.split(",")):
            raise ValueError(f"{text!r} names no partitions: write {topic}:0,1")
        scope[topic] = frozenset(int(number) for number in numbers.split(",")) if colon else frozenset()
    return scope or dict.fromkeys(INPUTS, frozenset())


def partitions_in(scope: Scope, counts: Mapping[str, int]) -> list[TopicPartition]:
    """Return the partitions of a scope in order, where topics have so many. Raises NoSuchPartition."""
    for topic, numbers in scope.items():
        if beyond := sorted(number for number in numbers if number >= counts[topic]):
            raise NoSuchPartition(f"{topic} has no partition {beyond[0]}: they are 0 to {counts[topic] - 1}")
    return [
        TopicPartition(topic, number)
        for topic in INPUTS
        if topic in scope
        for number in range(counts[topic])
        if not scope[topic] or number in scope[topic]
    ]

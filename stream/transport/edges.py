"""Where a part of a topic begins, and where nothing follows any more."""

from aiokafka import AIOKafkaConsumer, TopicPartition  # type: ignore[import-untyped]


async def since(
    consumer: AIOKafkaConsumer, since_ms: int, first: dict[TopicPartition, int], ends: dict[TopicPartition, int]
) -> dict[TopicPartition, int]:
    """Return where to begin for records not before `since_ms`, out of ends that were asked for before this call.

    A partition whose records are all older begins at its end as it stood before, so that what came in between is read. A broker
    that looks up no times at all (librdkafka's mock) answers the same; it does not find the time 0 either, which every record
    is behind, and is read from the beginning.
    """
    found = await consumer.offsets_for_times(dict.fromkeys(ends, since_ms))
    older = [tp for tp in ends if found.get(tp) is None and ends[tp] > first[tp]]
    whole = await consumer.offsets_for_times(dict.fromkeys(older, 0)) if older else {}
    begin = {tp: answer.offset for tp, answer in found.items() if answer is not None}
    return {tp: begin.get(tp, first[tp] if tp in whole and whole[tp] is None else ends[tp]) for tp in ends}


class Answers:
    """Tells when the broker has said twice that nothing readable follows a position: compaction has taken the rest away."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer
        self._seen: dict[TopicPartition, tuple[int, int | None, int]] = {}  # (position, time of the last answer, answers there)

    def nothing_more_at(self, tp: TopicPartition, position: int) -> bool:
        """Note how the broker answers at this position, and return whether it has said so."""
        answered_ms = self._consumer.last_poll_timestamp(tp)
        where, when_ms, answers = self._seen.get(tp, (-1, None, 0))
        if where != position:
            answers = 0
        elif answered_ms != when_ms:
            answers += 1
        self._seen[tp] = position, answered_ms, answers
        return answers >= 2

"""An audit of a past from end to end."""

from online_models.policy.policy import Policy
from stream.archive.kept import Kept, Part
from stream.audit.audit import TOPICS, Audit, Audited
from stream.contracts.topics import MODELS
from stream.engine.record import Record


async def audit(past: Kept, policy: Policy, *, from_ms: int | None = None, to_ms: int | None = None) -> Audited:
    """Derive again what was suggested between two times, both in milliseconds since 1970 UTC and of the records; None: without bound.

    Of the models also the one is read that stood at the beginning. One pass; what is not complete yet is held for 20 minutes of the
    records' time.

    Raises:
        LogError, BrokerAway, RightsMissing, TopicsDiffer: as the past's reading.
    """

    def wanted(record: Record) -> bool:
        if to_ms is not None and record.timestamp_ms >= to_ms:
            return False
        return record.topic == MODELS or from_ms is None or record.timestamp_ms >= from_ms

    running = Audit(policy)
    async with past.read(Part(TOPICS, since_ms=from_ms, earlier={MODELS: 1}, wanted=wanted)) as records:
        async for record in records:
            running.take(record)
    return running.end()

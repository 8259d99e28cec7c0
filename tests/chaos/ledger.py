"""What came of all events so far, told after every fault: what was lost, what was doubled."""

from collections import Counter, defaultdict
from hashlib import blake2b

from aiokafka import AIOKafkaConsumer, TopicPartition
from msgspec import Struct

from features.profile import Profile
from features.store.port import Store
from stream.contracts.topics import DEAD_LETTERS, SUGGESTIONS
from stream.engine.record import ORIGIN_HEADER
from tests.support.counting import counts_of, header, profiles
from tests.support.shop import Shop

BATCH_MS = 200


class Balance(Struct):
    """Sums over all events: counted too rarely or unanswered, counted too often or answered unasked, answers that came again."""

    lost: int = 0
    doubled: int = 0
    repeated: int = 0
    differing: int = 0
    letters: int = 0


class Ledger:
    """Reads on in the topics where it stood, and holds everything against what was sent."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._next: dict[TopicPartition, int] = {}
        self._answers: defaultdict[str, list[bytes]] = defaultdict(list)
        self._letters: Counter[str] = Counter()

    async def balance(self, store: Store) -> Balance:
        """Return how it stands; everything sent must be worked by now."""
        await self._read_on()
        found, missing, extra = await profiles(self._shop, store), Counter[str](), Counter[str]()
        for customer, expected in self._shop.expected().items():
            counted = counts_of(found.get(customer, Profile()))
            missing[customer] = (expected - counted).total()
            extra[customer] = (counted - expected).total()
        asked = {one.id for one in self._shop.sent}
        answered = self._answers.keys()
        several = [values for values in self._answers.values() if len(values) > 1]
        return Balance(
            lost=missing.total() + len(asked - answered),
            doubled=extra.total() + len(answered - asked) + sum(times - 1 for times in self._letters.values()),
            repeated=sum(len(values) - 1 for values in several),
            differing=sum(len(set(values)) > 1 for values in several),
            letters=len(self._letters),
        )

    async def _read_on(self) -> None:
        consumer = AIOKafkaConsumer(bootstrap_servers=self._shop.bootstrap, group_id=None, enable_auto_commit=False)
        await consumer.start()
        try:
            parts = [TopicPartition(topic, number) for topic in (SUGGESTIONS, DEAD_LETTERS) for number in range(self._shop.partitions)]
            consumer.assign(parts)
            ends = await consumer.end_offsets(parts)
            for at in parts:
                consumer.seek(at, self._next.get(at, 0))
            while any([await consumer.position(at) < ends[at] for at in parts]):
                for at, records in (await consumer.getmany(timeout_ms=BATCH_MS)).items():
                    for record in records:
                        self._take(at.topic, record)
                    self._next[at] = records[-1].offset + 1
        finally:
            await consumer.stop()

    def _take(self, topic: str, record: object) -> None:
        headers, value = record.headers, record.value  # type: ignore[attr-defined]
        if topic == SUGGESTIONS:
            self._answers[header(headers, ORIGIN_HEADER)].append(blake2b(value, digest_size=8).digest())
        else:
            self._letters[":".join(header(headers, f"dl_{part}") for part in ("topic", "partition", "offset"))] += 1

"""What a worker keeps in memory between batches, by (partition, customer); filled only after a commit."""

from collections import OrderedDict
from typing import Generic, TypeVar

from msgspec import Struct

from features.profile import Profile
from online_models.request import Ranked

MAX_LIVE_SESSIONS = 2_000  # each holds some 100 candidates x 50 features x 4 bytes = 20 KB, more with a long history
Value = TypeVar("Value")
Key = tuple[int, str]


class Live(Struct, frozen=True):
    """The candidates of a session as they were last ranked, by head; the session's next event answers them."""

    session: str
    at_ms: int
    on_screen: str
    ranked: dict[str, Ranked]


class Lru(Generic[Value]):
    """The `capacity` most recently used values."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._values: OrderedDict[Key, Value] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Key) -> Value | None:
        """Return the value, which becomes the most recently used, or None."""
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: Key, value: Value | None) -> None:
        """Keep `value`; None forgets the key."""
        if value is None:
            self._values.pop(key, None)
            return
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self._capacity:
            self._values.popitem(last=False)

    def drop_partition(self, partition: int) -> None:
        """Forget everything of one partition number. O(n)."""
        for key in [key for key in self._values if key[0] == partition]:
            del self._values[key]


class Caches:
    """Profiles and live rankings."""

    def __init__(self, profiles: int, live_sessions: int = MAX_LIVE_SESSIONS) -> None:
        self.profiles: Lru[Profile] = Lru(profiles)
        self.live: Lru[Live] = Lru(live_sessions)

    def drop_partition(self, partition: int) -> None:
        """Forget one partition number, because it was lost, taken over or sought in."""
        self.profiles.drop_partition(partition)
        self.live.drop_partition(partition)

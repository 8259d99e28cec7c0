"""The memory that all workers share: built from one topic, each record counted once."""

from online_models.memory.baskets import CAPACITY as BASKETS
from online_models.memory.baskets import MOST as MOST_BASKETS
from online_models.memory.baskets import BasketMemory
from online_models.memory.categories import Categories
from online_models.memory.popularity import Popularity
from online_models.memory.prices import Prices
from online_models.memory.sessions import CAPACITY, SessionMemory
from online_models.memory.sessions import MOST as MOST_ROWS
from online_models.memory.similarity import Similarity
from online_models.memory.vocabulary import Vocabulary
from stream.contracts.memory import Forget, Memory, MemoryRecord


class SharedMemory:
    """Everything that everybody's events teach without training. `version` counts the records taken in.

    Bounded by the capacity of its windows and the number of items. Single-threaded. One customer counts only while at most `most_rows` of
    his rows and `most_baskets` of his baskets hold the same item: see `Silenced`.
    """

    def __init__(
        self, *, session_rows: int = CAPACITY, baskets: int = BASKETS, most_rows: int = MOST_ROWS, most_baskets: int = MOST_BASKETS
    ) -> None:
        self.version = 0
        self.items = Vocabulary()
        self.popularity = Popularity()
        self.categories = Categories(self.items, self.popularity)
        self.similarity = Similarity(self.items)
        self.sessions = SessionMemory((self.popularity, self.categories, self.similarity), session_rows, most=most_rows)
        self.baskets = BasketMemory(baskets, most=most_baskets)
        self.prices = Prices()
        self._highest: dict[tuple[str, int], int] = {}  # (topic, partition) -> offset of the newest origin taken in

    def take_in(self, record: Memory) -> bool:
        """Count the record, or carry out the wish to be forgotten; False when its origin was taken in before."""
        source = record.origin.topic, record.origin.partition
        if record.origin.offset <= self._highest.get(source, -1):
            return False
        self._highest[source] = record.origin.offset
        self.version += 1
        if isinstance(record, Forget):
            self._forget(record.customer)
        else:
            self._remember(record)
        return True

    def _remember(self, record: MemoryRecord) -> None:
        indices = [self.items.index(line.item_id) for line in record.items]
        self.sessions.take_in(record, indices, [self.categories.index(line.category) for line in record.items])
        self.baskets.take_in(record, indices)
        self.prices.take_in(record, indices)

    def _forget(self, customer: str) -> None:
        self.sessions.forget(customer)
        self.baskets.forget(customer)
        self.prices.forget(customer)

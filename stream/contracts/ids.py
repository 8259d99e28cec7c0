"""Names of things, as types: what is an item id is not a customer."""

from typing import Annotated, NewType

from msgspec import Meta, Struct

ItemId = NewType("ItemId", str)
Customer = NewType("Customer", str)
EventId = NewType("EventId", str)
SuggestionId = NewType("SuggestionId", str)

# Letters and digits of any script and printable ASCII: no control characters, no pictographs.
IdText = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[\w -~]+\Z")]
YEAR_2000_MS = 946_684_800_000
EventTimeMs = Annotated[int, Meta(ge=YEAR_2000_MS, description="milliseconds since 1970 UTC, not before the year 2000")]


class Origin(Struct, frozen=True, order=True, array_like=True, gc=False):
    """Where a record first stood in an input topic; ids derive from it, so a replay repeats them."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        """Return `topic:partition:offset`, the form of headers and of suggestion ids."""
        return f"{self.topic}:{self.partition}:{self.offset}"

    @classmethod
    def parse(cls, text: str) -> "Origin":
        """Read what `str` wrote. Raises ValueError for anything else."""
        topic, partition, offset = text.rsplit(":", 2)
        return cls(topic, int(partition), int(offset))

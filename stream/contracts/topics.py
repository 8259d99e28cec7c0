"""The topics: what is in them, who keys them, how long and how large."""

from typing import Literal

from msgspec import Struct

DAY_MS = 24 * 60 * 60 * 1000
INPUT_BYTES = 1_048_576
OUTPUT_BYTES = 2 * INPUT_BYTES
LETTER_BYTES = 4 * INPUT_BYTES  # a letter is an input, whole, with headers

CLICKSTREAM = "shop.clickstream.v1"
CART = "shop.cart.v1"
CONSENT = "shop.consent.v1"
CATALOG = "shop.catalog.v1"
SUGGESTIONS = "shop.suggestions.v1"
MEMORY = "tsuide.memory.v1"
TRAINING = "tsuide.training.v1"
MODELS = "tsuide.models.v1"
DEAD_LETTERS = "tsuide.dead-letters.v1"

INPUTS = (CLICKSTREAM, CART, CONSENT)
CART_EVENTS = frozenset({"add_to_cart", "remove_from_cart", "view_cart", "begin_checkout", "add_payment_info", "purchase", "refund"})


class Topic(Struct, frozen=True):
    """One topic as it is to be created. `partitions` None: as many as the inputs have, fixed for life."""

    name: str
    says: str
    key: str
    partitions: int | None = None
    cleanup: Literal["delete", "compact"] = "delete"
    retention_ms: int = 7 * DAY_MS
    max_message_bytes: int = INPUT_BYTES

    def config(self) -> dict[str, str]:
        """Return Kafka's topic settings."""
        settings = {
            "cleanup.policy": self.cleanup,
            "max.message.bytes": str(self.max_message_bytes),
            "message.timestamp.type": "CreateTime",
        }
        if self.cleanup == "compact":
            return settings | {"delete.retention.ms": str(7 * DAY_MS)}
        return settings | {"retention.ms": str(self.retention_ms)}


FOR_EVER = -1
TOPICS: tuple[Topic, ...] = (
    Topic(CLICKSTREAM, "looking: views, clicks, impressions, searches", key="customer"),
    Topic(CART, "acting: cart, checkout, purchase, refund", key="customer"),
    Topic(CONSENT, "the customer's will: opt_out, opt_in, forget", key="customer", retention_ms=FOR_EVER),
    Topic(CATALOG, "what the shop sells", key="item_id", partitions=1, cleanup="compact"),
    Topic(SUGGESTIONS, "what to show now", key="customer", retention_ms=DAY_MS, max_message_bytes=OUTPUT_BYTES),
    Topic(
        MEMORY, "what answered events add to the shared memory", key="customer", retention_ms=90 * DAY_MS, max_message_bytes=OUTPUT_BYTES
    ),
    Topic(TRAINING, "examples for the ranker", key="origin", partitions=1, max_message_bytes=OUTPUT_BYTES),
    Topic(MODELS, "the ranker's weights", "ranker", partitions=1, retention_ms=30 * DAY_MS, max_message_bytes=OUTPUT_BYTES),
    Topic(DEAD_LETTERS, "what could not be handled", key="customer", retention_ms=30 * DAY_MS, max_message_bytes=LETTER_BYTES),
)
BY_NAME = {topic.name: topic for topic in TOPICS}


def topic_of(event: str) -> str:
    """Return the topic that an event of this GA4 name is written to."""
    return CART if event in CART_EVENTS else CLICKSTREAM

"""What is known of one customer: newest-K logs and exact counts, so that any order of arrival gives the same profile."""

from enum import IntEnum

from msgspec import Struct

MAX_HISTORY = 100  # distinct items remembered
MAX_RECENT = 20  # touches remembered one by one: a session's tail
MAX_CART = 100
MAX_BASKETS = 3
MAX_CATEGORIES = 20
MAX_EVENT_IDS = 32
MAX_METERS = 16
SESSION_GAP_MS = 30 * 60 * 1000


class Kind(IntEnum):
    """How strongly an item was touched; a higher one is a stronger sign of interest."""

    VIEW = 1
    CLICK = 2
    WISH = 3
    CART = 4
    BUY = 5


class Touch(Struct, frozen=True, array_like=True, gc=False):
    """All that happened with one item: when last (ms), how often looked at, put into the cart, bought (lines, not pieces).

    `buys` is below 0 while a refund is known and its purchase is not; read it as max(0, buys).
    """

    item_id: str
    last_ms: int
    views: int = 0
    carts: int = 0
    buys: int = 0
    last_buy_ms: int = 0


class Recent(Struct, frozen=True, array_like=True, gc=False):
    """One touch. `session` is a 32-bit hash of the session id, 0 where the shop sends none."""

    at_ms: int
    item_id: str
    kind: int
    session: int = 0


class CartLine(Struct, frozen=True, array_like=True, gc=False):
    """One addition to the cart, or (negative quantity) removal. `price` per piece."""

    at_ms: int
    item_id: str
    quantity: float
    price: float | None = None


class Basket(Struct, frozen=True, array_like=True, gc=False):
    """One purchase: its distinct items, in the order of the event, at most 60."""

    at_ms: int
    items: tuple[str, ...]


class Spend(Struct, frozen=True, array_like=True, gc=False):
    """Decayed weight and weighted ln price of one category, as exact integers an epoch (features/decay.py)."""

    category: str
    last_ms: int
    epochs: tuple[tuple[int, int, int], ...]  # (epoch, weight, weight * ln price), newest epoch last


class ShownList(Struct, frozen=True, array_like=True, gc=False):
    """How often one list was sent: within `session` (its key), and within `day` (days since 1970 UTC)."""

    item_list_id: str
    session: str
    in_session: int
    day: int
    in_day: int


class Shown(Struct, frozen=True, array_like=True, gc=False):
    """What was said to the customer and how he took it. Depends on the suggestions, so no digest covers it."""

    lists: tuple[ShownList, ...] = ()
    impressions: int = 0
    dismissed: tuple[tuple[str, int], ...] = ()  # (item, or list:<id>; when in ms), newest last, at most 50
    paused_until_ms: int = 0


class Meter(Struct, frozen=True, array_like=True, gc=False):
    """The newest reading of one meter of one plan, in the metric's own unit."""

    at_ms: int
    plan_id: str
    metric: str
    used: float
    limit: float


class Profile(Struct, frozen=True, array_like=True, gc=False):
    """One customer. All tuples are sorted oldest first; empty for a customer never seen."""

    history: tuple[Touch, ...] = ()
    recent: tuple[Recent, ...] = ()
    cart: tuple[CartLine, ...] = ()
    cart_cleared_ms: int = 0
    baskets: tuple[Basket, ...] = ()
    n_baskets: int = 0
    n_lines: int = 0
    spend: tuple[Spend, ...] = ()
    event_ids: bytes = b""  # 8-byte hashes in order of arrival, newest last
    language: str | None = None
    language_ms: int = 0  # when the language was last said
    currency: str | None = None
    currency_ms: int = 0
    chain_ms: int = 0  # start of the unbroken chain that `recent` begins in, 0 where that is its first touch
    shown: Shown = Shown()
    opted_out: bool = False
    meters: tuple[Meter, ...] = ()  # one a plan and metric


EMPTY = Profile()

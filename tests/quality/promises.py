"""What was promised for the logs that everybody knows by name, and how each protocol is asked for."""

from msgspec import Struct

KIB, MIB = 1024, 1024 * 1024
ITEM_BYTES = 3 * KIB  # of shared memory for an item, its derived tables included
LINE_BYTES = 150  # and for a retained event or basket line

PROTOCOLS = {  # as the table calls it -> how `tsuide evaluate` is asked
    "next-item": ("--protocol", "next-item"),
    "basket": ("--protocol", "basket"),
    "basket, discover": ("--protocol", "basket", "--mode", "discover"),
    "accessory": ("--protocol", "accessory"),
    "accessory, any category": ("--protocol", "accessory", "--ignore-category"),
    "accessory, sessions": ("--protocol", "accessory", "--sessions"),
    "upgrade": ("--protocol", "upgrade"),
}


class Promise(Struct, frozen=True):
    """The least that one protocol is to reach on one log in the one default configuration.

    `n`: questions that count, at most `within` more or fewer; another number means that something else was asked.
    `hr`, `mrr`: at the protocol's K. `p50_us`: microseconds of thread time that half of the answers may take; None: nothing was said.
    """

    n: int
    hr: float
    mrr: float
    within: int = 0
    p50_us: float | None = None


MEMORY_OF = ("taobao_users", "online_retail")  # logs with so many items that what is there before any of them does not matter
PROMISES: dict[tuple[str, str], Promise] = {
    ("taobao_users", "next-item"): Promise(15_345, 0.217, 0.117, p50_us=600),
    ("taobao_users", "accessory, sessions"): Promise(984, 0.160, 0.082, within=6),
    ("rsc15_100k", "next-item"): Promise(9_448, 0.608, 0.275, p50_us=450),
    ("online_retail", "basket"): Promise(3_686, 0.337, 0.172, p50_us=3_000),
    ("online_retail", "basket, discover"): Promise(2_128, 0.275, 0.138, p50_us=3_000),
    ("online_retail", "accessory, any category"): Promise(3_277, 0.512, 0.305, p50_us=1_500),
    ("ms_store", "basket"): Promise(621, 0.860, 0.685),
    ("ms_store", "basket, discover"): Promise(312, 0.745, 0.485),
    ("tafeng_2000", "basket"): Promise(9_660, 0.193, 0.102),
    ("tafeng_2000", "basket, discover"): Promise(8_618, 0.162, 0.095),
    ("tafeng_2000", "upgrade"): Promise(2_181, 0.765, 0.398),
}


def promised(log: str) -> list[str]:
    """Return the protocols that something was promised of on this log, in the table's order."""
    return [protocol for known, protocol in PROMISES if known == log]


def memory_bound_mib(items: int, lines: int) -> float:
    """Return the shared memory that so many items and retained lines may take."""
    return (items * ITEM_BYTES + lines * LINE_BYTES) / MIB

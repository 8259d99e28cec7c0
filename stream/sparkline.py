"""A course of figures as a row of bars, one column each."""

from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"


def spark(values: Sequence[float], width: int) -> str:
    """Return the newest `width` values as a row of bars, from 0 to the highest of them."""
    newest = list(values)[-width:]
    highest = max(newest, default=0.0)
    if highest <= 0:
        return BARS[0] * len(newest)
    return "".join(BARS[min(len(BARS) - 1, int(value / highest * len(BARS)))] for value in newest)

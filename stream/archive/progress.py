"""Telling how far a log is read or written."""

from collections.abc import Callable

Progress = Callable[[int, int], None]  # (how much is done, of how much), in bytes or offsets


def untold(done: int, of: int) -> None:
    """Tell nobody."""

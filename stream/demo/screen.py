"""What a run is shown on: a port that the terminal, a pipe and a machine implement."""

import sys
from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from stream.demo.figures import Course, Figures
from stream.demo.score import Answer


class Moment(Struct, frozen=True):
    """Everything that is worth seeing now. `clock_ms`: the log's own time, `address`: of the shop's pages, `orders`: what the log is."""

    clock_ms: int
    titles: dict[str, str]
    answers: Sequence[Answer]
    figures: Figures
    course: Course
    servers: str
    address: str
    orders: str = "real invoices of a gift shop"


class Screen(Protocol):
    """Told what happens, from the start to the end."""

    def stage(self, text: str, *, done: int = 0, total: int = 0) -> None:
        """Say what is being started; `done` of `total` where that takes a while."""

    def opened(self, address: str) -> None:
        """Say where the shop's pages are; called once, between two stages."""

    def show(self, moment: Moment) -> None:
        """Show the live run as it is now; called a few times a second."""

    def close(self) -> None:
        """Give the terminal back."""


class QuietScreen:
    """For machines: what is being started goes to standard error, once, and nothing else is said."""

    def __init__(self) -> None:
        self._said = ""

    def stage(self, text: str, *, done: int = 0, total: int = 0) -> None:
        """Say each stage once."""
        if text != self._said:
            print(text, file=sys.stderr, flush=True)
            self._said = text

    def opened(self, address: str) -> None:
        """Say it as a line."""
        print(opened_line(address), file=sys.stderr, flush=True)

    def show(self, moment: Moment) -> None:
        """Show nothing."""

    def close(self) -> None:
        """Nothing to give back."""


def opened_line(address: str) -> str:
    """Return where the shop is, as a line."""
    return f"the shop is open: {address}"

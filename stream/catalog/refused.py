"""Rows of a catalogue that cannot be taken."""

from msgspec import Struct


class RowRefused(Exception):
    """A row's field does not fit the contract."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


class Refusal(Struct, frozen=True):
    """One row that was left out: the line of the file, the field (empty: the row as a whole), and why."""

    line: int
    field: str
    why: str

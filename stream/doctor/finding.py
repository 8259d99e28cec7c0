"""What one look found."""

from typing import Literal

from msgspec import Struct

State = Literal["ok", "warn", "fail"]


class Finding(Struct, frozen=True):
    """One thing that was looked at: `fail` keeps a worker from working rightly, `warn` may; then `cure` says what to do."""

    check: str
    state: State
    found: str
    cure: str = ""

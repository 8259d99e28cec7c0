"""The customer's will."""

from typing import Literal

from msgspec import Struct

from stream.contracts.ids import EventTimeMs, IdText

Choice = Literal["opt_out", "opt_in", "forget"]


class Consent(Struct, frozen=True, omit_defaults=True):
    """opt_out: nothing is kept or shown from here on; opt_in: takes that back; forget: all that is known is erased."""

    event_id: IdText
    event_time_ms: EventTimeMs
    choice: Choice
    customer: IdText | None = None
    user_id: IdText | None = None
    client_id: IdText | None = None

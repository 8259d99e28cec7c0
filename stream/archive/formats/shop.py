"""The shop's own events, one a line, as `stream.contracts.events` has them."""

import msgspec

from stream.contracts.events import Event

_EVENTS: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def event_of(line: bytes) -> Event:
    """Return a line's event. Raises msgspec.DecodeError or UnicodeDecodeError."""
    return _EVENTS.decode(line)

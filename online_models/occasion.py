"""The moment that is to be answered."""

from msgspec import Struct

from features.profile import Profile
from features.session import Session
from stream.contracts.events import Event


class Occasion(Struct, frozen=True):
    """What a customer just did. `session` and `profile` hold the event already."""

    event: Event
    customer: str
    session: Session
    profile: Profile

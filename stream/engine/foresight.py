"""What the next few events of a chunk come to, worked out for all of them at once: so the next-view ranking costs less than one by one."""

import time
from collections.abc import Iterable
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from features.fold import fold
from features.profile import Profile
from features.session import session_of
from online_models.browse import Asked, rank_views
from online_models.browse.question import browse_request
from online_models.occasion import Occasion
from online_models.request import Ranked
from stream.contracts.consent import Consent
from stream.contracts.events import Event
from stream.engine.decode import Decoded
from stream.engine.knowledge import Knowledge

AHEAD = 16  # events that are looked at together: 16 cost a sixth less than twice 8; more are lost where a chunk ends before their turn


class Foreseen(Struct, frozen=True):
    """An event as an occasion: folded into `before`, which its customer was until then.

    `browse`: the next-view candidates, where they were ranked ahead. `fold_s`, `rank_s`: seconds that it took, of the ranking its share.
    """

    decoded: Decoded
    before: Profile
    occasion: Occasion
    fold_s: float
    browse: Ranked | None = None
    rank_s: float = 0.0


class Foresight:
    """Looks at the next events of a chunk. What we know does not change while a chunk is worked; a customer changes with each event."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._foreseen: dict[int, Foreseen] = {}  # by the identity of what was decoded, which each holds

    def look(self, coming: Iterable[tuple[Decoded, Profile]]) -> None:
        """Fold and rank these events, whose customers' profiles stand beside them; what was seen before is forgotten.

        A customer's second event is folded into what his first leaves. What cannot be folded or ranked is left out: it fails again, and
        is told, when its own turn comes.
        """
        self._foreseen = {}
        left: dict[str, Profile] = {}
        for decoded, profile in coming:
            if not isinstance(decoded.event, Consent):
                with suppress(Exception):
                    one = folded(decoded, decoded.event, left.get(decoded.customer, profile))
                    self._foreseen[id(decoded)], left[decoded.customer] = one, one.occasion.profile
        with suppress(Exception):
            self._rank()

    def of(self, decoded: Decoded, event: Event, profile: Profile) -> Foreseen:
        """Return what the event comes to.

        As it was foreseen, if that was from this very profile; with the ranking that was foreseen, if nothing differs but what the
        customer was shown meanwhile, which ranking does not look at.
        """
        found = self._foreseen.get(id(decoded))
        if found is not None and found.before is profile:
            return found
        anew = folded(decoded, event, profile)
        if found is not None and _is_asked_alike(found.occasion, anew.occasion):
            return replace(anew, browse=found.browse, rank_s=found.rank_s)
        return anew

    def _rank(self) -> None:
        know, began_s = self._knowledge, time.perf_counter()
        asked = {
            at: Asked(request, one.occasion.profile, one.occasion.event.event_time_ms)
            for at, one in self._foreseen.items()
            if one.occasion.profile is not one.before and (request := browse_request(one.occasion)) is not None
        }
        if len(asked) > 1:
            ranked = rank_views(list(asked.values()), know.memory, know.catalog, know.weights)
            rank_s = (time.perf_counter() - began_s) / len(asked)
            for at, browse in zip(asked, ranked, strict=True):
                self._foreseen[at] = replace(self._foreseen[at], browse=browse, rank_s=rank_s)


def folded(decoded: Decoded, event: Event, profile: Profile) -> Foreseen:
    """Return what the event comes to, not ranked yet."""
    began_s = time.perf_counter()
    after = fold(profile, event)
    fold_s = time.perf_counter() - began_s
    session = session_of(after, decoded.customer, event.session_id, event.event_time_ms)
    return Foreseen(decoded, profile, Occasion(event, decoded.customer, session, after), fold_s)


def _is_asked_alike(one: Occasion, other: Occasion) -> bool:
    """Return whether nothing differs but what was shown."""
    return one.session == other.session and replace(one.profile, shown=other.profile.shown) == other.profile

"""Events that are looked at together come to what each comes to alone."""

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from features.fold import fold
from features.profile import EMPTY
from features.shown import said
from features.store.memory import MemoryStore
from online_models.browse import rank_browse
from online_models.browse.question import browse_request
from stream.contracts.consent import Consent
from stream.contracts.events import Event, Search
from stream.contracts.ids import Origin
from stream.contracts.topics import CLICKSTREAM, SUGGESTIONS, TRAINING
from stream.engine import foresight
from stream.engine.decode import Decoded
from stream.engine.foresight import AHEAD, Foresight
from stream.engine.record import Record
from stream.transport.partitions import partition_of
from tests.support.engine_on_cue import HOME, NOW_MS, PARTITIONS, Broker, an_event, fetched, knowledge, standing, worked

ANA, BEN, CLEO, DAN = [name for name in (f"k1:{number:064x}" for number in range(50)) if partition_of(name, PARTITIONS) == HOME][:4]
SHELF = ("tea", "kettle", "cup", "tray")


def decoded(event: Event | Consent, customer: str = ANA) -> Decoded:
    return Decoded(Record(CLICKSTREAM, HOME, 0, NOW_MS, None, b""), Origin(CLICKSTREAM, HOME, 0), customer, event)


async def sent_by(events: Sequence[Event], *, chunk_records: int) -> Broker:
    broker = Broker()
    await worked(await standing(MemoryStore(), broker, chunk_records=chunk_records), fetched(*events))
    return broker


async def test_a_fetch_sends_the_same_bytes_however_many_events_are_looked_at_together():
    # given four rounds through the shelf, in each of which everybody looks at something, and Ana twice in a row
    visits = [(ANA, 0), (ANA, 1), (BEN, 1), (CLEO, 2), (DAN, 3)]
    who_and_what = [(who, SHELF[(place + turn) % len(SHELF)]) for turn in range(4) for who, place in visits]
    events = [an_event(number, item, customer=who) for number, (who, item) in enumerate(who_and_what)]
    assert len(events) > AHEAD
    # when they are worked together, and one by one
    together, alone = await sent_by(events, chunk_records=500), await sent_by(events, chunk_records=1)
    assert together.sent == alone.sent
    assert (len(together.of(SUGGESTIONS)), len(together.of(TRAINING)) > len(events)) == (len(events), True)


def test_the_candidates_are_those_of_each_event_alone():
    known = knowledge()
    coming = [decoded(an_event(1, "tea"), ANA), decoded(an_event(2, "cup"), BEN)]
    ahead = Foresight(known)
    ahead.look([(one, EMPTY) for one in coming])
    for one in coming:
        found = ahead.of(one, one.event, EMPTY)  # type: ignore[arg-type]
        request = browse_request(found.occasion)
        assert request is not None
        assert found.browse is not None
        alone = rank_browse(request, found.occasion.profile, known.memory, known.catalog, known.weights, one.event.event_time_ms)
        assert found.browse.items == alone.items
        assert found.browse.features.tobytes() == alone.features.tobytes()
        assert found.rank_s > 0


def test_what_was_foreseen_from_another_profile_or_for_another_event_is_worked_out_anew():
    first, second, other = decoded(an_event(1)), decoded(an_event(2, "cup")), decoded(an_event(3), BEN)
    ahead = Foresight(knowledge())
    ahead.look([(first, EMPTY), (second, EMPTY), (other, EMPTY)])
    assert ahead.of(first, an_event(1), EMPTY).browse is not None
    # when the customer was something else by then, or it is his second event
    touched = fold(EMPTY, an_event(0, "tray"))
    anew = ahead.of(first, an_event(1), touched)
    assert (anew.browse, anew.occasion.profile) == (None, fold(touched, an_event(1)))
    assert ahead.of(second, an_event(2, "cup"), EMPTY).browse is None
    # and once others were looked at, nothing is left of it
    ahead.look([])
    assert ahead.of(first, an_event(1), EMPTY).browse is None


def test_a_customers_second_event_keeps_its_ranking_when_he_was_only_shown_something_meanwhile():
    # given two events of one customer that are looked at together
    known = knowledge()
    first, second = decoded(an_event(1)), decoded(an_event(2, "cup"))
    ahead = Foresight(known)
    ahead.look([(first, EMPTY), (second, EMPTY)])
    left = ahead.of(first, an_event(1), EMPTY).occasion.profile
    # when the answer to the first has shown him something
    session = ahead.of(first, an_event(1), EMPTY).occasion.session.key
    shown = replace(left, shown=said(left.shown, ("accessories",), session=session, now_ms=NOW_MS))
    found = ahead.of(second, an_event(2, "cup"), shown)
    # then the second is folded into that, and its candidates are those of that moment
    assert found.occasion.profile == fold(shown, an_event(2, "cup"))
    assert found.browse is not None
    request = browse_request(found.occasion)
    assert request is not None
    alone = rank_browse(request, found.occasion.profile, known.memory, known.catalog, known.weights, second.event.event_time_ms)
    assert (found.browse.items, found.browse.features.tobytes()) == (alone.items, alone.features.tobytes())
    # and nothing is kept where he did something else in between
    assert ahead.of(second, an_event(2, "cup"), fold(shown, an_event(3, "tray"))).browse is None


def test_what_asks_for_no_next_view_is_folded_and_not_ranked():
    will = Consent(event_id="w", event_time_ms=NOW_MS, choice="forget", customer=CLEO)
    search = Search(event_id="q", event_time_ms=NOW_MS, customer=DAN, search_term="tea")
    repeated, again, asked = fold(EMPTY, an_event(2)), decoded(an_event(2), BEN), decoded(search, DAN)
    ahead = Foresight(knowledge())
    ahead.look([(decoded(an_event(1)), EMPTY), (again, repeated), (decoded(will, CLEO), EMPTY), (asked, EMPTY)])
    assert ahead.of(again, an_event(2), repeated).browse is None
    assert ahead.of(again, an_event(2), repeated).occasion.profile is repeated
    assert ahead.of(asked, search, EMPTY).browse is None


def test_an_event_that_cannot_be_folded_spoils_nothing_for_the_others(monkeypatch: pytest.MonkeyPatch):
    def failing(profile: Any, event: Any) -> Any:
        if event.items[0].item_id == "bad":
            raise ZeroDivisionError("folding")
        return fold(profile, event)

    monkeypatch.setattr(foresight, "fold", failing)
    good, bad, fine = decoded(an_event(1)), decoded(an_event(2, "bad"), BEN), decoded(an_event(3, "cup"), CLEO)
    ahead = Foresight(knowledge())
    ahead.look([(good, EMPTY), (bad, EMPTY), (fine, EMPTY)])
    assert ahead.of(good, an_event(1), EMPTY).browse is not None
    assert ahead.of(fine, an_event(3, "cup"), EMPTY).browse is not None
    with pytest.raises(ZeroDivisionError, match="folding"):
        ahead.of(bad, an_event(2, "bad"), EMPTY)

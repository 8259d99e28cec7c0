from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from stream.contracts.events import Item, Purchase, Refund, Usage, ViewItem
from stream.load.renaming import Renaming, is_of_a_load
from tests.support.shop import customer_named

HOUR_MS = 3_600_000
THEN_MS, NOW_MS = 1_396_314_141_719, 1_763_780_000_000


def a_view(who: str = "ana", *, session: str | None = "s-1", at_ms: int = THEN_MS) -> ViewItem:
    return ViewItem(event_id="e-1", event_time_ms=at_ms, customer=customer_named(who), session_id=session, items=(Item("tea"),))


def test_a_renamed_event_is_of_now_under_names_that_are_a_loads_and_is_else_the_same() -> None:
    renamed = Renaming("r1").renamed(a_view(), number=7, turn=0, at_ms=NOW_MS)
    assert (renamed.event_id, renamed.event_time_ms, renamed.items) == ("load-r1-7", NOW_MS, (Item("tea"),))
    assert renamed.customer is not None
    assert len(renamed.customer) == len("load:") + 64
    assert is_of_a_load(renamed.customer.encode())
    assert str(renamed.session_id).startswith("load-")
    assert not is_of_a_load(customer_named("ana").encode())


def test_customers_and_their_sessions_are_told_apart_as_in_the_log() -> None:
    renaming = Renaming("r1")
    seen = [a_view("ana"), a_view("ana", session="s-2"), a_view("ben"), a_view("ana")]
    ana, ana_later, ben, ana_again = (renaming.renamed(event, number=0, turn=0, at_ms=NOW_MS) for event in seen)
    assert ana.customer == ana_later.customer != ben.customer
    assert len({ana.session_id, ana_later.session_id, ben.session_id}) == 3  # also where two customers say the same
    assert (ana.customer, ana.session_id) == (ana_again.customer, ana_again.session_id)


def test_another_run_and_another_round_are_other_customers() -> None:
    names = {Renaming(run).renamed(a_view(), number=0, turn=turn, at_ms=NOW_MS).customer for run, turn in (("r1", 0), ("r1", 1), ("r2", 0))}
    assert len(names) == 3


def test_a_log_can_be_put_together_into_fewer_customers_who_stay_the_same_each_round() -> None:
    renaming = Renaming("r1", customers=3)
    rounds = [{renaming.renamed(a_view(f"c{n}"), number=n, turn=turn, at_ms=NOW_MS).customer for n in range(100)} for turn in (0, 1)]
    assert rounds[0] == rounds[1]
    assert len(rounds[0]) == 3


def test_a_refund_still_names_the_order_that_it_gives_back() -> None:
    renaming, fields = Renaming("r1"), {"event_time_ms": THEN_MS, "customer": "k1:a", "transaction_id": "o-1"}
    bought = renaming.renamed(Purchase(event_id="e-1", **fields), number=0, turn=0, at_ms=NOW_MS)
    given_back = renaming.renamed(Refund(event_id="e-2", **fields), number=1, turn=0, at_ms=NOW_MS)
    assert bought.transaction_id == given_back.transaction_id != "o-1"


def test_what_an_event_says_of_others_suggestions_is_left_out_and_a_meter_begins_again_as_much_later() -> None:
    said = ViewItem(event_id="e", event_time_ms=THEN_MS, customer="k1:a", suggestion_id="shop.cart.v1:0:1")
    meter = Usage(
        event_id="e", event_time_ms=THEN_MS, customer="k1:a", plan_id="p", metric="GB", used=1, limit=2, resets_ms=THEN_MS + HOUR_MS
    )
    renaming = Renaming("r1")
    assert renaming.renamed(said, number=0, turn=0, at_ms=NOW_MS).suggestion_id is None
    renamed = renaming.renamed(meter, number=1, turn=0, at_ms=NOW_MS)
    assert isinstance(renamed, Usage)
    assert renamed.resets_ms == NOW_MS + HOUR_MS


def test_an_answer_is_matched_by_the_id_of_its_event_and_others_are_not() -> None:
    renaming = Renaming("r1")
    assert renaming.number_of("load-r1-42") == 42
    assert [renaming.number_of(other) for other in ("load-r2-42", "r1-42", "load-r1-", "load-r1--1", "event-42", "")] == [None] * 6


@given(st.lists(st.tuples(st.sampled_from(["ana", "ben", "eve"]), st.integers(0, 10**6)), max_size=30), st.integers(1, 3))
def test_whatever_the_log_says_each_customers_events_keep_its_order(log: list[tuple[str, int]], customers: int) -> None:
    # given events in the log's order, whatever their times, each due a millisecond after the other
    renaming, times = Renaming("r1", customers=customers), defaultdict(list)
    for number, (who, later_ms) in enumerate(log):
        renamed = renaming.renamed(a_view(who, at_ms=THEN_MS + later_ms), number=number, turn=0, at_ms=NOW_MS + number)
        times[renamed.customer].append(renamed.event_time_ms)
    # then they happen in this order for everybody
    assert all(own == sorted(own) for own in times.values())
    assert sum(map(len, times.values())) == len(log)

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from stream.contracts.ids import Customer
from stream.gateway.board import Board
from stream.gateway.held import Held
from tests.support.offers import a_suggestion

ANA, BEN = Customer("k1:ana"), Customer("k1:ben")
NOW_MS, EXPIRES_MS = 1_000, 2_000
Place = tuple[str, str]  # session and list
Shown = tuple[str, int]  # an item and when it expires


def shown(held: list[Held] | None) -> list[tuple[str, dict[str, list[str]]]] | None:
    """Return (event id, list -> items) of each."""
    if held is None:
        return None
    return [(one.event_id, {each.item_list_id: [item.item_id for item in each.items] for each in one.offer.lists}) for one in held]


class TestOfALatelyTakenList:
    def test_the_highest_seq_stands_whatever_came_last(self) -> None:
        # given seq 7 for a list, when 6 arrives after it, then it is not taken, and 7 stands
        board = Board(10)
        assert board.take(0, 0, a_suggestion(ANA, seq=7, accessories=["tea"])) is not None
        assert board.take(0, 1, a_suggestion(ANA, seq=6, accessories=["cup"])) is None
        assert shown(board.current(ANA, NOW_MS)) == [("0:0", {"accessories": ["tea"]})]

    def test_the_same_one_published_again_is_not_taken(self) -> None:
        board = Board(10)
        board.take(0, 0, a_suggestion(ANA, seq=7, accessories=["tea"]))
        assert board.take(0, 1, a_suggestion(ANA, seq=7, accessories=["tea"])) is None
        assert board.take(0, 0, a_suggestion(ANA, seq=7, accessories=["tea"])) is None
        assert len(board) == 1

    def test_each_list_is_its_own(self) -> None:
        # given two lists from one suggestion, when a newer one brings one of them and a third
        board = Board(10)
        board.take(0, 0, a_suggestion(ANA, seq=1, accessories=["tea"], upgrades=["pot"]))
        board.take(0, 1, a_suggestion(ANA, seq=2, accessories=["cup"], bundle=["set"]))
        # then of the older one the other list is left
        assert shown(board.current(ANA, NOW_MS)) == [("0:0", {"upgrades": ["pot"]}), ("0:1", {"accessories": ["cup"], "bundle": ["set"]})]

    def test_of_a_late_one_that_is_taken_which_nothing_newer_stands_for(self) -> None:
        board = Board(10)
        board.take(0, 0, a_suggestion(ANA, seq=5, accessories=["cup"]))
        taken = board.take(0, 1, a_suggestion(ANA, seq=4, accessories=["tea"], upgrades=["pot"]))
        assert taken is not None
        assert shown([taken]) == [("0:1", {"upgrades": ["pot"]})]

    def test_sessions_do_not_replace_each_other(self) -> None:
        board = Board(10)
        board.take(0, 0, a_suggestion(ANA, seq=1, session="s-1", accessories=["tea"]))
        board.take(0, 1, a_suggestion(ANA, seq=2, session="s-2", accessories=["cup"]))
        assert len(board.current(ANA, NOW_MS)) == 2

    def test_a_list_without_items_clears_and_an_older_one_does_not_come_back(self) -> None:
        board = Board(10)
        board.take(0, 0, a_suggestion(ANA, seq=1, accessories=["tea"]))
        board.take(0, 1, a_suggestion(ANA, seq=3, accessories=[]))
        assert board.take(0, 2, a_suggestion(ANA, seq=2, accessories=["cup"])) is None
        # then a new page is shown nothing, and one that had the first is told
        assert board.current(ANA, NOW_MS) == []
        assert shown(board.since(ANA, "0:0", NOW_MS)) == [("0:1", {"accessories": []})]
        assert board.position(ANA, NOW_MS) == "0:1"

    def test_nothing_is_shown_after_it_expired_nor_held_after_the_sweep(self) -> None:
        board = Board(10)
        board.take(0, 0, a_suggestion(ANA, seq=1, expires_ms=EXPIRES_MS, accessories=["tea"]))
        assert len(board.current(ANA, EXPIRES_MS - 1)) == 1
        assert board.current(ANA, EXPIRES_MS) == []
        board.expire(EXPIRES_MS)
        assert len(board) == 0

    def test_another_customer_sees_none_of_it(self) -> None:
        board = Board(10)
        board.take(0, 0, a_suggestion(ANA, seq=1, accessories=["tea"]))
        assert board.current(BEN, NOW_MS) == []
        assert board.since(BEN, "0:0", NOW_MS) == []


class TestResuming:
    def test_gives_exactly_what_came_after(self) -> None:
        board = Board(10)
        for offset in range(4):
            board.take(0, offset, a_suggestion(ANA, seq=offset, session=f"s-{offset}", accessories=["tea"]))
        assert [held.offset for held in board.since(ANA, "0:1", NOW_MS) or ()] == [2, 3]
        assert board.since(ANA, "0:3", NOW_MS) == []

    def test_is_refused_below_what_had_to_make_room(self) -> None:
        # given room for two and three that count, of which the first had to go
        board = Board(2)
        for offset in range(3):
            board.take(0, offset, a_suggestion(Customer(f"k1:{offset}"), seq=offset, accessories=["tea"]))
        # then who had the first misses nothing, and who had less cannot be told
        board.take(1, 7, a_suggestion(ANA, seq=1, accessories=["tea"]))  # another partition: makes the second go
        assert board.since(BEN, "0:1", NOW_MS) == []
        assert board.since(BEN, "0:0", NOW_MS) is None

    def test_what_expired_or_was_replaced_is_no_hindrance(self) -> None:
        board = Board(2)
        for offset in range(50):
            board.take(0, offset, a_suggestion(ANA, seq=offset, expires_ms=EXPIRES_MS, accessories=[f"tea-{offset}"]))
        assert shown(board.since(ANA, "0:0", NOW_MS)) == [("0:49", {"accessories": ["tea-49"]})]
        board.expire(EXPIRES_MS)
        assert board.since(ANA, "0:0", EXPIRES_MS) == []

    def test_is_refused_from_before_the_customer_was_dropped(self) -> None:
        board = Board(10)
        board.take(0, 0, a_suggestion(ANA, seq=1, accessories=["tea"]))
        board.take(0, 1, a_suggestion(BEN, seq=1, accessories=["tea"]))
        board.drop(ANA)
        assert board.current(ANA, NOW_MS) == []
        assert board.since(ANA, "0:0", NOW_MS) is None
        assert shown(board.since(BEN, "0:0", NOW_MS)) == [("0:1", {"accessories": ["tea"]})]

    def test_is_refused_from_another_log_that_took_the_place_of_the_one_before(self) -> None:
        # given a topic that was made anew: its offsets begin again
        board = Board(10)
        board.take(0, 70, a_suggestion(ANA, seq=1, accessories=["tea"]))
        board.take(0, 0, a_suggestion(ANA, seq=2, upgrades=["pot"]))
        assert board.since(ANA, "0:70", NOW_MS) is None
        assert shown(board.current(ANA, NOW_MS)) == [("0:0", {"upgrades": ["pot"]})]

    @given(st.text() | st.from_regex(r"-?\d{1,25}:-?\d{1,25}") | st.sampled_from(["1:0", "0:2", "00:0", "0:", ":0", "0:0 ", "0:0\n"]))
    def test_is_refused_from_what_is_no_id_of_anything_read(self, last: str) -> None:
        board = Board(10)
        board.take(0, 1, a_suggestion(ANA, seq=1, accessories=["tea"]))
        assert (board.since(ANA, last, NOW_MS) is None) == (last not in {"0:0", "0:1"})

    def test_is_refused_from_a_partition_that_is_not_the_customers(self) -> None:
        board = Board(10)
        board.take(0, 0, a_suggestion(ANA, seq=1, accessories=["tea"]))
        board.take(1, 0, a_suggestion(BEN, seq=1, accessories=["tea"]))
        assert board.since(ANA, "1:0", NOW_MS) is None


class PagesAndBoard(RuleBasedStateMachine):
    """Pages that connect, lose the connection and resume, beside a board that takes, drops, expires and makes room."""

    def __init__(self) -> None:
        super().__init__()
        self.now_ms, self.offset = 0, 0
        self.counts: dict[Place, Shown] = {}  # what was taken for Ana and neither replaced nor dropped
        self.pages: list[dict[Place, Shown]] = [{}, {}]
        self.last: list[str | None] = [None, None]

    @initialize(capacity=st.sampled_from([1, 3, 100]))
    def begin(self, capacity: int) -> None:
        self.capacity, self.board = capacity, Board(capacity)

    @rule(
        who=st.sampled_from([ANA, BEN]),
        seq=st.integers(0, 8),
        session=st.sampled_from(["s-1", "s-2"]),
        lists=st.dictionaries(st.sampled_from(["accessories", "upgrades"]), st.booleans(), min_size=1),
        life_ms=st.integers(1, 6),
    )
    def take(self, who: Customer, seq: int, session: str, lists: dict[str, bool], life_ms: int) -> None:
        items = {name: [f"{name}-{self.offset}"] if full else [] for name, full in lists.items()}
        suggestion = a_suggestion(who, seq=seq, session=session, expires_ms=self.now_ms + life_ms, **items)
        taken = self.board.take(0, self.offset, suggestion)
        self.offset += 1
        if taken is not None and who == ANA:
            _show(taken, self.counts)

    @rule(who=st.sampled_from([ANA, BEN]))
    def drop(self, who: Customer) -> None:
        self.board.drop(who)
        if who == ANA:
            self.counts = {}

    @rule(by_ms=st.integers(1, 3), swept=st.booleans())
    def time_passes(self, by_ms: int, swept: bool) -> None:
        self.now_ms += by_ms
        if swept:
            self.board.expire(self.now_ms)

    @rule(page=st.sampled_from([0, 1]))
    def reconnect(self, page: int) -> None:
        missed = self.board.since(ANA, self.last[page], self.now_ms)
        if missed is None:
            self.pages[page], self.last[page] = {}, None
            missed = self.board.current(ANA, self.now_ms)
        for held in missed:
            _show(held, self.pages[page])
            self.last[page] = held.event_id
        anew: dict[Place, Shown] = {}
        for held in self.board.current(ANA, self.now_ms):
            _show(held, anew)
        # then a page shows nothing that does not count, and at least what a new page is shown; with room for all, just that
        on_page = self._unexpired(self.pages[page])
        assert anew.items() <= on_page.items() <= self._unexpired(self.counts).items()
        assert self.capacity < 100 or on_page == anew

    def _unexpired(self, page: dict[Place, Shown]) -> dict[Place, Shown]:
        return {place: shown for place, shown in page.items() if shown[1] > self.now_ms}

    @invariant()
    def it_holds_no_more_than_it_may(self) -> None:
        assert not hasattr(self, "board") or len(self.board) <= self.capacity


def _show(held: Held, page: dict[Place, Shown]) -> None:
    for one in held.offer.lists:
        page.pop((held.session_id, one.item_list_id), None)
        if one.items:
            page[held.session_id, one.item_list_id] = one.items[0].item_id, held.expires_ms


TestAPageThatResumes = PagesAndBoard.TestCase

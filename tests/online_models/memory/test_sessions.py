"""Session rows and their postings."""

from online_models.memory.sessions import WIDTH, SessionMemory
from tests.online_models.records import memory_of, remembered, walks


def row(sessions: SessionMemory, number: int) -> list[int]:
    return sessions.items[number, : sessions.lengths[number]].tolist()


def test_a_session_is_one_row_in_the_order_of_its_events():
    memory = memory_of(walks("tea cup spoon"))
    assert row(memory.sessions, 0) == [memory.items.find(item) for item in ("tea", "cup", "spoon")]


def test_an_item_repeated_at_once_is_one_step_and_repeated_later_another():
    memory = memory_of(walks("tea tea cup tea"))
    assert [memory.items.ids[item] for item in row(memory.sessions, 0)] == ["tea", "cup", "tea"]
    assert memory.popularity.counts[memory.items.find("tea")] == 2


def test_a_session_longer_than_a_row_goes_on_in_a_new_one():
    memory = memory_of(walks(" ".join(f"item{n}" for n in range(WIDTH + 3))))
    assert memory.sessions.lengths[:2].tolist() == [WIDTH, 3]
    assert memory.sessions.starts[:2].tolist() == [0, 0]


def test_the_same_session_name_of_another_customer_is_another_session():
    memory = memory_of([remembered(0, "tea", customer="ana"), remembered(1, "cup", customer="bob")])
    assert memory.sessions.lengths[:2].tolist() == [1, 1]


def test_a_wholesale_order_enters_with_its_first_sixty_lines():
    memory = memory_of([remembered(0, *[f"item{n}" for n in range(100)], event="purchase")])
    assert memory.sessions.lengths[:4].tolist() == [20, 20, 20, 0]


def test_an_impression_is_no_step():
    memory = memory_of([remembered(0, "tea", event="view_item_list"), remembered(1, "cup", event="refund")])
    assert memory.sessions.taken == 0


def test_the_oldest_row_makes_way_and_takes_its_traces_with_it():
    # given room for two rows, and three sessions
    memory = memory_of(walks("tea cup", "cup spoon", "spoon jar"), session_rows=2)
    # then the first session is gone from every table: the cup was touched once, by the second
    tea, cup, spoon = (memory.items.find(item) for item in ("tea", "cup", "spoon"))
    assert memory.popularity.counts[[tea, cup, spoon]].tolist() == [0, 1, 2]
    assert len(memory.sessions.postings.all(tea)) == 0
    assert not memory.similarity.vectors[tea].any()
    assert memory.popularity.last_ms[tea] == 0


def test_postings_list_an_items_cells_in_the_order_in_which_their_rows_were_begun():
    # rows 0 and 1 are written in turns: cell = row * 32 + column
    memory = memory_of([
        remembered(0, "tea", customer="ana", session="a"),
        remembered(1, "cup", customer="bob", session="b"),
        remembered(2, "tea", customer="bob", session="b"),
        remembered(3, "cup", customer="ana", session="a"),
        remembered(4, "tea", customer="ana", session="a"),
    ])  # fmt: skip
    tea = memory.items.find("tea")
    assert memory.sessions.postings.all(tea).tolist() == [0, 2, 33]
    assert memory.sessions.postings.newest(tea, 2).tolist() == [2, 33]

"""Everybody is told, and nobody is waited for."""

from stream.demo.front.broadcast import Broadcast, Message, Watcher


def taken(watcher: Watcher) -> list[Message | None]:
    """Return what lies there for him, and take it."""
    return [watcher.get_nowait() for _ in range(watcher.qsize())]


def figures(number: int) -> Message:
    return "figures", str(number)


def test_a_newcomer_gets_what_was_and_then_what_comes() -> None:
    broadcast = Broadcast(watchers=2, pending=3)
    watcher = broadcast.add([("course", "so far")])
    broadcast.publish(figures(1))
    assert taken(watcher) == [("course", "so far"), figures(1)]


def test_who_takes_nothing_is_ended_and_keeps_nothing_and_the_others_miss_nothing() -> None:
    # given one who takes every message, and one who takes none
    broadcast = Broadcast(watchers=2, pending=3)
    awake, asleep = broadcast.add(), broadcast.add([("course", "so far")])
    seen = []
    # when more comes than may wait: 1 message from before, and 3 more
    for number in range(5):
        broadcast.publish(figures(number))
        seen += taken(awake)
    # then
    assert seen == [figures(number) for number in range(5)]
    assert taken(asleep) == [None]
    broadcast.publish(figures(6))
    assert taken(asleep) == []


def test_one_too_many_takes_the_place_of_the_first() -> None:
    broadcast = Broadcast(watchers=2, pending=3)
    first, second, third = broadcast.add(), broadcast.add(), broadcast.add()
    broadcast.publish(figures(1))
    assert [taken(watcher) for watcher in (first, second, third)] == [[None], [figures(1)], [figures(1)]]


def test_the_end_is_told_once_to_everybody_who_is_still_there() -> None:
    broadcast = Broadcast(watchers=2, pending=3)
    here, gone = broadcast.add(), broadcast.add()
    broadcast.remove(gone)
    broadcast.remove(gone)
    broadcast.close()
    broadcast.close()
    assert (taken(here), taken(gone)) == ([None], [])

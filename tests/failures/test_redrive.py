"""Dead letters sent back: each counts once, none goes round for ever, and who is killed goes on where he ended."""

import asyncio
import signal
from datetime import UTC, datetime

import msgspec

from features.store.port import Crash
from features.store.redis import RedisStore
from stream.contracts.events import name_of
from stream.contracts.ids import Customer
from stream.contracts.topics import CLICKSTREAM, DEAD_LETTERS, topic_of
from stream.engine.decode import dead_letter, set_aside
from stream.engine.record import Record
from stream.exits import INTERNAL, INTERRUPTED, OK
from stream.redrive.run import LETTERS_A_BATCH
from tests.support.commands import Ended, ended
from tests.support.counting import header, outcome, read_topic, until_worked
from tests.support.shop import Sent, Shop, now_ms
from tests.support.workers import Crew, started

HOUR_MS = 3_600_000
COMMAND = ("stream.cli", "redrive")


async def redrive(crew: Crew, *arguments: str, command: tuple[str, ...] = COMMAND) -> Ended:
    """Run the command as another process would."""
    return await ended(crew, *command, *arguments)


async def put_aside(shop: Shop, events: int, *, at_ms: int | None = None) -> None:
    """Put events among the dead letters as if each had ended three processes; `at_ms`: when they were written, now without it."""

    async def one(number: int) -> None:
        event = shop.next_event()
        topic, home, customer = topic_of(name_of(event)), shop.home_of(str(event.customer)), str(event.customer)
        record = Record(topic, home, number, at_ms or now_ms(), customer.encode(), msgspec.json.encode(event), (("from", b"a test"),))
        letter = dead_letter(set_aside(record, Crash(3, "boom")), Customer)
        await shop.put(letter.topic, letter.partition, letter.value, key=letter.key, headers=letter.headers)
        shop.sent.append(Sent(topic, home, number, customer, event.items[0].item_id, name_of(event)))

    await asyncio.gather(*(one(number) for number in range(events)))


async def test_a_record_that_failed_is_counted_once_it_is_mended_and_sent_back(shop: Shop, crew: Crew, store: RedisStore):
    # given a record that three workers ended with, and was put aside by the fourth
    bad = await shop.tell(shop.an_event(shop.customers[0], "bad"))
    [before] = await read_topic(shop.bootstrap, CLICKSTREAM)
    for death in range(3):
        worker = crew.worker("fail_folding", "bad", TSUIDE_GROUP=f"{crew.prefix}-{death}").launch()
        assert worker.ended(60) == INTERNAL
    await started(crew.worker("fail_folding", "bad", TSUIDE_GROUP=f"{crew.prefix}-last"))
    await until_worked(shop, store)
    crew.end()
    # when the letters are looked at, then its reason and its address are told, and nothing is sent
    [letter] = await read_topic(shop.bootstrap, DEAD_LETTERS)
    plan = await redrive(crew)
    address = f"{DEAD_LETTERS}:{letter.partition}:{letter.offset}"
    assert plan == (OK, {"executed": False, "sent": 0, "letters": [told("EndedProcesses", "sent", 1, address)]}, "")
    assert len(await read_topic(shop.bootstrap, CLICKSTREAM)) == 1
    # when it is sent back, and once more, and a worker that is mended runs
    assert (await redrive(crew, "--execute")).told["sent"] == 1
    assert (await redrive(crew, "--execute")).told == {"executed": True, "sent": 0, "letters": []}
    await started(crew.worker(TSUIDE_GROUP=f"{crew.prefix}-mended"))
    await until_worked(shop, store)
    # then it lies there as it was, and is counted once
    [_, after] = await read_topic(shop.bootstrap, CLICKSTREAM)
    assert (after.partition, after.key, after.value, after.timestamp) == (bad.partition, before.key, before.value, before.timestamp)
    assert after.headers == (("redriven", b"1"),)
    assert (await outcome(shop, store)).miscounted == {}


def told(reason: str, fate: str, letters: int, example: str) -> dict[str, object]:
    return {"reason": reason, "fate": fate, "letters": letters, "example": example}


async def test_what_fails_again_and_again_stays_among_the_dead_letters(shop: Shop, crew: Crew, store: RedisStore):
    # given a record that nothing can mend
    await started(crew.worker())
    await shop.put(CLICKSTREAM, 0, b"not json", headers=[("from", b"a test")])
    for attempt in (1, 2):
        await until_worked(shop, store)
        assert (await redrive(crew, "--execute", "--attempts", "2")).told["sent"] == 1
        last = (await read_topic(shop.bootstrap, CLICKSTREAM))[-1]
        assert last.headers == (("from", b"a test"), ("redriven", str(attempt).encode()))
    await until_worked(shop, store)
    # when it has been sent back twice, then it stays, and the command is done with it
    done = await redrive(crew, "--execute", "--attempts", "2")
    assert (done.told["sent"], [one["fate"] for one in done.told["letters"]]) == (0, ["exhausted"])
    assert (await redrive(crew)).told["letters"] == []
    letters = await read_topic(shop.bootstrap, DEAD_LETTERS)
    assert [header(letter.headers, "redriven") for letter in letters] == ["", "1", "2"]


async def test_what_was_chosen_is_sent_back_once_and_the_rest_later(shop: Shop, crew: Crew, store: RedisStore):
    # given letters of two hours, and one of another class in between
    old_ms = now_ms() - 3 * HOUR_MS
    await put_aside(shop, 20, at_ms=old_ms)
    await shop.put(DEAD_LETTERS, 0, b"no letter of ours")
    await put_aside(shop, 30)
    sent = [
        (await redrive(crew, *some, "--execute")).told["sent"]
        for some in (
            ("--reason", "DecodeError"),
            ("--from", iso(old_ms + HOUR_MS), "--max", "10"),
            ("--to", iso(old_ms + HOUR_MS)),
            ("--reason", "EndedProcesses", "--max", "15"),
            (),
            (),
        )
    ]
    # then none of the class that is not there, 10 of the newer 30, the older 20, 15 of the 20 that are left, 5, and no more
    assert sent == [0, 10, 20, 15, 5, 0]
    await started(crew.worker())
    await until_worked(shop, store)
    assert (await outcome(shop, store)).miscounted == {}


def iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat()


async def test_killed_it_goes_on_where_it_ended_and_every_event_counts_once(shop: Shop, crew: Crew, store: RedisStore):
    # given three batches of letters, and a run that dies when the second is sent and not remembered
    letters = 3 * LETTERS_A_BATCH
    await put_aside(shop, letters)
    killed = await redrive(crew, "--execute", command=("tests.support.redrive_process", "unremembered"))
    assert killed.code == -signal.SIGKILL
    # when it is run again, then at most one batch goes out twice
    done = await redrive(crew, "--execute")
    assert done.code == OK, done.said
    assert letters - 2 * LETTERS_A_BATCH < done.told["sent"] < letters
    # and every event counts once
    await started(crew.worker())
    await until_worked(shop, store)
    assert (await outcome(shop, store)).miscounted == {}


async def test_ctrl_c_ends_it_after_the_batch_in_hand_and_nothing_goes_out_twice(shop: Shop, crew: Crew):
    letters = 2 * LETTERS_A_BATCH
    await put_aside(shop, letters)
    stopped = await redrive(crew, "--execute", command=("tests.support.redrive_process", "interrupted"))
    assert stopped.code == INTERRUPTED, stopped.said
    rest = await redrive(crew, "--execute")
    assert (0 < stopped.told["sent"] < letters, stopped.told["sent"] + rest.told["sent"]) == (True, letters)

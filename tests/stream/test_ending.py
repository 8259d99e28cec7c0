"""Tasks end, whatever they do with a cancellation."""

import asyncio

from stream.ending import cancelled


async def test_a_task_that_loses_a_cancellation_is_cancelled_again() -> None:
    lost = 0

    async def loses_one() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if lost:
                    raise
                lost += 1

    # given a task that swallows the first cancellation, as a client library may
    task = asyncio.create_task(loses_one())
    await asyncio.sleep(0)  # it has begun to wait
    # when it is ended
    await cancelled([task])
    # then it has ended
    assert lost == 1
    assert task.cancelled()


async def test_what_a_task_failed_with_is_left_to_be_asked_for() -> None:
    async def fails() -> None:
        raise ValueError("of its own")

    task = asyncio.create_task(fails())
    await asyncio.wait([task])
    await cancelled([task])
    assert str(task.exception()) == "of its own"

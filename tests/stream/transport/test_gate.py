"""The gate lets one batch through for each that the agent has, and never fewer."""

import pytest

from stream.transport.gate import Gate

AT_ONCE_S = 0.01


async def _let_through(gate: Gate) -> bool:
    """Give the agent the next batch, as the consumer does, and return whether there was a way."""
    if not await gate.lets_through(AT_ONCE_S):
        return False
    gate.close()
    gate.taken()
    return True


async def test_the_next_batch_waits_until_the_agent_is_done():
    gate = Gate()
    assert await _let_through(gate)
    assert not await _let_through(gate)
    gate.done()
    assert await _let_through(gate)


async def test_a_batch_that_lets_the_next_one_through_early_does_not_do_so_twice():
    gate = Gate()
    assert await _let_through(gate)
    gate.open_early()
    assert await _let_through(gate)
    # when the first is done, which has let the second through already
    gate.done()
    assert not await _let_through(gate)
    # then the third comes when the second is done
    gate.done()
    assert await _let_through(gate)


@pytest.mark.parametrize("told", [1, 2, 3])
async def test_however_often_a_batch_says_so_every_one_lets_a_batch_through(told: int):
    gate = Gate()
    assert await _let_through(gate)
    for _ in range(told):
        gate.open_early()
    assert await _let_through(gate)
    gate.done()
    gate.done()
    assert await _let_through(gate)


async def test_nothing_is_let_through_early_where_the_agent_has_nothing():
    gate = Gate()
    gate.open_early()
    assert await _let_through(gate)  # it was open
    gate.done()
    assert await _let_through(gate)
    assert not await _let_through(gate)

"""A trainer that dies while it publishes: what it learns in the end is what an undisturbed one learns."""

import asyncio
from itertools import pairwise

import pytest

from tests.support.shop import Shop
from tests.support.trainer_process import DIES_PUBLISHING
from tests.support.training import everything_learnt, learnt_by, models, newest, taught, undisturbed
from tests.support.waiting import until
from tests.support.workers import Crew, started


@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_around_its_second_publishing_it_learns_what_an_undisturbed_one_learns_and_never_goes_back(
    shop: Shop, crew: Crew, when: str
):
    # given a worker, and a trainer that dies with its second model: before it leaves, or when the broker has it
    await started(crew.worker())
    dying = crew.trainer(when, "2").launch()
    async with shop.trading():
        assert await asyncio.to_thread(dying.ended, 60) == DIES_PUBLISHING
        # when the next one takes over under load
        crew.trainer().launch()
        await shop.has_sent(600)
    await until(lambda: everything_learnt(shop.bootstrap), what="everything is learnt")
    # then every example was learnt once, to the very same weights, and no model is older than the one before it
    model = await newest(shop.bootstrap)
    assert model is not None
    assert learnt_by(model) == await taught(shop.bootstrap)
    assert model.heads == (await undisturbed(shop.bootstrap)).heads
    versions = [one.learnt_to for one in await models(shop.bootstrap)]
    assert all(older <= newer for older, newer in pairwise(versions))

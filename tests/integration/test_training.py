"""From baskets to weights that workers use."""

import msgspec

from stream.contracts.suggestion import Suggestion
from tests.support.counting import suggestions
from tests.support.shop import Shop
from tests.support.training import buying, everything_learnt, learnt, learnt_by, newest, taught
from tests.support.waiting import until
from tests.support.workers import Crew, started


async def test_what_baskets_teach_reaches_the_suggestions_and_is_learnt_once(shop: Shop, crew: Crew):
    # given a worker and a trainer
    await started(crew.worker())
    trainer = crew.trainer().launch()
    async with shop.trading(per_second=100), buying(shop):
        # then what customers do becomes examples, examples a model, and the model's version stands in the suggestions
        await until(lambda: learnt(shop.bootstrap, "basket.mixed"))
        await until(lambda: answered_by_a_model(shop))
        # when the trainer is killed, and another one begins while the shop goes on
        trainer.kill9()
        await shop.has_sent(100)
        crew.trainer().launch()
        await shop.has_sent(100)
    # then in the end every example was learnt, once
    await until(lambda: everything_learnt(shop.bootstrap))
    model = await newest(shop.bootstrap)
    assert model is not None
    by_head = await taught(shop.bootstrap)
    assert learnt_by(model) == by_head
    assert {"browse", "basket.mixed"} <= by_head.keys()


async def answered_by_a_model(shop: Shop) -> bool:
    values = [value for several in (await suggestions(shop.bootstrap)).values() for value in several]
    return any(msgspec.json.decode(value, type=Suggestion).model_version > 0 for value in values)

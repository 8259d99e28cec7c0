"""What worker and trainer do live is proved from what Kafka keeps of it: `tsuide audit` and `tsuide why` without an archive."""

from pathlib import Path

import msgspec

from features.store.redis import RedisStore
from stream.contracts.suggestion import Suggestion
from stream.contracts.topics import MODELS, SUGGESTIONS, TRAINING
from stream.contracts.training import Candidates, Training
from stream.exits import FAILED, OK, PARTLY
from stream.settings import Settings
from tests.support.commands import ended
from tests.support.counting import read_topic, suggestions, until_worked
from tests.support.shop import Shop
from tests.support.training import buying, everything_learnt, learnt
from tests.support.waiting import until
from tests.support.workers import POLICY, Crew, put, started

CLI = "stream.cli"
SAMPLED = POLICY + "[audit]\nshare = 0.2\n"


async def test_a_live_run_is_derived_again_and_one_of_its_suggestions_explained(
    shop: Shop, crew: Crew, store: RedisStore, settings: Settings, tmp_path: Path
):
    # given two workers and a trainer, whose models answer
    put(Path(crew.environ["TSUIDE_POLICY"]), SAMPLED)
    await started(crew.worker(), crew.worker())
    crew.trainer().launch()
    async with shop.trading(per_second=60), buying(shop):
        await until(lambda: learnt(shop.bootstrap, "basket.mixed"))
        await until(lambda: _answered_by_a_model(shop))
        await shop.has_sent(200)
    await until_worked(shop, store)
    await until(lambda: everything_learnt(shop.bootstrap))
    # when the last day is audited, then every suggestion agrees, and a fifth of them were ranked again
    audited = await ended(crew, CLI, "audit")
    shown = await _shown(shop)
    assert (audited.code, audited.said) == (OK, "")
    assert audited.told["suggestions"] == audited.told["audited"] == audited.told["agree"] == audited.told["ruled"] == len(shown)
    kept = [msgspec.json.decode(one.value, type=Training) for one in await read_topic(shop.bootstrap, TRAINING)]
    assert audited.told["sampled"] == len({(one.suggestion_id, one.head) for one in kept if isinstance(one, Candidates)})
    assert 0.1 < len({one.suggestion_id for one in kept if isinstance(one, Candidates)}) / len(shown) < 0.3
    # and an archive of the same topics says the same
    log = tmp_path / "log.jsonl.zst"
    topics = [part for topic in (SUGGESTIONS, TRAINING, MODELS) for part in ("--topic", topic)]
    assert (await ended(crew, CLI, "export", str(log), *topics)).code == OK
    assert (await ended(crew, CLI, "audit", str(log))).told == audited.told
    # when one of them is asked about, then its event, its model and as much memory are found again
    asked = max((one for one in shown if one.model_version > 0), key=lambda one: one.seq)
    why = await ended(crew, CLI, "why", asked.suggestion_id)
    assert why.code in (OK, PARTLY), why.said  # in which order the two read the others' events of that moment is not kept
    rebuilt = why.told["rebuilt"]
    assert rebuilt["steps"][-1]["address"] == asked.suggestion_id
    own = [one.id for one in shop.sent if one.customer == asked.customer]
    assert {one["address"] for one in rebuilt["steps"]} <= set(own)
    assert (rebuilt["model_version"], rebuilt["memory_version"]) == (asked.model_version, asked.memory_version)
    assert why.told["published"]["suggestion_id"] == asked.suggestion_id
    # and once she wants to be forgotten, nothing is told
    await shop.choose(asked.customer, "forget")
    refused = await ended(crew, CLI, "why", asked.suggestion_id)
    assert (refused.code, refused.told) == (FAILED, None)
    assert "wished to be forgotten" in refused.said


async def _shown(shop: Shop) -> list[Suggestion]:
    """Return the suggestions that show anything, each once."""
    read = [msgspec.json.decode(values[0], type=Suggestion) for values in (await suggestions(shop.bootstrap)).values()]
    return [one for one in read if any(shown.items for shown in one.lists)]


async def _answered_by_a_model(shop: Shop) -> bool:
    return any(one.model_version > 0 for one in await _shown(shop))

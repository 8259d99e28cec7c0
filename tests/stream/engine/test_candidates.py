"""What is kept of a sample of the suggestions: every candidate with its features and scores, exactly as they were ranked."""

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from features.store.memory import MemoryStore
from online_models.heads import HEADS
from online_models.policy.balance import Audit
from online_models.policy.sample import in_sample
from online_models.ranker import Weights, score
from online_models.request import Ranked
from stream.agents.learn_ranker import AT, RankerTrainer
from stream.contracts.events import ViewItem
from stream.contracts.topics import OUTPUT_BYTES, SUGGESTIONS, TRAINING
from stream.contracts.training import Candidates, Shown, Training
from stream.engine.decode import Decoded, decode
from stream.engine.knowledge import Knowledge
from stream.engine.outgoing import MOST_CANDIDATES, candidates_record
from stream.engine.record import Outgoing, Record
from tests.support.engine_on_cue import ANA, NOW_MS, SPEAKS, Broker, an_event, fetched, knowledge, standing, worked


def keeping(share: float) -> Knowledge:
    known = knowledge()
    known.policy = replace(SPEAKS, audit=Audit(share))
    return known


async def sent_by(known: Knowledge) -> list[Training]:
    broker = Broker()
    engine = await standing(MemoryStore(), broker, known=known)
    await worked(engine, fetched(an_event(1), an_event(2, "kettle"), an_event(3, "cup")))
    assert len(broker.of(SUGGESTIONS)) == 3
    return [msgspec.json.decode(one.value or b"", type=Training) for one in broker.of(TRAINING)]


async def test_all_candidates_are_kept_before_what_is_shown_of_them_and_give_the_same_scores_again() -> None:
    sent = await sent_by(keeping(1.0))
    assert [type(one) for one in sent if not hasattr(one, "z")] == 3 * [Candidates, Shown]
    for one in sent:
        if isinstance(one, Candidates):
            assert (one.head, one.model_version, one.policy_version, one.of) == ("browse", -1, SPEAKS.version, len(one.item_ids))
            assert one.features == HEADS["browse"].features
            x = np.frombuffer(one.x, "<f4").reshape(one.of, len(one.features))
            told = np.frombuffer(one.scores, "<f8")
            assert score(x, Weights.start().heads["browse"], one.bucket) == pytest.approx(told, abs=1e-12)
            assert {"tea", "kettle", "cup", "tray"} >= set(one.item_ids) > set()


async def test_without_a_share_nothing_is_kept() -> None:
    assert [one for one in await sent_by(keeping(0.0)) if isinstance(one, Candidates)] == []


def test_the_sample_follows_from_the_id_and_is_as_large_as_it_is_said_to_be() -> None:
    ids = [f"shop.cart.v1:3:{offset}" for offset in range(20_000)]
    drawn = {id_ for id_ in ids if in_sample(id_, Audit(0.01))}
    # 1 % of 20,000 is 200, give or take 4 standard deviations of sqrt(20,000 * 0.01 * 0.99) = 14
    assert len(drawn) == pytest.approx(200, abs=56)
    assert drawn == {id_ for id_ in ids if in_sample(id_, Audit(0.01))} < {id_ for id_ in ids if in_sample(id_, Audit(0.05))}


def test_however_many_candidates_there_are_a_record_fits_its_topic() -> None:
    n, head = 5_000, HEADS["browse"]
    items = tuple(f"{number:06}{'ü' * 194}" for number in range(n))  # 200 letters, 394 bytes
    ranked = Ranked("browse", 0, items, np.zeros(n), np.full((n, len(head.features)), 1 / 3, np.float32))
    record = candidates_record(a_view(), ranked, versions=(7, "p"))
    kept = msgspec.json.decode(record.value or b"", type=Candidates)
    assert (len(kept.item_ids), kept.of) == (MOST_CANDIDATES, n)
    assert record.size_bytes < OUTPUT_BYTES * 3 // 4


async def test_the_trainer_passes_them_over() -> None:
    async def nothing() -> None:
        return None

    published: list[Outgoing] = []

    async def publish(outgoing: list[Outgoing]) -> None:
        published.extend(outgoing)

    ranked = Ranked("browse", 0, ("tea",), np.ones(1), np.ones((1, len(HEADS["browse"].features)), np.float32))
    kept = candidates_record(a_view(), ranked, versions=(-1, "p"))
    trainer = RankerTrainer(newest=nothing, send=publish, wall_ms=lambda: 0)  # type: ignore[arg-type]
    await trainer.assign({AT: 0})
    await trainer.handle({AT: [Record(*AT, 0, NOW_MS, kept.key, kept.value)]})
    assert +trainer.tally == {"assignments": 1, "candidates": 1}
    assert all(progress.examples == 0 for progress in trainer.progress().values())


def a_view() -> Decoded:
    value = msgspec.json.encode(an_event(1, kind=ViewItem))
    read = decode(Record("shop.clickstream.v1", 0, 0, NOW_MS, None, value), lambda raw_id: ANA)  # type: ignore[arg-type,return-value]
    assert isinstance(read, Decoded)
    return read

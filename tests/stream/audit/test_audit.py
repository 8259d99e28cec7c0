"""What a run published comes out again from what it kept, and whatever was changed afterwards is found and named."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from online_models.policy.lists import Accessories
from online_models.policy.policy import Policy
from stream.archive.kept import KeptInFiles
from stream.archive.reading import Reading
from stream.audit.audit import TOPICS, Audited
from stream.audit.run import audit
from stream.contracts.suggestion import SuggestedItem, Suggestion
from stream.contracts.topics import MODELS, SUGGESTIONS, TRAINING
from stream.contracts.training import Candidates, ModelRecord, Training
from stream.engine.record import Record
from tests.support.past import PARTITIONS, WHO, audited_policy, real_orders, replayed, suggestions_in, with_looks, write_archive

LINES = 600
Change = Callable[[Record], Record]


@pytest.fixture(scope="module")
def sent() -> list[Record]:
    """What a run sends out whose customers look at what is shown, and click now and then."""

    async def run() -> list[Record]:
        records = real_orders(LINES, WHO)
        seen = with_looks(records, suggestions_in(await replayed(records)))
        return [one for one in await replayed(seen) if one.topic in TOPICS]

    return asyncio.run(run())


async def audited(folder: Path, records: Sequence[Record], change: Change = lambda record: record, **options: Any) -> Audited:
    path = write_archive(folder / "archive.jsonl.gz", records, change)
    policy: Policy = options.pop("policy", audited_policy())
    return await audit(KeptInFiles(path, Reading(PARTITIONS, WHO)), policy, **options)


def the(records: Sequence[Record], holds: Callable[[Suggestion], bool]) -> Suggestion:
    """Return the last suggestion of which that holds: by then everything is learnt."""
    return next(one for one in reversed(suggestions_in(records)) if holds(one))


def changing(id_: str, change: Callable[[Suggestion], Suggestion]) -> Change:
    """Return what changes this suggestion alone."""

    def changed(record: Record) -> Record:
        said = msgspec.json.decode(record.value or b"", type=Suggestion) if record.topic == SUGGESTIONS else None
        return record if said is None or said.suggestion_id != id_ else replace(record, value=msgspec.json.encode(change(said)))

    return changed


def changing_cards(id_: str, change: Callable[[tuple[SuggestedItem, ...]], tuple[SuggestedItem, ...]]) -> Change:
    return changing(id_, lambda one: replace(one, lists=(replace(one.lists[0], items=change(one.lists[0].items)), *one.lists[1:])))


def changing_candidates(id_: str, head: str, change: Callable[[Candidates], Candidates]) -> Change:
    def changed(record: Record) -> Record:
        said = msgspec.json.decode(record.value or b"", type=Training) if record.topic == TRAINING else None
        if not isinstance(said, Candidates) or (said.suggestion_id, said.head) != (id_, head):
            return record
        return replace(record, value=msgspec.json.encode(change(said)))

    return changed


def changing_model(version: int, change: Callable[[ModelRecord], ModelRecord]) -> Change:
    def changed(record: Record) -> Record:
        said = msgspec.json.decode(record.value or b"", type=ModelRecord) if record.topic == MODELS else None
        return record if said is None or said.learnt_to != version else replace(record, value=msgspec.json.encode(change(said)))

    return changed


def by_candidates(one: Suggestion) -> bool:
    """Whether two cards or more stand where a head put them."""
    return len([item for item in one.lists[0].items if item.relation == "bought_with"]) > 1 and len(one.lists[0].items) > 2


def differences(done: Audited) -> set[tuple[str, str, str, str | None]]:
    return {(one.suggestion_id, one.difference.what, one.difference.where, one.difference.item_id) for one in done.differences}


async def test_all_that_a_run_published_comes_out_again(sent: list[Record], tmp_path: Path) -> None:
    done = await audited(tmp_path, sent)
    shown = [one for one in suggestions_in(sent) if any(shown.items for shown in one.lists)]
    assert done.suggestions == done.audited == done.agree == done.ruled == len(shown) > 300
    assert done.cards == sum(len(one.items) for suggestion in shown for one in suggestion.lists)
    assert done.sampled > 600  # every card rests on browse, and on what orders hold
    assert (done.found, done.without) == (0, {})
    # and that holds for what was learnt: models of every kind, and probabilities
    assert len({one.model_version for one in shown}) > 10
    assert any(item.p_uptake for one in shown for listed in one.lists for item in listed.items)


async def test_a_changed_weight_is_found_in_every_ranking_of_its_model(sent: list[Record], tmp_path: Path) -> None:
    version = the(sent, by_candidates).model_version

    def heavier(model: ModelRecord) -> ModelRecord:
        head = model.heads["basket.discover"]
        changed = {**head.weights, "max_confidence": head.weights["max_confidence"] + 1e-6}
        return replace(model, heads={**model.heads, "basket.discover": replace(head, weights=changed)})

    done = await audited(tmp_path, sent, changing_model(version, heavier))
    of_version = {one.suggestion_id for one in suggestions_in(sent) if one.model_version == version}
    assert {(what, where) for _, what, where, _ in differences(done)} == {("score", "basket.discover")}
    assert set() < {one.suggestion_id for one in done.differences} <= of_version
    assert done.agree == done.audited - len({one.suggestion_id for one in done.differences})
    first = done.differences[0]
    assert first.address.startswith(f"{TRAINING}:0:")
    # a weight that is 1e-6 larger makes a score larger by at most 1e-6: features are within -1 .. 1 or counts of a few
    assert 1e-9 < abs(float(first.difference.told or 0) - float(first.difference.derived or 0)) < 1e-5


async def test_a_changed_weight_of_the_uptake_model_is_found(sent: list[Record], tmp_path: Path) -> None:
    version = the(sent, lambda one: one.lists[0].items[0].p_uptake is not None).model_version

    def heavier(model: ModelRecord) -> ModelRecord:
        assert model.uptake is not None
        state = model.uptake.model
        weights = {**state.weights, "constant": state.weights["constant"] + 0.01}
        return replace(model, uptake=replace(model.uptake, model=replace(state, weights=weights)))

    done = await audited(tmp_path, sent, changing_model(version, heavier))
    assert {what for _, what, _, _ in differences(done)} == {"p_uptake"}
    assert {one.suggestion_id for one in done.differences} == {
        one.suggestion_id for one in suggestions_in(sent) if one.model_version == version and any(shown.items for shown in one.lists)
    }


async def test_a_changed_score_of_a_card_is_found_in_its_features_and_among_its_candidates(sent: list[Record], tmp_path: Path) -> None:
    changed = the(sent, by_candidates)
    at = next(place for place, item in enumerate(changed.lists[0].items) if item.relation == "bought_with")
    item = changed.lists[0].items[at]
    higher = replace(item, score=item.score + 0.001)
    done = await audited(tmp_path, sent, changing_cards(changed.suggestion_id, lambda items: (*items[:at], higher, *items[at + 1 :])))
    found = differences(done)
    assert {id_ for id_, *_ in found} == {changed.suggestion_id}
    assert (changed.suggestion_id, "score", "accessories", item.item_id) in found
    assert {what.partition(" ")[0] for _, what, _, _ in found} == {"score", "feature"}
    assert (done.audited - done.agree, len(done.without)) == (1, 0)


async def test_cards_in_another_order_are_found(sent: list[Record], tmp_path: Path) -> None:
    changed = the(sent, lambda one: len(one.lists[0].items) > 2)
    first, second = changed.lists[0].items[:2]
    swapped = (replace(second, index=0), replace(first, index=1))
    done = await audited(tmp_path, sent, changing_cards(changed.suggestion_id, lambda items: (*swapped, *items[2:])))
    assert differences(done) >= {(changed.suggestion_id, "cards", "accessories", second.item_id)}
    assert {one.suggestion_id for one in done.differences} == {changed.suggestion_id}


async def test_candidates_in_another_order_are_found(sent: list[Record], tmp_path: Path) -> None:
    id_ = the(sent, by_candidates).suggestion_id

    def swapped(kept: Candidates) -> Candidates:
        n = len(kept.item_ids)
        order = [1, 0, *range(2, n)]
        x = np.frombuffer(kept.x, "<f4").reshape(n, -1)[order]
        scores = np.frombuffer(kept.scores, "<f8")[order]
        assert scores[0] < scores[1]
        return replace(kept, item_ids=tuple(kept.item_ids[at] for at in order), x=x.tobytes(), scores=scores.tobytes())

    done = await audited(tmp_path, sent, changing_candidates(id_, "browse", swapped))
    assert [(one.suggestion_id, one.difference.what, one.difference.where) for one in done.differences] == [(id_, "order", "browse")]


async def test_a_card_that_no_ranking_gave_that_score_is_found(sent: list[Record], tmp_path: Path) -> None:
    changed = the(sent, by_candidates)
    card = next(item for item in changed.lists[0].items if item.relation == "bought_with")

    def renamed(kept: Candidates) -> Candidates:
        return replace(kept, item_ids=tuple("another" if one == card.item_id else one for one in kept.item_ids))

    done = await audited(tmp_path, sent, changing_candidates(changed.suggestion_id, "basket.discover", renamed))
    assert differences(done) == {(changed.suggestion_id, "score", "accessories", card.item_id)}


async def test_what_the_named_policy_does_not_allow_is_found(sent: list[Record], tmp_path: Path) -> None:
    # given the same version, as if it had said that an accessory list has three cards, and follows a look only
    policy = replace(audited_policy(), accessories=Accessories(items=3, triggers=("view_item",)), life_minutes=10)
    done = await audited(tmp_path, sent, policy=policy)
    assert {what for _, what, _, _ in differences(done)} == {"trigger", "cards", "life in ms"}
    # and another version is not judged by it
    other = await audited(tmp_path, sent, policy=replace(policy, version="another"))
    assert (other.ruled, other.found, other.agree) == (0, 0, done.audited)


async def test_what_is_missing_is_told_and_passes_for_nothing(sent: list[Record], tmp_path: Path) -> None:
    whole = await audited(tmp_path, sent)
    # without the models only what was answered before the first one is audited
    unlearnt = await audited(tmp_path, [one for one in sent if one.topic != MODELS])
    assert unlearnt.audited + unlearnt.without["the model"] == whole.audited
    assert unlearnt.found == 0
    # without what was kept
    assert (await audited(tmp_path, [one for one in sent if one.topic != TRAINING])).without == {"features": whole.suggestions}
    # without the suggestions, which Kafka keeps for a day, the rankings are still ranked again
    kept = await audited(tmp_path, [one for one in sent if one.topic != SUGGESTIONS])
    assert (kept.suggestions, kept.audited, kept.sampled) == (0, 0, whole.sampled)
    assert kept.without == {"the suggestion": whole.audited}


async def test_what_was_sent_twice_counts_once_and_a_stretch_of_time_is_enough(sent: list[Record], tmp_path: Path) -> None:
    whole = await audited(tmp_path, sent)
    repeated = [replace(one, offset=2 * one.offset + copy) for one in sent for copy in range(2)]
    twice = await audited(tmp_path, repeated)
    assert (twice.suggestions, twice.agree, twice.found) == (whole.suggestions, whole.agree, 0)
    middle_ms = suggestions_in(sent)[200].created_ms
    before, after = await audited(tmp_path, sent, to_ms=middle_ms), await audited(tmp_path, sent, from_ms=middle_ms)
    assert before.agree + after.agree == whole.agree
    assert min(before.agree, after.agree) > 50

"""Why something was suggested: rebuilt on a real shop's orders, told in full, and refused where nothing may or can be told."""

import asyncio
from collections.abc import Sequence
from math import fsum
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from online_models.policy.lists import Accessories
from online_models.policy.policy import Policy
from stream.archive.kept import KeptInFiles
from stream.archive.reading import Reading
from stream.contracts.events import Event, name_of
from stream.contracts.suggestion import Suggestion
from stream.contracts.topics import CART, CATALOG, CONSENT, MEMORY, MODELS, SUGGESTIONS
from stream.engine.knowledge import Knowledge
from stream.engine.record import Record
from stream.errors import CustomerForgotten, CustomerOptedOut, ModelGone, SuggestionUnknown
from stream.why.run import Explained, explain
from tests.support.past import PARTITIONS, WHO, audited_policy, in_order, real_orders, replayed, suggestions_in, write_archive

LINES = 400


@pytest.fixture(scope="module")
def inputs() -> list[Record]:
    """The first lines of a real shop's baskets."""
    return in_order(real_orders(LINES, WHO))


@pytest.fixture(scope="module")
def sent(inputs: list[Record]) -> list[Record]:
    """What worker and trainer made of them."""
    return asyncio.run(replayed(inputs))


@pytest.fixture(scope="module")
def asked(sent: list[Record]) -> Suggestion:
    """The last suggestion to somebody who had several lines before, of which two cards rest on orders."""
    found = suggestions_in(sent)
    of = [one.customer for one in found]
    return next(
        one
        for one in reversed(found)
        if of.count(one.customer) > 5
        and sum(item.relation == "bought_with" for item in one.lists[0].items) > 1
        and one.context.event != "purchase"
    )


async def explained(folder: Path, records: Sequence[Record], suggestion_id: str, policy: Policy | None = None) -> Explained:
    path = write_archive(folder / "archive.jsonl.zst", records)
    know = Knowledge(policy or audited_policy())
    return await explain(KeptInFiles(path, Reading(PARTITIONS, WHO)), suggestion_id, know, pseudonymise=WHO, partitions=PARTITIONS)


def without(records: Sequence[Record], *topics: str) -> list[Record]:
    return [one for one in records if one.topic not in topics]


def events_until(inputs: Sequence[Record], asked: Suggestion) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return the customer's events up to the one that was answered, as (address, event, items)."""
    found = []
    for record in inputs:
        event = msgspec.json.decode(record.value or b"", type=Event)  # type: ignore[arg-type]
        if event.customer == asked.customer:
            found.append((record.address, name_of(event), tuple(item.item_id for item in event.items)))
            if record.address == asked.suggestion_id:
                return found
    raise AssertionError


async def test_the_moment_is_rebuilt_and_answered_as_it_was(
    inputs: list[Record], sent: list[Record], asked: Suggestion, tmp_path: Path
) -> None:
    found = await explained(tmp_path, [*inputs, *without(sent, MEMORY)], asked.suggestion_id)
    rebuilt = found.rebuilt
    # then it is the answer that was published, from the same weights and as much memory
    assert (found.differences, found.caveats) == ((), ())
    assert rebuilt.lists == asked.lists
    assert (rebuilt.model_version, rebuilt.memory_version) == (asked.model_version, asked.memory_version)
    # and the way there is what the customer did
    assert [(one.address, one.event, one.item_ids) for one in rebuilt.steps] == events_until(inputs, asked)
    assert rebuilt.steps[-1].session == asked.session_id


async def test_the_contributions_of_every_feature_add_up_to_the_score_of_the_card(
    inputs: list[Record], sent: list[Record], asked: Suggestion, tmp_path: Path
) -> None:
    rebuilt = (await explained(tmp_path, [*inputs, *without(sent, MEMORY)], asked.suggestion_id)).rebuilt
    cards = {(one.item_list_id, item.item_id): item for one in asked.lists for item in one.items}
    assert [(one.item_list_id, one.item_id) for one in rebuilt.why] == list(cards)
    for one in rebuilt.why:
        card = cards[one.item_list_id, one.item_id]
        for head in one.scored:
            assert fsum(term.value * term.weight for term in head.terms) == pytest.approx(head.score, abs=1e-9)
        if card.relation == "bought_with":
            # the list's scores fall: a card has its head's score, or that of a card before it
            assert one.scored[0].head == "basket.discover"
            assert card.score <= one.scored[0].score + 1e-6
    best = rebuilt.why[0]
    assert best.scored[0].score == pytest.approx(cards[best.item_list_id, best.item_id].score, abs=1e-6)
    # every candidate that was near the top is told with what brought it, and every one that is not shown with its rule
    told = {(one.head, one.place): one for one in rebuilt.candidates}
    assert told["basket.discover", 1].sources["together"] >= 1
    assert {one.head for one in rebuilt.candidates} == {head.head for one in rebuilt.why for head in one.scored}
    shown = {item for _, item in cards}
    assert {one.rule for one in rebuilt.left_out} >= {"in_cart"}
    assert {one.item_id for one in rebuilt.left_out}.isdisjoint(shown)
    assert dict(rebuilt.silences).keys() == {"bundle", "top_up"}  # what a cart line asks beside the accessories


async def test_with_the_memory_s_own_topic_only_the_customer_s_events_are_worked(
    inputs: list[Record], sent: list[Record], asked: Suggestion, tmp_path: Path
) -> None:
    # given an archive in which the other customers' events are gone
    own = [one for one in inputs if asked.customer.encode() in (one.value or b"")]
    found = await explained(tmp_path, [*own, *sent], asked.suggestion_id)
    assert found.rebuilt.memory_version == asked.memory_version
    assert [one.item_id for one in found.rebuilt.lists[0].items] == [one.item_id for one in asked.lists[0].items]
    assert found.differences == ()
    assert [(one.address, one.event, one.item_ids) for one in found.rebuilt.steps] == events_until(inputs, asked)


async def test_without_suggestions_in_the_log_it_is_what_a_replay_answers(inputs: list[Record], asked: Suggestion, tmp_path: Path) -> None:
    found = await explained(tmp_path, inputs, asked.suggestion_id)
    assert found.published is None
    assert found.rebuilt.lists == asked.lists
    assert found.rebuilt.model_version == asked.model_version
    assert found.caveats == ("There are no suggestions in the log: this is what a replay answers, and is compared with nothing.",)


async def test_what_is_not_as_it_was_published_is_named(
    inputs: list[Record], sent: list[Record], asked: Suggestion, tmp_path: Path
) -> None:
    def changed(record: Record) -> Record:
        if record.topic != SUGGESTIONS or record.header("origin") != asked.suggestion_id.encode():
            return record
        first, *others = asked.lists[0].items
        lists = (replace(asked.lists[0], items=(replace(first, score=first.score + 0.5), *others)),)
        return replace(record, value=msgspec.json.encode(replace(asked, lists=lists)))

    first = asked.lists[0].items[0]
    found = await explained(tmp_path, [*inputs, *map(changed, without(sent, MEMORY))], asked.suggestion_id)
    [one] = found.differences
    assert (one.what, one.where, one.item_id) == ("score", "accessories", first.item_id)
    assert (one.told, one.derived) == (pytest.approx(first.score + 0.5), first.score)


async def test_what_could_not_be_rebuilt_is_said(inputs: list[Record], sent: list[Record], asked: Suggestion, tmp_path: Path) -> None:
    # given a log whose beginning retention took away, and another policy than that of the time
    at = next(place for place, one in enumerate(inputs) if one.address == asked.suggestion_id)
    later = [*inputs[at - 40 :], *without(sent, MEMORY)]
    policy = replace(audited_policy(), accessories=Accessories(triggers=("add_to_cart",), items=2), version="another")
    found = await explained(tmp_path, later, asked.suggestion_id, policy)
    assert len(found.rebuilt.lists[0].items) == 2
    assert [(one.what, one.where) for one in found.differences] == [("items", "accessories")]
    said = "\n".join(found.caveats)
    assert f"made by policy {asked.policy_version}; here by another" in said
    assert f"It rested on {asked.memory_version:,} remembered events; " in said
    assert f"The log begins at {CART}:" in said


async def test_an_article_that_was_described_anew_since_is_taken_as_it_is_now(
    inputs: list[Record], sent: list[Record], asked: Suggestion, tmp_path: Path
) -> None:
    first = asked.lists[0].items[0].item_id
    item = msgspec.json.encode({"item_id": first, "item_name": "Its new name", "price": 77.0, "currency": "GBP"})
    later = Record(CATALOG, 0, 0, asked.created_ms + 60_000, first.encode(), item)
    found = await explained(tmp_path, [*inputs, *without(sent, MEMORY), later], asked.suggestion_id)
    assert "1 articles were described anew since" in found.caveats[0]
    assert ("price", first, 77.0) in [(one.what, one.item_id, one.derived) for one in found.differences]


@pytest.mark.parametrize(
    ("suggestion_id", "said"),
    [
        ("nothing of that form", "is no id of a suggestion"),
        (f"{CART}:0:999999", "it was never published"),
    ],
)
async def test_an_id_that_was_never_published_is_refused(
    inputs: list[Record], sent: list[Record], tmp_path: Path, suggestion_id: str, said: str
) -> None:
    with pytest.raises(SuggestionUnknown, match=said):
        await explained(tmp_path, [*inputs, *sent], suggestion_id)


async def test_an_event_that_is_gone_or_was_never_answered_is_refused(
    inputs: list[Record], sent: list[Record], asked: Suggestion, tmp_path: Path
) -> None:
    others = [one for one in inputs if one.address != asked.suggestion_id]
    with pytest.raises(SuggestionUnknown, match="is not in the log"):
        await explained(tmp_path, [*others, *without(sent, MEMORY)], asked.suggestion_id)
    with pytest.raises(SuggestionUnknown, match="There is no event"):
        await explained(tmp_path, inputs, f"{CART}:0:999999")
    silent = replace(audited_policy(), order=("upgrades",))
    with pytest.raises(SuggestionUnknown, match=f"Nothing was suggested at {asked.suggestion_id}: no list"):
        await explained(tmp_path, inputs, asked.suggestion_id, silent)


async def test_without_its_model_there_is_no_answer(inputs: list[Record], sent: list[Record], asked: Suggestion, tmp_path: Path) -> None:
    with pytest.raises(ModelGone, match=f"Model {asked.model_version}"):
        await explained(tmp_path, [*inputs, *without(sent, MEMORY, MODELS)], asked.suggestion_id)


@pytest.mark.parametrize(("choice", "refused"), [("opt_out", CustomerOptedOut), ("forget", CustomerForgotten)])
async def test_who_took_it_back_is_told_nothing_of(
    inputs: list[Record], sent: list[Record], asked: Suggestion, tmp_path: Path, choice: str, refused: type[Exception]
) -> None:
    def wish(after_ms: int, **said: Any) -> Record:
        value = msgspec.json.encode({"event_id": "w", "event_time_ms": asked.created_ms, "choice": choice} | said)
        return Record(CONSENT, 0, 0, asked.created_ms + after_ms, None, value)

    whole = [*inputs, *without(sent, MEMORY)]
    with pytest.raises(refused):
        await explained(tmp_path, [*whole, wish(1, customer=asked.customer)], asked.suggestion_id)
    # a wish of somebody else, by his id at the shop, changes nothing
    found = await explained(tmp_path, [*whole, wish(1, user_id="somebody else")], asked.suggestion_id)
    assert found.differences == ()

"""A replay without a broker: the same bytes each time, every event once, named after where it first stood."""

from collections.abc import Sequence
from types import SimpleNamespace

import msgspec
import pytest

from features.profile import EMPTY
from features.store.layout import DAY_MS, life_ms
from features.store.memory import MemoryStore
from online_models.policy.policy import Policy
from online_models.recommend import Recommendation
from stream.contracts.suggestion import Suggestion
from stream.contracts.topics import CATALOG, CLICKSTREAM, DEAD_LETTERS, MEMORY, MODELS, SUGGESTIONS, TRAINING
from stream.engine.decode import Decoded
from stream.engine.knowledge import Knowledge
from stream.engine.record import Record
from stream.engine.who import pseudonymiser
from stream.replay.digest import digest_of_store
from stream.replay.in_memory import InMemory
from stream.transport.partitions import partition_of
from tests.support.engine_on_cue import ANA, NOW_MS, SPEAKS, an_event, knowledge
from tests.support.past import PARTITIONS, real_orders, records_of

WHO = pseudonymiser("k1", b"a secret of the test")
BEN = "k1:" + 64 * "b"
HOME, BENS_HOME = partition_of(ANA, PARTITIONS), partition_of(BEN, PARTITIONS)


@pytest.fixture(scope="module")
def orders() -> list[Record]:
    """The first 500 lines of a real shop's baskets."""
    return real_orders(500, WHO)


async def replayed(records: Sequence[Record], known: Knowledge | None = None, *, ranks: bool = True) -> SimpleNamespace:
    sent: list[Record] = []
    answered: list[tuple[Decoded, Recommendation]] = []
    run = InMemory(
        known or Knowledge(SPEAKS),
        pseudonymise=WHO,
        partitions=PARTITIONS,
        tell=sent.append,
        answered=lambda decoded, recommendation: answered.append((decoded, recommendation)),
        ranks=ranks,
    )
    await run.begin()
    await run.work(records)
    await run.end()
    return SimpleNamespace(sent=sent, answered=answered, run=run, of=lambda topic: [one for one in sent if one.topic == topic])


async def test_two_runs_give_the_same_suggestions_examples_and_models_byte_for_byte(orders: list[Record]):
    first, second = [await replayed(orders) for _ in range(2)]
    assert first.sent == second.sent
    assert len(first.of(SUGGESTIONS)) > 50
    assert len(first.of(TRAINING)) > 50
    assert len(first.of(MODELS)) > 5
    # and what was learnt is in use
    assert first.run.knowledge.weights.version == len(first.of(TRAINING))
    assert first.run.knowledge.memory.version == len(first.of(MEMORY)) == len(orders)


async def test_what_events_determine_does_not_depend_on_whether_anybody_was_answered(orders: list[Record]):
    ranked, folded = await replayed(orders), await replayed(orders, ranks=False)
    assert {one.topic for one in folded.sent} == {MEMORY}
    assert (await digest_of_store(folded.run.store)) == (await digest_of_store(ranked.run.store))
    # and one event less shows
    short = await replayed(orders[:-1], ranks=False)
    assert (await digest_of_store(short.run.store)).total != (await digest_of_store(folded.run.store)).total


async def test_every_answer_is_told_also_where_it_is_that_nothing_is_said(orders: list[Record]):
    found = await replayed(orders, Knowledge(Policy.default()))
    assert sorted(str(decoded.origin) for decoded, _ in found.answered) == sorted(record.address for record in orders)
    # and what is said is what was sent
    said = {str(decoded.origin): answer.lists for decoded, answer in found.answered if answer.lists}
    sent = [msgspec.json.decode(one.value, type=Suggestion) for one in found.of(SUGGESTIONS)]
    assert {one.suggestion_id: one.lists for one in sent} == said
    assert 0 < len(said) < len(orders)
    # and where nobody is answered there is nothing to tell
    assert (await replayed(orders[:50], ranks=False)).answered == []


async def test_in_a_quiet_shop_everybody_is_answered_at_once():
    # given three looks of one customer with an hour between each, by which the one before is older than a suggestion lives
    hour_ms = 60 * 60_000
    records = records_of([an_event(number, at_ms=NOW_MS + number * hour_ms) for number in range(3)])
    found = await replayed(records, knowledge())
    assert len(found.answered) == len(found.of(SUGGESTIONS)) == 3


async def test_a_log_in_turns_comes_to_the_same_as_the_log(orders: list[Record]):
    whole, sent = await replayed(orders), list[Record]()
    run = InMemory(Knowledge(SPEAKS), pseudonymise=WHO, partitions=PARTITIONS, tell=sent.append)
    await run.begin()
    for turn in run.turns().of(orders):
        await run.work(turn)
    await run.end()
    assert sent == whole.sent


async def test_a_record_that_was_to_be_answered_whatever_its_age_is_not_where_nobody_is():
    [record] = records_of([an_event(1)])
    always = msgspec.structs.replace(record, headers=(("answer", b"always"),))
    assert {one.topic for one in (await replayed([always], ranks=False)).sent} == {MEMORY}
    assert SUGGESTIONS in {one.topic for one in (await replayed([always], knowledge())).sent}


async def test_a_suggestion_is_named_after_where_its_event_first_stood():
    # given a record that was replayed before, and one with a gap before it
    [first, second] = records_of([an_event(1), an_event(2, "cup")])
    again = msgspec.structs.replace(first, offset=7, headers=(("origin", f"{CLICKSTREAM}:3:41".encode()),))
    found = await replayed([again, msgspec.structs.replace(second, offset=99)], knowledge())
    ids = [msgspec.json.decode(one.value, type=Suggestion).suggestion_id for one in found.of(SUGGESTIONS)]
    assert ids == [f"{CLICKSTREAM}:3:41", f"{CLICKSTREAM}:{second.partition}:99"]


async def test_a_record_in_anothers_partition_is_passed_on_and_counts_once():
    [record] = records_of([an_event(1)])
    astray = msgspec.structs.replace(record, partition=(record.partition + 1) % PARTITIONS)
    found = await replayed([astray])
    store: MemoryStore = found.run.store
    profile = (await store.read({HOME: [ANA]}))[HOME].profiles.get(ANA, EMPTY)
    assert [(touch.item_id, touch.views) for touch in profile.history] == [("tea", 1)]
    assert len(found.of(CLICKSTREAM)) == 1


@pytest.mark.parametrize("ranks", [True, False])
async def test_who_comes_back_after_a_profiles_life_is_somebody_new_as_he_is_to_redis(ranks: bool):
    # given ana's view, others' in every week after it, and two of hers from the last millisecond of her profile's life on, or the next
    others = [an_event(10 + week, customer=BEN, at_ms=NOW_MS + week * 7 * DAY_MS) for week in range(16)]
    for pause_ms, views in ((life_ms(ANA, EMPTY), 3), (life_ms(ANA, EMPTY) + 1, 2)):
        hers = [an_event(1, at_ms=NOW_MS), an_event(2, at_ms=NOW_MS + pause_ms), an_event(3, at_ms=NOW_MS + pause_ms + 1)]
        events = sorted([*hers, *others], key=lambda one: one.event_time_ms)
        found = await replayed(records_of(events), ranks=ranks)
        profile = (await found.run.store.read({HOME: [ANA]}))[HOME].profiles[ANA]
        assert [(touch.item_id, touch.views) for touch in profile.history] == [("tea", views)]
        # and who came every week is known from the beginning on, however many records are worked at once
        bens = (await found.run.store.read({BENS_HOME: [BEN]}))[BENS_HOME].profiles[BEN]
        assert [(touch.item_id, touch.views) for touch in bens.history] == [("tea", 16)]


async def test_the_catalogue_is_taken_in_and_what_cannot_be_read_becomes_a_letter():
    item = b'{"item_id":"tea","item_name":"Green tea","price":2.0,"currency":"GBP"}'
    catalog = Record(CATALOG, 0, 0, NOW_MS, b"tea", item)
    bad = Record(CLICKSTREAM, 0, 0, NOW_MS, None, b"no JSON")
    foreign = Record(SUGGESTIONS, 0, 0, NOW_MS, None, b"{}")
    found = await replayed([catalog, bad, foreign, *records_of([an_event(1)])])
    assert len(found.run.knowledge.catalog) == 1
    assert [dict(one.headers)["dl_error_class"] for one in found.of(DEAD_LETTERS)] == [b"DecodeError"]
    assert len(found.of(MEMORY)) == 1

"""`tsuide why ID ARCHIVE`: what it prints and how it ends."""

import asyncio
from math import fsum
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from stream.contracts.suggestion import Suggestion
from stream.contracts.topics import CONSENT, MEMORY, SUGGESTIONS
from stream.engine.record import Record
from stream.exits import FAILED, OK, PARTLY
from tests.stream.cli.conftest import Ended, Tsuide
from tests.support.past import AUDITED, PARTITIONS, WHO, in_order, real_orders, replayed, suggestions_in, write_archive


@pytest.fixture(scope="module")
def past() -> list[Record]:
    """A short run: what went in, and what came out but for the shared memory."""
    inputs = in_order(real_orders(400, WHO))
    return [*inputs, *(one for one in asyncio.run(replayed(inputs)) if one.topic != MEMORY)]


@pytest.fixture(scope="module")
def asked(past: list[Record]) -> Suggestion:
    """The last suggestion of several cards, one of which rests on orders."""
    several = [one for one in suggestions_in(past) if len(one.lists[0].items) > 1]
    return next(one for one in reversed(several) if any(item.relation == "bought_with" for item in one.lists[0].items))


class Why:
    def __init__(self, tsuide: Tsuide, folder: Path) -> None:
        self._tsuide, self._policy, self._log = tsuide, folder / "policy.toml", folder / "log.jsonl.gz"
        self._policy.write_bytes(AUDITED)

    def __call__(self, past: list[Record], suggestion_id: str, *options: str) -> Ended:
        log = write_archive(self._log, past)
        return self._tsuide("why", suggestion_id, str(log), "--policy", str(self._policy), *options, TSUIDE_PARTITIONS=str(PARTITIONS))


@pytest.fixture
def why(tsuide: Tsuide, tmp_path: Path) -> Why:
    """Asks with the run's policy."""
    return Why(tsuide, tmp_path)


def test_people_read_the_way_from_the_first_event_to_the_card(why: Why, past: list[Record], asked: Suggestion) -> None:
    ended = why(past, asked.suggestion_id)
    assert (ended.code, ended.err) == (OK, "")
    lines = ended.out.splitlines()
    assert lines[0].startswith(f"{asked.suggestion_id}, to {asked.customer} at ")
    assert [line for line in lines if line.rstrip().endswith(asked.suggestion_id)]  # the last of the customer's events
    for part in ("The customer's events, ", asked.lists[0].headline, "Candidates of browse, ", "sources: ", "Left out of accessories"):
        assert f"\n{part}" in ended.out
    card = asked.lists[0].items[0]
    assert f"\naccessories: {card.item_id} by " in ended.out
    assert card.reason.text in ended.out
    assert "\nbundle: nothing (" in ended.out
    assert f"ranker {asked.model_version}, policy {asked.policy_version}.\nThis is what was published.\n" in ended.out


def test_programs_read_the_same_with_every_term(why: Why, past: list[Record], asked: Suggestion) -> None:
    told = why(past, asked.suggestion_id, "--json").json
    assert told["published"]["lists"] == told["rebuilt"]["lists"] == msgspec.json.decode(msgspec.json.encode(asked.lists))
    for one in told["rebuilt"]["why"]:
        for head in one["scored"]:
            assert fsum(term["product"] for term in head["terms"]) == pytest.approx(head["score"], abs=1e-9)


def test_an_answer_that_comes_out_otherwise_ends_with_3_and_is_told(why: Why, past: list[Record], asked: Suggestion) -> None:
    backwards = replace(asked, lists=(replace(asked.lists[0], items=asked.lists[0].items[::-1]),))
    changed = [
        replace(one, value=msgspec.json.encode(backwards))
        if one.topic == SUGGESTIONS and one.header("origin") == asked.suggestion_id.encode()
        else one
        for one in past
    ]
    ended = why(changed, asked.suggestion_id)
    assert ended.code == PARTLY
    assert "Not as it was published:" in ended.out
    assert ", ".join(item.item_id for item in asked.lists[0].items) in ended.out.split("Not as it was published:")[1]


def test_what_was_never_published_or_is_not_to_be_told_fails_with_its_reason(why: Why, past: list[Record], asked: Suggestion) -> None:
    unknown = why(past, "shop.cart.v1:0:77777")
    assert (unknown.code, unknown.out) == (FAILED, "")
    assert "shop.cart.v1:0:77777 is not among the suggestions" in unknown.err
    wish = {"event_id": "w", "event_time_ms": asked.created_ms, "customer": asked.customer, "choice": "forget"}
    forgotten = why([*past, Record(CONSENT, 0, 0, asked.created_ms + 1, None, msgspec.json.encode(wish))], asked.suggestion_id)
    assert (forgotten.code, forgotten.out) == (FAILED, "")
    assert "wished to be forgotten" in forgotten.err

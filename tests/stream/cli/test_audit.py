"""`tsuide audit ARCHIVE`: what it says and how it ends."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from stream.contracts.suggestion import Suggestion
from stream.contracts.topics import SUGGESTIONS
from stream.engine.record import Record
from stream.exits import FAILED, OK, PARTLY
from tests.stream.cli.conftest import Tsuide
from tests.support.past import AUDITED, WHO, real_orders, replayed, suggestions_in, write_archive


@pytest.fixture(scope="module")
def sent() -> list[Record]:
    """What a short run sends out."""
    return asyncio.run(replayed(real_orders(120, WHO)))


@pytest.fixture
def policy(tmp_path: Path) -> str:
    """The file of the run's policy."""
    path = tmp_path / "policy.toml"
    path.write_bytes(AUDITED)
    return str(path)


def dearer(record: Record) -> Record:
    """Put the price of every first card up."""
    if record.topic != SUGGESTIONS:
        return record
    said = msgspec.json.decode(record.value or b"", type=Suggestion)
    lists = tuple(replace(one, items=(replace(one.items[0], score=one.items[0].score + 1.0), *one.items[1:])) for one in said.lists)
    return replace(record, value=msgspec.json.encode(replace(said, lists=lists)))


def test_a_run_that_agrees_ends_with_0_and_says_so(tsuide: Tsuide, sent: list[Record], policy: str, tmp_path: Path) -> None:
    log = write_archive(tmp_path / "log.jsonl.zst", sent)
    shown = len(suggestions_in(sent))
    ended = tsuide("audit", str(log), "--policy", policy)
    assert (ended.code, ended.err) == (OK, "")
    assert ended.out.startswith(f"{shown} suggestions, {shown} audited with ")
    assert f": {shown} agree, 0 differ." in ended.out
    told = tsuide("audit", str(log), "--policy", policy, "--json").json
    assert (told["agree"], told["ruled"], told["found"], told["differences"]) == (shown, shown, 0, [])
    # and another policy's rules are not applied
    assert tsuide("audit", str(log), "--json").json["ruled"] == 0


def test_a_run_that_differs_ends_with_3_and_names_the_first_records(
    tsuide: Tsuide, sent: list[Record], policy: str, tmp_path: Path
) -> None:
    log = write_archive(tmp_path / "log.jsonl", sent, dearer)
    ended = tsuide("audit", str(log), "--policy", policy)
    assert ended.code == PARTLY
    told = tsuide("audit", str(log), "--policy", policy, "--json").json
    # where a card stands alone, its score says nothing of another one's
    several = [one for one in suggestions_in(sent) if any(len(shown.items) > 1 for shown in one.lists)]
    assert told["audited"] - told["agree"] >= len(several) > 100
    assert f": {told['agree']} agree, {told['audited'] - told['agree']} differ." in ended.out
    assert f"\n{SUGGESTIONS}:" in ended.out
    assert " more; --json has the first hundred." in ended.out


def test_where_there_is_nothing_to_audit_that_is_a_failure(tsuide: Tsuide, sent: list[Record], tmp_path: Path) -> None:
    ended = tsuide("audit", str(write_archive(tmp_path / "log.jsonl", [one for one in sent if one.topic == SUGGESTIONS])))
    assert ended.code == FAILED
    assert " without features." in ended.out
    assert "Nothing could be audited" in ended.err

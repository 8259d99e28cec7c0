"""A worker's policy file, rewritten, broken, deleted and mended while the worker goes on."""

import asyncio
import logging
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from online_models.policy.policy import Policy
from stream.agents.follow_policy import PolicyFile
from stream.engine.knowledge import Knowledge

LOOK_EVERY_S = 0.01
DEADLINE_S = 10.0


class Worker:
    """What of a worker a policy concerns."""

    def __init__(self, file: Path) -> None:
        self.file, self.tally = file, Counter[str]()
        self.knowledge = Knowledge(Policy.read(file))
        self.policy_file = PolicyFile(file, self.knowledge, self.tally)

    def writes(self, text: str) -> None:
        """Put the file in place at once, as careful editors do."""
        new = self.file.with_suffix(".new")
        new.write_text(text)
        os.replace(new, self.file)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while not holds():  # noqa: ASYNC110 (what is waited for happens in a file and a log)
                await asyncio.sleep(LOOK_EVERY_S)

    async def looks(self, times: int) -> None:
        """Return after so many more looks at the file."""
        looks, really_look = 0, self.policy_file.look

        def counting(content: bytes | str, texts: bytes = b"") -> None:
            nonlocal looks
            really_look(content, texts)
            looks += 1

        self.policy_file.look = counting  # type: ignore[method-assign]
        await self.until(lambda: looks >= times)
        self.policy_file.look = really_look  # type: ignore[method-assign]


@pytest.fixture
async def worker(tmp_path: Path) -> AsyncIterator[Worker]:
    file = tmp_path / "policy.toml"
    file.write_text("life_minutes = 5\n")
    worker = Worker(file)
    following = asyncio.create_task(worker.policy_file.follow(look_every_s=LOOK_EVERY_S))
    yield worker
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following


async def test_a_file_that_is_rewritten_is_the_policy_from_then_on(worker: Worker):
    worker.writes("life_minutes = 7\n")
    await worker.until(lambda: worker.knowledge.policy.life_minutes == 7)
    assert worker.knowledge.policy.version == Policy.read(worker.file).version
    assert worker.tally == {"policy_changes": 1}


async def test_a_broken_file_keeps_the_policy_and_is_told_once_with_line_and_cure(worker: Worker, caplog: pytest.LogCaptureFixture):
    before = worker.knowledge.policy
    with caplog.at_level(logging.WARNING):
        worker.writes("# ten minutes\nlief_minutes = 10\n")
        await worker.until(lambda: worker.knowledge.policy_fault is not None)
        await worker.looks(5)
    # then the old one is in use, the fault can be read, and five more looks have said nothing more
    assert worker.knowledge.policy is before
    assert worker.knowledge.policy_fault == f"{worker.file}:2: lief_minutes: no such key; did you mean 'life_minutes'?"
    [told] = [record.msg for record in caplog.records]
    assert told == {"event": "policy refused", "error": worker.knowledge.policy_fault, "in_use": before.version}
    assert worker.tally == {"policy_faults": 1}


async def test_a_fault_is_over_once_the_file_is_right_again(worker: Worker):
    worker.writes("life_minutes = \n")
    await worker.until(lambda: worker.knowledge.policy_fault is not None)
    worker.writes("life_minutes = 9\n")
    await worker.until(lambda: worker.knowledge.policy_fault is None)
    assert worker.knowledge.policy.life_minutes == 9
    assert worker.tally == {"policy_faults": 1, "policy_changes": 1}


async def test_a_file_that_is_deleted_and_put_back_as_it_was_leaves_the_policy_as_it_was(worker: Worker):
    version = worker.knowledge.policy.version
    worker.file.unlink()
    await worker.until(lambda: worker.knowledge.policy_fault is not None)
    assert worker.knowledge.policy_fault == f"{worker.file}: cannot be read (No such file or directory); put the file back"
    assert worker.knowledge.policy.life_minutes == 5
    worker.writes("life_minutes = 5\n")
    await worker.until(lambda: worker.knowledge.policy_fault is None)
    assert worker.knowledge.policy.version == version


async def test_another_fault_is_told_anew(worker: Worker):
    for said in ("line = 1\n", "life_minutes = 0\n"):
        worker.writes(said)
        await worker.until(lambda said=said: worker.policy_file._judged == (said.encode(), b""))  # type: ignore[misc]
    assert "life_minutes: expected `float` > 0" in (worker.knowledge.policy_fault or "")
    assert worker.tally == {"policy_faults": 2}


async def test_a_file_that_does_not_change_changes_nothing(worker: Worker):
    before = worker.knowledge.policy
    await worker.looks(5)
    assert worker.knowledge.policy is before
    assert worker.tally == {}


async def test_a_text_that_is_rewritten_is_said_from_then_on_and_a_wrong_one_is_told(worker: Worker):
    # given a policy with texts of its own
    english = worker.file.parent / "texts" / "en.toml"
    english.parent.mkdir()
    english.write_text('[headlines]\npopular = "Much loved"\n')
    worker.writes('texts = "texts"\n')
    await worker.until(lambda: worker.knowledge.policy.texts.of("en").headline("popular", None, {}) == "Much loved")
    # when only the text changes
    english.write_text('[headlines]\npopular = "Most wanted"\n')
    await worker.until(lambda: worker.knowledge.policy.texts.of("en").headline("popular", None, {}) == "Most wanted")
    # when it asks for what cannot be said
    english.write_text('[headlines]\npopular = "Most wanted: {anchor}"\n')
    await worker.until(lambda: worker.knowledge.policy_fault is not None)
    # then the fault names file, line and cure, and the old text stays
    assert worker.knowledge.policy_fault == f"{english}:2: headlines.popular: {{anchor}} is not known here; it may quote nothing"
    assert worker.knowledge.policy.texts.of("en").headline("popular", None, {}) == "Most wanted"


def test_what_is_half_written_is_not_taken_for_the_whole(tmp_path: Path):
    # given a writer that empties the file before it fills it, and a look that falls in between
    file = tmp_path / "policy.toml"
    file.write_text("life_minutes = 5\n")
    worker = Worker(file)
    worker.policy_file.look(b"life_minutes = 5\n")
    worker.policy_file.look(b"")  # valid by itself: every key has its default
    assert worker.knowledge.policy.life_minutes == 5
    worker.policy_file.look(b"life_minutes = 6\n")
    assert worker.knowledge.policy.life_minutes == 5
    # when it stands still for a second look
    worker.policy_file.look(b"life_minutes = 6\n")
    assert worker.knowledge.policy.life_minutes == 6

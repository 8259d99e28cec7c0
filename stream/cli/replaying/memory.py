"""`tsuide replay --into memory`."""

from pathlib import Path

from msgspec import to_builtins

from online_models.policy.policy import Policy
from stream.cli.ending import once
from stream.cli.goods import take_goods
from stream.cli.progress import told
from stream.cli.replaying.asked import Asked
from stream.cli.replaying.chosen import reached
from stream.cli.replaying.refused import tell_refused
from stream.cli.shown.replay import print_rehearsed
from stream.cli.terminal import print_json
from stream.contracts.topics import DEAD_LETTERS
from stream.engine.knowledge import Knowledge
from stream.exits import OK, PARTLY
from stream.replay.past import Past, open_past
from stream.replay.rehearsal import Rehearsal, Rehearsed


def into_memory(asked: Asked, policy: Policy, output: Path | None) -> int:
    """Replay in this process, print what came of it, and return the exit code."""
    know = Knowledge(policy)
    if asked.catalog is not None:
        take_goods(asked.catalog, know.catalog)

    async def rehearse() -> tuple[Rehearsed, Past]:
        async with open_past(asked.source, asked.chosen, asked.reading, asked.here.kafka) as past:
            with told("read") as tell:

                def progress(run: Rehearsal) -> None:
                    tell(past.done, past.size, reached(run.records, run.clock_ms))

                who = asked.reading.pseudonymise
                run = Rehearsal(
                    know, pseudonymise=who, partitions=asked.here.partitions, keep=output, ranks=not asked.learn_only, progress=progress
                )
                return await run.of(past), past

    done, past = once(rehearse())
    if asked.as_json:
        print_json({"refused": past.refused, "skipped": past.skipped, "per_second": round(done.per_second, 1), **to_builtins(done)})
    else:
        tell_refused(past, asked.refuse)
        print_rehearsed(done)
    return PARTLY if past.refused or done.sent.get(DEAD_LETTERS) else OK

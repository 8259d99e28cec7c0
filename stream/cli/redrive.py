"""`tsuide redrive`: dead letters back to where they came from."""

from typing import Annotated

import typer

from stream.exits import INTERRUPTED, OK


def redrive(
    reason: Annotated[str | None, typer.Option(metavar="CLASS", help="Only letters of this error class, as the plan names it.")] = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="ISO8601", help="Only letters of records from this moment on; without a zone it is UTC.")
    ] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="ISO8601", help="Only letters of records before this moment.")] = None,
    most: Annotated[int | None, typer.Option("--max", min=1, help="Send back at most so many.")] = None,
    attempts: Annotated[int, typer.Option(min=1, max=100, help="How often a record may be sent back in all; after that it stays.")] = 3,
    execute: Annotated[
        bool, typer.Option("--execute", help="Do it. Without this letters are counted by reason and nothing is sent.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> int:
    """Count the dead letters by reason, and with --execute send them back to their topic and partition.

    Each goes out with key, value, timestamp and headers as they were, and a header `redriven` that counts how often. Workers handle it as a
    new record; one that fails again is a new letter with that header. At --attempts it stays in the dead-letter topic, for good. What is
    older than a suggestion lives is counted and not answered. Raw ids are not kept in letters: an event that named its customer by nothing
    else cannot be sent back, and its producer has to send it again.

    What is done with is remembered in the group <TSUIDE_GROUP>-redrive, whatever was chosen: a later run goes on with what is left. Killed,
    at most one batch goes out twice, and a repeated event id counts once. Run one at a time. Letters of customers who wished to be
    forgotten meanwhile would make them known again: give bounds with --from and --to.

    Example: tsuide redrive --reason EndedProcesses --from 2026-01-31T09:00:00+09:00 --max 100 --execute

    Exit codes: 0 counted or sent, 1 topics are missing, 2 wrong use or setting, 4 Kafka is away (run it again), 130 Ctrl-C: what is in hand
    is sent and remembered first.
    """
    import asyncio
    import signal

    from stream.cli.ending import once
    from stream.cli.moments import moment_ms
    from stream.cli.progress import told
    from stream.cli.setting import settings
    from stream.cli.shown.redrive import as_json as json_of
    from stream.cli.shown.redrive import looked_at, show
    from stream.cli.terminal import print_json
    from stream.redrive.run import Choice, Redrive, Tally

    here = settings()
    choice = Choice(reason, moment_ms(from_, "--from"), moment_ms(to, "--to"), most, attempts)

    async def send_back() -> tuple[Tally, bool]:
        with told("letters looked at") as tell:

            def progress(tally: Tally) -> None:
                tell(looked_at(tally), tally.waiting, f"{tally.sent:,} sent back")

            redriving = Redrive(here.kafka, here.group, choice, execute=execute, tell=progress)
            loop = asyncio.get_running_loop()

            def stop() -> None:
                redriving.stop.set()
                loop.remove_signal_handler(signal.SIGINT)  # a second Ctrl-C ends at once

            loop.add_signal_handler(signal.SIGINT, stop)
            return await redriving.run(), redriving.stop.is_set()

    tally, stopped = once(send_back())
    if as_json:
        print_json(json_of(tally, executed=execute))
    else:
        show(tally, executed=execute)
    return INTERRUPTED if stopped else OK

"""`tsuide lag`: whether it keeps up, since when not, how long until it has caught up, which partition, and what to do."""

from typing import Annotated

import typer

from stream.exits import FAILED, INTERRUPTED, OK


def lag(
    watch: Annotated[
        bool, typer.Option("--watch", help="Look again and again, until Ctrl-C; what goes away meanwhile is waited for.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON a look.")] = False,
    every: Annotated[float, typer.Option(min=0.2, max=600, help="Seconds between two looks, from which rates are told.")] = 3.0,
    fail_over_seconds: Annotated[
        float | None,
        typer.Option(min=0, help="End with 1 where a record waits for longer than this, or records were lost; for cron and probes."),
    ] = None,
) -> int:
    """Show how far every group is behind in every partition, worst first, and what to do about it. Changes nothing.

    Example: tsuide lag --fail-over-seconds 60

    Two looks, some seconds apart, tell the rates and the states: DATA_LOST, STOPPED (nobody reads), STALLED (somebody reads, nothing is
    handled), REWOUND, NO_COMMIT, CATCHING_UP, OK. The workers stand at Redis's watermark, the trainer where it committed.

    Exit codes: 0 looked, and nothing over the limit where one is set (also after Ctrl-C, once something was shown), 1 over the limit
    at the last look or a topic is missing, 2 wrong use or setting, 4 Kafka or Redis is away, 130 Ctrl-C before.
    """
    import time
    from contextlib import aclosing

    from stream.cli.ending import complain, once
    from stream.cli.setting import settings
    from stream.cli.shown.lag import as_json as json_of
    from stream.cli.shown.lag import drawing, span
    from stream.cli.terminal import print_json
    from stream.ops.lag.follow import follow, follow_on
    from stream.ops.lag.rules import Lag, over

    here = settings()
    newest: list[Lag] = []

    async def look() -> None:
        nonlocal newest
        with drawing(live=watch and not as_json) as draw:
            looks = follow_on(here, every_s=every, away=complain) if watch else follow(here, every_s=every)
            async with aclosing(looks):
                async for newest in looks:
                    if as_json:
                        print_json(json_of(newest, time.time_ns() // 1_000_000))
                    else:
                        draw(newest)
                    if not watch:
                        return

    try:
        once(look())
    except KeyboardInterrupt:
        if not newest:
            return INTERRUPTED
    late = [] if fail_over_seconds is None else over(newest, fail_over_seconds)
    if late:
        worst = late[0]
        complain(
            f"{len(late)} of {len(newest)} partitions are over {span(fail_over_seconds)}, the worst is {worst.topic} {worst.partition} "
            f"of group {worst.group}: {worst.state}, waiting for {span(worst.lag_s)}."
        )
    return FAILED if late else OK

"""`tsuide offsets`: where the workers go on, moved by hand."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stream.exits import FAILED, OK

if TYPE_CHECKING:
    from stream.offsets.targets import Target

app = typer.Typer(help="Move where the workers go on: skip records, or count them anew.", no_args_is_help=True)
TARGETS = "--to-datetime, --by-duration, --to-earliest, --to-latest, --to-offset and --from-file"


@app.callback()
def offsets() -> None:
    """Move where the workers go on: skip records, or count them anew."""


@app.command()
def reset(
    to_datetime: Annotated[
        str | None,
        typer.Option(metavar="ISO8601", help="To the first record from this moment on. Name the time zone; without it UTC is taken."),
    ] = None,
    by_duration: Annotated[str | None, typer.Option(metavar="ISO8601", help="As far back from now: PT30M, PT6H, P1D.")] = None,
    to_earliest: Annotated[bool, typer.Option("--to-earliest", help="To the beginning of each log.")] = False,
    to_latest: Annotated[bool, typer.Option("--to-latest", help="To the end of each log.")] = False,
    to_offset: Annotated[int | None, typer.Option(min=0, help="To this offset in each partition.")] = None,
    from_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="To what lines of topic,partition,offset say, as Kafka's own tool writes them.")
    ] = None,
    topic: Annotated[
        list[str] | None,
        typer.Option(metavar="TOPIC[:0,1]", help="Only this topic, or these partitions of it; may be repeated. Without it: all inputs."),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Forget the profiles of these partition numbers, but for opt-outs, and count them anew.")
    ] = False,
    execute: Annotated[bool, typer.Option("--execute", help="Do it. Without this the plan is shown and nothing is written.")] = False,
    export: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the plan as lines of topic,partition,offset.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> int:
    """Show where the workers' group would go on, and with --execute move it there: Redis's watermark and Kafka's offset together.

    Workers go by Redis, so an offset moved in Kafka alone changes nothing. There are two ways:

    Skip: forward from where they stand. What lies between is never counted and never answered.

    Recount: back. What was counted already would be counted twice into the profiles that stand, so it is refused unless they begin anew:
    with --fresh (profiles of these partition numbers are forgotten and counted again from there; opt-outs stay), or with a
    TSUIDE_PREFIX that was never used (the former state stays where it is). The shared memory and the ranker know what they have seen and
    take nothing twice; what is older than a suggestion lives is counted and not answered.

    End all workers of the group first: --execute refuses while it has members. Killed halfway, run the same command again.

    Example: tsuide offsets reset --to-datetime 2026-01-31T09:30:00+09:00 --fresh

    Example: tsuide offsets reset --to-latest --topic shop.clickstream.v1:0,1 --execute

    Exit codes: 0 done, or a plan that nothing stands in the way of, 1 refused (the group has members, it would count twice, ...) or the
    file cannot be read, 2 wrong use or setting, 4 Kafka or Redis is away (run it again).
    """
    from features.store.redis import open_store
    from stream.cli.ending import complain, once
    from stream.cli.setting import settings
    from stream.cli.shown.offsets import as_json as json_of
    from stream.cli.shown.offsets import show
    from stream.cli.terminal import print_json
    from stream.contracts.topics import CONSENT
    from stream.offsets.execute import execute as carry_out
    from stream.offsets.lists import write_list
    from stream.offsets.look import look
    from stream.offsets.plan import Plan, targets
    from stream.offsets.targets import scope_of
    from stream.transport.groups import Group

    here = settings()
    target = _target(to_datetime, by_duration, to_offset, from_file, earliest=to_earliest, latest=to_latest)
    try:
        scope = scope_of(topic or ())
    except ValueError as fault:
        raise typer.BadParameter(str(fault), param_hint="--topic") from fault
    skip_wishes = bool(topic) and CONSENT in scope

    async def reset_group() -> tuple[Plan, Group, bool]:
        store = open_store(here.redis, prefix=here.prefix)
        try:
            plan, group = await look(here.kafka, store, here.group, target=target, scope=scope, fresh=fresh, skip_wishes=skip_wishes)
            if export is not None:
                write_list(export, targets(plan.steps))
            if not execute or plan.obstacles:
                return plan, group, False
            await carry_out(plan, store, here.kafka)
            return plan, group, True
        finally:
            await store.aclose()

    plan, group, done = once(reset_group())
    if as_json:
        print_json(json_of(plan, members=group.members, executed=done))
    else:
        show(plan, members=group.members, executed=done)
    for obstacle in plan.obstacles:
        complain(f"{obstacle}.")
    return FAILED if plan.obstacles else OK


def _target(
    to_datetime: str | None, by_duration: str | None, to_offset: int | None, from_file: Path | None, *, earliest: bool, latest: bool
) -> "Target":
    """Return the one target that was said. Raises BadParameter where it was none, or several."""
    import time

    from stream.cli.moments import moment_ms
    from stream.offsets.lists import read_list
    from stream.offsets.targets import At, Earliest, Latest, Listed, Offset, back_by

    said = [to_datetime is not None, by_duration is not None, to_offset is not None, from_file is not None, earliest, latest]
    if sum(said) != 1:
        raise typer.BadParameter(f"say one of {TARGETS}.")
    at_ms = moment_ms(to_datetime, "--to-datetime")
    if at_ms is not None:
        return At(at_ms)
    if by_duration is not None:
        try:
            return back_by(by_duration, time.time_ns() // 1_000_000)
        except ValueError as fault:
            raise typer.BadParameter(str(fault), param_hint="--by-duration") from fault
    if from_file is not None:
        return Listed(read_list(from_file))
    if to_offset is not None:
        return Offset(to_offset)
    return Earliest() if earliest else Latest()

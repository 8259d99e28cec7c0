"""`tsuide compare`: what would differ under another policy."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stream.cli.choices import AtMost, Form, From, Goods, LogSource, Named, To, Whose
from stream.exits import OK, PARTLY

if TYPE_CHECKING:
    from online_models.policy.policy import Policy


def compare(
    source: LogSource,
    policy: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="Policy file; two or more. The others are compared with the first.")
    ] = None,
    catalog: Goods = None,
    from_: From = None,
    to: To = None,
    customer: Whose = None,
    event: Named = None,
    limit: AtMost = None,
    clip: Annotated[
        float | None,
        typer.Option(min=1.0, metavar="WEIGHT", help="Cut weights to this; draws the estimates towards what was logged. Else none is cut."),
    ] = None,
    format: Form = None,
    rejects: Annotated[Path | None, typer.Option(metavar="FILE", help="Where damaged lines go. Else LOG.rejects.jsonl, here.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON, with all items.")] = False,
) -> int:
    """Replay a log into memory under two or more policies, and tell what would differ: cards, lists, silences, prices, uptake.

    Where the log also holds tsuide.training.v1 (what was shown, by which chance, and what became of it), each policy's uptake is estimated
    from the cards that it shares with what was shown: SNIPS and IPS, with 95 % intervals that take each customer as one observation.
    Where a policy has too little in common with what was shown, it says so instead of a figure: a log tells of other choices only where
    the policy that was live left some to chance (its exploration share was above 0).

    LOG may be the running Kafka: kafka: alone means the inputs, the catalogue and tsuide.training.v1, up to where they end now.

    Example: tsuide compare november.jsonl.zst --policy live.toml --policy bolder.toml --catalog catalog.jsonl

    Exit codes: 0 compared, 3 some lines or records could not be read, 1 a file cannot be read or written, 2 wrong use or setting,
    4 Kafka is away, 70 an event cannot be counted, 130 Ctrl-C.
    """
    from msgspec import to_builtins

    from online_models.policy.policy import Policy
    from stream.archive.reading import Reading
    from stream.archive.rejects import SUFFIX, RejectsFile
    from stream.cli.anybody import who_of
    from stream.cli.ending import once
    from stream.cli.goods import take_goods
    from stream.cli.progress import told
    from stream.cli.replaying.chosen import chosen_of, reached
    from stream.cli.replaying.refused import tell_refused
    from stream.cli.setting import settings
    from stream.cli.shown.compare import print_compared
    from stream.cli.terminal import print_json
    from stream.compare.compared import Compared
    from stream.compare.run import Candidate, Comparison
    from stream.compare.source import open_all
    from stream.engine.knowledge import Knowledge
    from stream.replay.past import Past, name_of

    paths = policy or []
    if len(paths) < 2:
        raise typer.BadParameter("two are needed, one beside the other: --policy a.toml --policy b.toml.", param_hint="--policy")
    here, policies = settings(), [Policy.read(path) for path in paths]
    check_differ(paths, policies)
    candidates = [Candidate(name, Knowledge(one)) for name, one in zip(names_of(paths), policies, strict=True)]
    if catalog is not None:
        for candidate in candidates:
            take_goods(catalog, candidate.know.catalog)
    who = who_of(here)
    chosen = chosen_of(here, from_=from_, to=to, customer=customer, event=event, limit=limit)

    async def compared(reading: Reading) -> tuple[Compared, Past]:
        async with open_all(source, reading, here.kafka) as past:
            with told("read") as tell:

                def progress(run: Comparison) -> None:
                    tell(past.done, past.size, reached(run.records, run.clock_ms))

                run = Comparison(candidates, pseudonymise=who, partitions=here.partitions, clip=clip, progress=progress)
                return await run.of(past, chosen), past

    with RejectsFile(rejects or Path(f"{name_of(source)}{SUFFIX}")) as refuse:
        done, past = once(compared(Reading(here.partitions, who, format.value if format else None, refuse)))
    if as_json:
        print_json({"refused": past.refused, "skipped": past.skipped, **to_builtins(done)})
    else:
        tell_refused(past, refuse)
        print_compared(done)
    return PARTLY if past.refused or done.dead_letters or done.logged.damaged else OK


def names_of(paths: Sequence[Path]) -> list[str]:
    """Return what the policies are called: the files' names without their ending, where these differ, else the whole paths."""
    names = [path.stem for path in paths]
    return names if len(set(names)) == len(names) else [str(path) for path in paths]


def check_differ(paths: Sequence[Path], policies: "Sequence[Policy]") -> None:
    """Refuse two policies that choose the same. Raises typer.BadParameter."""
    from stream.compare.run import same_rules

    for number, one in enumerate(policies):
        for before in range(number):
            if same_rules(policies[before], one):
                why = f"{paths[before]} and {paths[number]} have the same rules, so that nothing could differ: change one or leave it out."
                raise typer.BadParameter(why, param_hint="--policy")

"""`tsuide replay`: a stretch of the past once more through the worker's own code."""

from pathlib import Path
from typing import Annotated

import typer

from stream.cli.choices import AtMost, Form, From, Goods, Into, LogSource, Named, To, Whose


def replay(
    source: LogSource,
    into: Annotated[Into, typer.Option(help="memory: in this process, nothing is written; kafka: into topics, for workers.")] = Into.memory,
    catalog: Goods = None,
    policy: Annotated[Path | None, typer.Option(help="Policy file. Else TSUIDE_POLICY.")] = None,
    from_: From = None,
    to: To = None,
    customer: Whose = None,
    event: Named = None,
    limit: AtMost = None,
    learn_only: Annotated[bool, typer.Option("--learn-only", help="Count and remember, and answer nobody: several times as fast.")] = False,
    format: Form = None,
    rejects: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where damaged lines go. Else LOG.rejects.jsonl, here or in --output."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Into memory: keep what is sent out: <topic>.jsonl.gz each, there when they are whole."),
    ] = None,
    id: Annotated[str | None, typer.Option(metavar="ID", help="Into Kafka: name the replay. Else it is named after now.")] = None,
    resume: Annotated[
        str | None, typer.Option(metavar="ID", help="Into Kafka: go on with this replay where it ended; the other options as before.")
    ] = None,
    speed: Annotated[
        str, typer.Option(metavar="N|max", help="Into Kafka: 1 as it happened, 60 an hour in a minute, max as fast as it goes.")
    ] = "max",
    max_rate: Annotated[float | None, typer.Option(min=0.1, help="Into Kafka: at most so many records a second.")] = None,
    workers: Annotated[int, typer.Option(min=0, max=64, help="Into Kafka: start so many workers for it; 0: start your own.")] = 1,
    live: Annotated[bool, typer.Option("--live", help="Into Kafka: among the shop's own topics, for its own workers.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --live: do not ask.")] = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Into Kafka: end once all is fed, not once it is handled.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> int:
    """Work a log as the worker and the trainer would have worked it, and tell what comes of it.

    A log is what `tsuide export` writes, what `kcat -J` prints, the shop's events one a line, or Segment's track calls; in order of time,
    which `tsuide sort` brings about. Or topics of the running Kafka, up to where they end now: kafka: alone means the inputs and
    the catalogue.

    Into memory (the default) it is worked in this process from an empty store on. Time is that of the records, and nothing depends on this
    machine's clock or speed: the same log and policy give the same suggestions, examples and models, byte for byte.

    Into Kafka it is fed into topics of its own, *.replay.ID, and worked by workers of its own with a group and a Redis prefix of their own:
    what the shop does is neither read nor written. Every event is answered, whatever its age. Suggestions are named after the records that
    cause them, as they were live. Ended by Ctrl-C or kill -9, it goes on with --resume ID, and nothing is fed twice. `tsuide replays` lists
    and removes what is left of them.

    With --live the log goes among the shop's own events, to warm a new shop or to make up for a gap. Each counts as written now; one older
    than a suggestion lives is not answered, with --learn-only none is. Without --from and --to it ends where the shop's own events begin,
    so that none counts twice. The catalogue is left alone.

    Example: tsuide replay november.jsonl.zst --catalog catalog.jsonl --output november/

    Example: tsuide replay november.jsonl.zst --into kafka --speed 60

    Exit codes: 0 replayed, 3 some lines or records could not be read, 1 a file cannot be read or written, or the replay is not the one that
    was begun, 2 wrong use or setting, 4 Kafka or Redis is away (go on with --resume), 70 an event cannot be counted, 130 Ctrl-C.
    """
    from online_models.policy.policy import Policy
    from stream.archive.reading import Reading
    from stream.archive.rejects import SUFFIX, RejectsFile
    from stream.cli.anybody import who_of
    from stream.cli.replaying.asked import Asked, Feed
    from stream.cli.replaying.chosen import chosen_of
    from stream.cli.setting import settings
    from stream.replay.past import name_of

    here = settings()
    chosen = chosen_of(here, from_=from_, to=to, customer=customer, event=event, limit=limit)
    in_kafka = {"--id": id, "--resume": resume, "--max-rate": max_rate, "--live": live, "--no-wait": no_wait}
    if into is Into.memory and (said := next((name for name, value in in_kafka.items() if value), None)):
        raise typer.BadParameter("goes with --into kafka.", param_hint=said)
    if into is Into.kafka and output is not None:
        raise typer.BadParameter("goes with --into memory; what workers send out lies in topics: `tsuide export`.", param_hint="--output")
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
    read_policy = Policy.read(policy or here.policy)  # a fault in it is told before anything begins
    with RejectsFile(rejects or (output or Path()) / f"{name_of(source)}{SUFFIX}") as refuse:
        reading = Reading(here.partitions, who_of(here), format.value if format else None, refuse)
        asked = Asked(here, source, chosen, reading, refuse, catalog, learn_only, as_json)
        if into is Into.memory:
            from stream.cli.replaying.memory import into_memory

            return into_memory(asked, read_policy, output)
        from stream.cli.replaying.kafka import into_kafka

        return into_kafka(asked, Feed(id, resume, speed, max_rate, workers, live, yes, not no_wait, policy))

"""`tsuide topics`: the topics on the broker, made and held against the plan."""

from typing import Annotated

import typer

from stream.exits import FAILED, OK

app = typer.Typer(help="Create, check and describe the topics.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print one line of JSON.")]


@app.command()
def create(
    replicas: Annotated[int, typer.Option(help="Copies of every partition; -1: the broker's own default.")] = -1,
    as_json: AsJson = False,
) -> int:
    """Create the topics that are missing; what exists stays as it is.

    Example: TSUIDE_PARTITIONS=12 tsuide topics create

    Exit codes: 0 all there, 1 the broker refuses, 2 wrong setting, 4 Kafka is away.
    """
    from stream.cli.ending import once
    from stream.cli.setting import settings
    from stream.cli.terminal import print_json
    from stream.contracts.topics import TOPICS
    from stream.transport import topics

    here = settings()
    made = once(topics.create(here.kafka, here.partitions, replicas=replicas))
    if as_json:
        print_json({"created": made, "existed": [topic.name for topic in TOPICS if topic.name not in made]})
        return OK
    for topic in TOPICS:
        typer.echo(f"{topic.name}: {'created' if topic.name in made else 'exists'}")
    return OK


@app.command()
def check(as_json: AsJson = False) -> int:
    """Hold the broker's topics against the plan and say what differs and how to mend it.

    Example: tsuide topics check

    Exit codes: 0 as planned, 1 something differs, 2 wrong setting, 4 Kafka is away.
    """
    from stream.cli.ending import once
    from stream.cli.setting import settings
    from stream.cli.terminal import print_json
    from stream.contracts.topics import TOPICS
    from stream.transport import topics

    here = settings()
    wrong = once(topics.check(here.kafka, here.partitions))
    if as_json:
        print_json({"differences": wrong})
    else:
        for difference in wrong:
            typer.echo(str(difference))
        if not wrong:
            typer.echo(f"{len(TOPICS)} topics are as planned.")
    return FAILED if wrong else OK


@app.command()
def describe(as_json: AsJson = False) -> int:
    """Show the planned topics: what is in them, how many partitions, how long and how large. Asks no broker.

    Example: tsuide topics describe

    Exit codes: 0, 2 wrong setting.
    """
    from stream.cli.setting import settings
    from stream.cli.terminal import print_json, print_table
    from stream.contracts.topics import TOPICS
    from stream.transport.topics import partitions_of

    inputs = settings().partitions
    if as_json:
        print_json(
            [{"name": t.name, "says": t.says, "key": t.key, "partitions": partitions_of(t, inputs), "config": t.config()} for t in TOPICS]
        )
        return OK
    columns = ("topic", "key", "partitions", "kept", "record at most", "what is in it")
    print_table(
        columns, [(t.name, t.key, partitions_of(t, inputs), _kept(t.config()), f"{t.max_message_bytes:,} bytes", t.says) for t in TOPICS]
    )
    return OK


def _kept(config: dict[str, str]) -> str:
    if config["cleanup.policy"] == "compact":
        return "newest a key"
    kept_ms = int(config["retention.ms"])
    return "for ever" if kept_ms < 0 else f"{kept_ms // 86_400_000} days"

"""`tsuide replays`: what replays into Kafka have left behind."""

from typing import Annotated

import typer

from stream.exits import OK

app = typer.Typer(help="List and remove what replays into Kafka have left behind.", no_args_is_help=True)


@app.callback()
def replays() -> None:
    """List and remove what replays into Kafka have left behind."""


@app.command(name="list")
def list_replays(as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False) -> int:
    """List the replays that have topics of their own, oldest id first, with what a process must be told to belong to one.

    Example: tsuide replays list

    Exit codes: 0 listed, 2 wrong use or setting, 4 Kafka is away.
    """
    from stream.cli.ending import once
    from stream.cli.setting import settings
    from stream.cli.terminal import print_json, print_table
    from stream.replay.feed.apart import apart, replays, variables

    here = settings()
    found = {replay_id: variables(apart(here, replay_id)) for replay_id in once(replays(here))}
    if as_json:
        print_json(found)
    elif not found:
        typer.echo("There are none.")
    else:
        print_table(("id", "settings"), [(replay_id, " ".join(f"{k}={v}" for k, v in said.items())) for replay_id, said in found.items()])
    return OK


@app.command()
def remove(
    replay_id: Annotated[str, typer.Argument(metavar="ID", help="Which one.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> int:
    """Delete a replay's topics and its keys in Redis. End its workers first; nothing of the shop's own is touched.

    Example: tsuide replays remove 20261130-023155

    Exit codes: 0 removed, 1 there is none of this id, or the user may not delete topics, 2 wrong use or setting, 4 Kafka or Redis is away.
    """
    from stream.cli.ending import once
    from stream.cli.setting import settings
    from stream.cli.terminal import print_json
    from stream.replay.feed.apart import ID, apart
    from stream.replay.feed.apart import remove as remove_replay

    if not ID.match(replay_id):
        raise typer.BadParameter(f"{replay_id!r} is no id: see `tsuide replays list`.", param_hint="ID")
    topics, keys = once(remove_replay(apart(settings(), replay_id)))
    if as_json:
        print_json({"topics": topics, "keys": keys})
    else:
        typer.echo(f"{topics} topics and {keys:,} keys of replay {replay_id} removed.")
    return OK

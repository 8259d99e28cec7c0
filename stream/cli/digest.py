"""`tsuide digest`: one number for the state of all customers."""

from typing import Annotated

import typer

from stream.exits import OK


def digest(as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False) -> int:
    """Tell the state of all customers in one number, in all and for each partition, to hold two systems against each other.

    Two systems that had the same events say the same, in whatever order the events came; one altered event changes it. What was
    shown does not count. Everything under TSUIDE_PREFIX is read; while workers write, what they write may count or not.

    Example: TSUIDE_PREFIX=tsuide.replay.1 tsuide digest

    Exit codes: 0 told, 2 wrong setting, 4 Redis is away.
    """
    from stream.cli.ending import once
    from stream.cli.setting import settings
    from stream.cli.terminal import print_json, print_table
    from stream.replay.digest import digest_of

    here = settings()
    told = once(digest_of(here.redis, here.prefix))
    if as_json:
        partitions = [{"partition": number, "customers": of.customers, "digest": str(of)} for number, of in told.partitions.items()]
        print_json({"prefix": here.prefix, "customers": told.total.customers, "digest": str(told.total), "partitions": partitions})
    else:
        rows = [(str(number), f"{of.customers:,}", str(of)) for number, of in told.partitions.items()]
        print_table(("partition", "customers", "digest"), [*rows, ("all", f"{told.total.customers:,}", str(told.total))])
    return OK

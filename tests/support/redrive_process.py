"""`tsuide redrive` of a test, ended in the middle of what it does.

Run as `python -m tests.support.redrive_process FAULT ARGUMENTS`, with the command's own arguments.
"""

import itertools
import os
import signal
import sys
from collections.abc import Callable, Mapping
from typing import Any

from stream.cli.app import app
from stream.cli.ending import run
from stream.redrive import run as redriving

SECOND = 2


def unremembered() -> None:
    """Die by kill -9 when a second batch is sent and not remembered."""
    commits, consumer_of = itertools.count(1), redriving.consumer_of

    def dying(*where: Any, **how: Any) -> Any:
        """Return a consumer whose process dies instead of its second commit."""
        consumer = consumer_of(*where, **how)
        really_commit = consumer.commit

        async def commit(offsets: Any = None) -> None:
            if next(commits) == SECOND:
                os.kill(os.getpid(), signal.SIGKILL)
            await really_commit(offsets)

        consumer.commit = commit
        return consumer

    redriving.consumer_of = dying


def interrupted() -> None:
    """Press Ctrl-C while the first batch is being sent."""
    send_all, sendings = redriving.send_all, itertools.count(1)

    async def pressed(*sent: Any) -> None:
        if next(sendings) == 1:
            os.kill(os.getpid(), signal.SIGINT)
        await send_all(*sent)

    redriving.send_all = pressed


FAULTS: Mapping[str, Callable[[], None]] = {one.__name__: one for one in (unremembered, interrupted)}

if __name__ == "__main__":
    fault, *arguments = sys.argv[1:]
    FAULTS[fault]()
    sys.exit(run(app, ["redrive", *arguments]))

"""A trainer process of a test: the product's own `run_trainer`, which dies around one of its publishings.

Run as `python -m tests.support.trainer_process (before|after) NTH`: before the nth model leaves, or after the broker has it and
before the trainer knows.
"""

import asyncio
import itertools
import logging
import os
import sys
from collections.abc import Sequence
from typing import Any

from stream.agents import trainer
from stream.engine.record import Outgoing
from stream.settings import Settings

DIES_PUBLISHING = 9


def die_publishing(when: str, nth: int) -> None:
    """End the process around the nth publishing."""
    publishings, really_send = itertools.count(1), trainer.send_all

    async def send(producer: Any, outgoing: Sequence[Outgoing]) -> None:
        last = next(publishings) == nth
        if last and when == "before":
            os._exit(DIES_PUBLISHING)
        await really_send(producer, outgoing)
        if last:
            os._exit(DIES_PUBLISHING)

    trainer.send_all = send


def main() -> None:
    logging.basicConfig(level=logging.INFO)
    when, nth = sys.argv[1:]
    die_publishing(when, int(nth))
    sys.exit(asyncio.run(trainer.run_trainer(Settings.of(os.environ))))


if __name__ == "__main__":
    main()

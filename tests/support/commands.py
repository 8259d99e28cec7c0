"""A command of the product as another process would run it."""

import asyncio
import json
import subprocess
from typing import Any, NamedTuple

from tests.support.workers import Crew, python

DEADLINE_S = 120


class Ended(NamedTuple):
    """How the command ended: its exit code, its line of JSON, its complaints."""

    code: int
    told: Any
    said: str


async def ended(crew: Crew, *command: str) -> Ended:
    """Run a module with its arguments and `--json`, with the settings of the crew's workers."""
    line = python(crew.environ, *command, "--json")
    done = await asyncio.to_thread(subprocess.run, line, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    return Ended(done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr)

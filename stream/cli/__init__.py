"""The command line `tsuide`: one module a command or group of commands; heavy imports wait until a command runs."""

import sys

from stream.cli.ending import run


def main() -> None:
    """Run the command that the process was started with and end with its exit code."""
    from stream.cli.app import app

    sys.exit(run(app, sys.argv[1:]))

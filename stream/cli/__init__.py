"""The command line `tsuide`: one module a command or group of commands; heavy imports wait until a command runs."""

import sys


def main() -> None:
    """Run the command that the process was started with and end with its exit code."""
    from stream.exits import INTERRUPTED

    try:
        from stream.cli.app import app
        from stream.cli.ending import run

        code = run(app, sys.argv[1:])
    except KeyboardInterrupt:  # before there was a command to interrupt
        code = INTERRUPTED
    sys.exit(code)

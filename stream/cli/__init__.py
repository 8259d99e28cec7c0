"""The command line `tsuide`: one module a command or group of commands; heavy imports wait until a command runs."""

import os
import signal
import sys


def main() -> None:
    """Run the command that the process was started with and end with its exit code."""
    from stream.exits import INTERRUPTED

    if os.getpid() == 1:  # in a container: the kernel keeps from process 1 what it does not listen to, and it listens late
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        from stream.cli.app import app
        from stream.cli.ending import run

        code = run(app, sys.argv[1:])
    except KeyboardInterrupt:  # before there was a command to interrupt
        code = INTERRUPTED
    sys.exit(code)

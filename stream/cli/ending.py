"""How a command ends: its exit code, and one line on standard error that says what to do."""

import asyncio
import logging
import sys
import traceback
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

import typer
from msgspec import Struct

from stream.cli.logs import programs_read_it
from stream.errors import SettingsError
from stream.exits import AWAY, FAILED, INTERNAL, INTERRUPTED, OK, USAGE
from stream.telling.logger import logger_of

log = logger_of(__name__)
OURS = {"stream", "features", "online_models"}
Answer = TypeVar("Answer")


class Flags(Struct):
    """What was asked of the command line as a whole."""

    debug: bool = False


def run(app: typer.Typer, arguments: Sequence[str]) -> int:
    """Run one command and return the process's exit code; a command returns its own, or nothing for 0."""
    flags = Flags()
    command: Any = typer.main.get_command(app)
    try:
        code = command.main(args=list(arguments), prog_name="tsuide", standalone_mode=False, obj=flags)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception as fault:
        if hasattr(fault, "format_message"):  # the command line's own errors
            return _usage(fault)
        return _failed(fault, flags)
    return code if isinstance(code, int) else OK


def once(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run `work` to its end. What the Kafka client says on the way is left out: the error that it ends in says it better."""
    if not logging.getLogger().handlers:
        logging.getLogger("aiokafka").setLevel(logging.CRITICAL + 1)
    return asyncio.run(work)


def code_of(error: Exception) -> int:
    """Return the exit code of an error that a command ends in."""
    if isinstance(error, SettingsError):
        return USAGE
    if type(error).__module__.partition(".")[0] not in OURS:
        return INTERNAL
    return AWAY if getattr(error, "retriable", False) else FAILED


def complain(line: str) -> None:
    """Print one line on standard error."""
    typer.secho(f"tsuide: {line}", fg=typer.colors.RED, err=True)


def _failed(error: Exception, flags: Flags) -> int:
    code = code_of(error)
    if programs_read_it():
        trace = error if code == INTERNAL else None
        log.critical("process ends", exit_code=code, reason=type(error).__name__, error=str(error), exc_info=trace)
        return code
    if flags.debug:
        traceback.print_exception(error, file=sys.stderr)
    if code == INTERNAL:
        complain(f"{type(error).__name__}: {error} (a fault of ours; run `tsuide --debug ...` again for the traceback)")
    else:
        complain(str(error))
    return code


def _usage(error: Any) -> int:
    if type(error).__name__ == "NoArgsIsHelpError":  # the help is its message, and printed already where it is coloured
        typer.echo(error.format_message(), err=True)
    else:
        complain(f"{error.format_message()} See `{error.ctx.command_path if error.ctx else 'tsuide'} --help`.")
    return USAGE

"""Where a long-running process says what happens: on standard error, in the form that its reader wants."""

import logging
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stream.settings import LogFormat, Settings

LOUD = ("aiokafka", "faust", "mode")  # each says every join and every fetch at level info


def log_to_stderr(level: str, form: "LogFormat" = "auto") -> None:
    """Log from `level` (a name of the settings) on; of the libraries from warning on, unless `level` is debug.

    Called again, the form is the new one, and the level the more talkative of both.
    """
    from stream.telling.lines import formatter

    root = logging.getLogger()
    handler = next((one for one in root.handlers if isinstance(one, _Stderr)), None)
    if handler is None:
        handler = _Stderr()
        root.addHandler(handler)
        root.setLevel(level.upper())
        logging.captureWarnings(True)
    root.setLevel(min(root.level, logging.getLevelNamesMapping()[level.upper()]))
    handler.is_json = form == "json" or (form == "auto" and not sys.stderr.isatty())
    handler.setFormatter(formatter("json" if handler.is_json else "text", colours=sys.stderr.isatty() and not os.environ.get("NO_COLOR")))
    if root.level > logging.DEBUG:
        for name in LOUD:
            logging.getLogger(name).setLevel(logging.WARNING)


def log_as_set(settings: "Settings") -> None:
    """Log as the settings say."""
    log_to_stderr(settings.log_level, settings.log_format)


def programs_read_it() -> bool:
    """Return whether standard error is a log of JSON by now: then nothing else is to be written there."""
    return any(isinstance(one, _Stderr) and one.is_json for one in logging.getLogger().handlers)


def log_no_more() -> None:
    """Take our handler away again, for whoever runs several commands in one process."""
    root = logging.getLogger()
    for one in [one for one in root.handlers if isinstance(one, _Stderr)]:
        root.removeHandler(one)
        root.setLevel(logging.WARNING)
        logging.captureWarnings(False)


class _Stderr(logging.StreamHandler):  # type: ignore[type-arg]
    """Our handler among those that others may have put in place."""

    is_json = False

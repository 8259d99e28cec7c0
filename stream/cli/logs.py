"""What a long-running process has to say: one line an occurrence, on standard error."""

import logging

FORM = "%(asctime)s %(levelname)s %(name)s: %(message)s"
LOUD = ("aiokafka", "faust", "mode")  # each says every join and every fetch at level info


def log_to_stderr(level: str) -> None:
    """Log from `level` (a name of the settings) on; of the libraries from warning on, unless `level` is debug."""
    logging.basicConfig(level=level.upper(), format=FORM)
    if level != "debug":
        for name in LOUD:
            logging.getLogger(name).setLevel(logging.WARNING)

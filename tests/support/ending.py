"""How a long run of ours ends before its time: in order, whoever tells it to."""

import signal


def end_in_order() -> None:
    """Let SIGTERM, and Ctrl-C also where a shell started us in the background, end this process as Ctrl-C does: its servers end first."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))

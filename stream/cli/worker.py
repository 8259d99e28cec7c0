"""`tsuide worker`: suggests until it is told to stop."""


def worker() -> int:
    """Read what customers do and publish suggestions, until SIGTERM or Ctrl-C. Start at most as many as there are partitions.

    Example: TSUIDE_PSEUDONYM_SECRET_FILE=secret.txt tsuide worker

    Exit codes: 0 told to stop, 2 wrong setting, 4 Kafka or Redis is away, 70 a fault of ours or a record that cannot be handled,
    71 no progress for too long, 72 a topic was deleted and made anew, 75 the orderly end took too long. After 70, 71 and 75 a restart goes
    on where the store says; after 72 somebody has to decide, and the last line of the log tells what to run.
    """
    import asyncio

    from stream.agents.worker import run_worker
    from stream.cli.logs import log_as_set
    from stream.cli.setting import settings

    here = settings()
    log_as_set(here)
    return asyncio.run(run_worker(here))

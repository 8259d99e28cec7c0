"""`tsuide trainer`: learns until it is told to stop."""


def trainer() -> int:
    """Learn from answered suggestions and publish the ranker's weights, until SIGTERM or Ctrl-C. One is enough; a second one waits.

    Example: tsuide trainer

    Exit codes: as `tsuide worker`.
    """
    import asyncio

    from stream.agents.trainer import run_trainer
    from stream.cli.logs import log_as_set
    from stream.cli.setting import settings

    here = settings()
    log_as_set(here)
    return asyncio.run(run_trainer(here))

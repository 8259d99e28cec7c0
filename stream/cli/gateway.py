"""`tsuide gateway`: serves browsers until it is told to stop."""


def gateway() -> int:
    """Bring suggestions to browsers and take events from them, until SIGTERM or Ctrl-C. Prints its address when it is ready.

    Example: TSUIDE_LISTEN=0.0.0.0:8080 TSUIDE_ORIGINS=https://shop.example tsuide gateway

    Needs TSUIDE_PSEUDONYM_SECRET, TSUIDE_TOKEN_SECRET and TSUIDE_SHOP_KEY, or the files that each with _FILE names. Start as many
    as browsers need: each reads all suggestions, and a browser may come back to any of them.

    Exit codes: 0 told to stop, 2 wrong or missing setting or the address is taken, 4 Kafka is away at the start (later it is
    waited for), 70 a fault of ours, 75 the orderly end took too long.
    """
    import asyncio

    import typer

    from stream.cli.logs import log_as_set
    from stream.cli.setting import settings
    from stream.gateway.serve import run_gateway

    here = settings()
    log_as_set(here)
    return asyncio.run(run_gateway(here, told=typer.echo))

"""`tsuide demo`: a shop with live suggestions on this machine."""

from typing import Annotated

import typer

HEADLESS_S = 30.0


def demo(
    seconds: Annotated[float | None, typer.Option(min=1, help="End after so many live seconds; otherwise Ctrl-C ends it.")] = None,
    speed: Annotated[float, typer.Option(min=1, max=5000, help="Events a second, or as many as the worker bears.")] = 60,
    history: Annotated[int, typer.Option(min=0, help="Older baskets and returns that it begins with.")] = 6_000,
    headless: Annotated[bool, typer.Option("--headless", help="Show nothing but the figures at the end; 30 live seconds.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The figures as one line of JSON; implies --headless.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Where the shop's pages are served; 0 takes a free port.")] = 0,
    browser: Annotated[
        bool | None, typer.Option("--browser/--no-browser", help="Open the shop's pages; by default on a terminal of a desktop.")
    ] = None,
) -> int:
    """Open a shop in the browser while its year is played live, with suggestions, and show what they are worth. Needs nothing but Python.

    KAFKA_BOOTSTRAP_SERVERS and REDIS_URL, both set, are used instead of servers of its own.

    Example: tsuide demo --headless --seconds 30 --json

    Exit codes: 0 ended by Ctrl-C, by --seconds or with the log, 1 a process of it broke down, 2 wrong use or setting,
    4 Kafka or Redis is away, 130 Ctrl-C before it was live.
    """
    import os
    import sys

    from stream.demo.browser import has_screen
    from stream.demo.place import Place
    from stream.demo.run import Options
    from stream.demo.screens import screen_for, tell
    from stream.demo.start import run_until_stopped

    quiet = headless or as_json
    wanted = sys.stdout.isatty() and has_screen(os.environ) if browser is None else browser
    options = Options(speed=speed, seconds=seconds or (HEADLESS_S if quiet else None), history=history, browser=wanted and not quiet)
    code, figures = run_until_stopped(options, Place(os.environ, port=port), screen_for(quiet=quiet))
    if figures is not None:
        tell(figures, as_json=as_json)
    return code

"""`tsuide demo`: a shop with live suggestions on this machine."""

from typing import Annotated

import typer

from stream.cli.choices import ShopName

HEADLESS_S = 30.0


def demo(
    seconds: Annotated[float | None, typer.Option(min=1, help="End after so many live seconds; otherwise Ctrl-C ends it.")] = None,
    shop: Annotated[
        ShopName,
        typer.Option(help="uci: the real orders of a British gift shop; sample: a small invented shop in Japanese that shows every list."),
    ] = ShopName.uci,
    speed: Annotated[
        float | None, typer.Option(min=1, max=5000, help="Events a second, or as many as the worker bears.", show_default="60, sample: 6")
    ] = None,
    history: Annotated[int, typer.Option(min=0, help="Older baskets and returns that it begins with.")] = 6_000,
    headless: Annotated[bool, typer.Option("--headless", help="Show nothing but the figures at the end; 30 live seconds.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The figures as one line of JSON; implies --headless.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Where the shop's pages are served; 0 takes a free port.")] = 0,
    browser: Annotated[
        bool | None, typer.Option("--browser/--no-browser", help="Open the shop's pages; by default on a terminal of a desktop.")
    ] = None,
) -> int:
    """Open a shop in the browser while its orders are played live, with suggestions, and show their worth. Needs nothing but Python.

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
    from stream.demo.shops import FOLDERS, about, policy_of
    from stream.demo.start import run_until_stopped

    quiet = headless or as_json
    wanted = sys.stdout.isatty() and has_screen(os.environ) if browser is None else browser
    folder = FOLDERS[shop]
    options = Options(speed, seconds or (HEADLESS_S if quiet else None), history, wanted and not quiet, folder)
    place = Place(os.environ, port=port, policy=policy_of(folder))
    code, figures = run_until_stopped(options, place, screen_for(quiet=quiet))
    if figures is not None:
        tell(figures, as_json=as_json, note=about(folder).note)
    return code

"""Opening the shop in the visitor's browser, where there is one to see it in."""

import sys
import webbrowser
from collections.abc import Mapping
from contextlib import suppress
from threading import Thread

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY")
WITH_A_SCREEN = ("darwin", "win32")  # systems that always have one


def has_screen(environ: Mapping[str, str], *, platform: str = sys.platform) -> bool:
    """Tell whether a graphical browser can be shown here."""
    return platform in WITH_A_SCREEN or any(environ.get(name) for name in SCREENS)


def open_page(url: str) -> None:
    """Open `url` in the machine's browser, if there is one; returns at once, as some browsers take seconds to start."""
    Thread(target=_open, args=(url,), daemon=True).start()


def _open(url: str) -> None:
    with suppress(webbrowser.Error):
        browser = webbrowser.get()
        if type(browser) is not webbrowser.GenericBrowser:  # one of the terminal would fight with the demo for it
            browser.open(url)

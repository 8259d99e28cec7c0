"""Opening the shop in the visitor's browser, where there is one to see it in."""

import asyncio
import sys
import webbrowser
from collections.abc import Mapping

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY")
WITH_A_SCREEN = ("darwin", "win32")  # systems that always have one


def has_screen(environ: Mapping[str, str], *, platform: str = sys.platform) -> bool:
    """Tell whether a graphical browser can be shown here; one in the terminal would fight with the demo for it."""
    return platform in WITH_A_SCREEN or any(environ.get(name) for name in SCREENS)


async def open_page(url: str) -> bool:
    """Open `url` in the machine's browser, and return whether there was one."""
    try:
        return await asyncio.to_thread(webbrowser.open, url)
    except webbrowser.Error:
        return False

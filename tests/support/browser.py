"""A real Chromium for tests: one a test, a fresh context a visitor, and whatever the pages complained about."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def chromium() -> str | None:
    """Return the path of the machine's Chromium, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def why_no_browser() -> str | None:
    """Return what is missing to open pages and the cure, or None."""
    return None if chromium() else "no Chromium on PATH: `make install-chromium`"


class Chromium:
    """One running browser. `complaints` holds what any page of it wrote as a warning or an error, or did not catch."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.complaints: list[str] = []

    async def visitor(self, **options: Any) -> BrowserContext:
        """Return a customer with empty storage; `options` are those of Playwright's `new_context`. Desk width unless told."""
        context = await self.browser.new_context(**{"viewport": DESK, **options})
        context.on("page", self._listen)
        return context

    async def page(self, **options: Any) -> Page:
        """Return an empty page of a new visitor."""
        return await (await self.visitor(**options)).new_page()

    async def close(self) -> None:
        """Close it with all its pages. Closing one context would wait for ever where a page just leaves and sends a last beacon."""
        await self.browser.close()

    def _listen(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"warning", "error"}:
            self.complaints.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")


@asynccontextmanager
async def running_chromium() -> AsyncIterator[Chromium]:
    """Start Chromium (about half a second) and close it with all its pages."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        running = Chromium(browser)
        try:
            yield running
        finally:
            await running.close()

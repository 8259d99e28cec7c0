"""When a browser is opened, and which."""

import os
import threading
import webbrowser
from pathlib import Path

import pytest

from stream.demo.browser import has_screen, open_page
from tests.support.server import wait_until

URL = "http://127.0.0.1:40123"


@pytest.mark.parametrize(
    ("environ", "platform", "expected"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "darwin", True),
        ({}, "win32", True),
    ],
)
def test_a_page_can_be_seen_where_there_is_a_screen(environ: dict[str, str], platform: str, expected: bool) -> None:
    assert has_screen(environ, platform=platform) is expected


def a_browser(folder: Path) -> Path:
    """Write a program that notes what it is told to open."""
    program = folder / "browser"
    program.write_text(f'#!/bin/sh\necho "$1" > {folder}/opened\n')
    program.chmod(0o755)
    return program


def opened(monkeypatch: pytest.MonkeyPatch, browser: webbrowser.BaseBrowser) -> None:
    monkeypatch.setattr(webbrowser, "get", lambda using=None: browser)
    before = set(threading.enumerate())
    open_page(URL)
    wait_until(lambda: set(threading.enumerate()) <= before, within_s=20, what="the browser was asked")


def test_the_address_is_handed_to_a_browser_with_a_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(monkeypatch, webbrowser.Chrome(os.fspath(a_browser(tmp_path))))
    wait_until(lambda: (tmp_path / "opened").exists() and bool((tmp_path / "opened").read_text()), within_s=20, what="it is opened")
    assert (tmp_path / "opened").read_text() == f"{URL}\n"


def test_a_browser_of_the_terminal_is_left_alone_because_the_demo_draws_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(monkeypatch, webbrowser.GenericBrowser([os.fspath(a_browser(tmp_path)), "%s"]))
    assert not (tmp_path / "opened").exists()

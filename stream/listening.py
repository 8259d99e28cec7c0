"""Listening for HTTP at an address that a setting names."""

from aiohttp import web

from stream.errors import SettingsError
from stream.settings import variable_of

BACKLOG = 1_024  # connections that wait to be taken: after a restart all browsers come at once


async def listen(runner: web.AppRunner, address: str, *, setting: str = "listen") -> str:
    """Listen at host:port, port 0 for a free one, and return the url. Raises SettingsError where that is not possible."""
    host, _, port = address.rpartition(":")
    await runner.setup()
    try:
        await web.TCPSite(runner, host, int(port), backlog=BACKLOG).start()
    except (OSError, OverflowError) as fault:
        raise SettingsError(f"{variable_of(setting)} is {address}, where nobody can listen: {fault}. Take another port or 0.") from fault
    return f"http://{host}:{runner.addresses[0][1]}"

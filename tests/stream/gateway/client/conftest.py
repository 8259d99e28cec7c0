"""Fixtures: a shop's page in a browser, in another origin than the gateway."""

from collections.abc import AsyncIterator

import pytest

from stream.settings import Settings
from tests.support.browser import Chromium
from tests.support.shop_page import ShopPage, shop_page


@pytest.fixture
async def shop(settings: Settings, chromium: Chromium) -> AsyncIterator[ShopPage]:
    """A shop with a gateway that has read everything; the browser leaves before they end."""
    async with shop_page(settings) as running:
        yield running
        await chromium.close()

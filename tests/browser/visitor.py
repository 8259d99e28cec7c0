"""Somebody with a browser in the demo shop, and what he does there."""

from playwright.async_api import Locator, Page, expect

POPULAR = ("85123A", "22423", "47566", "84879", "22720")  # items that hundreds of the shop's orders hold
SECOND_MS = 1_000
PATIENCE_MS = 10_000
CLIENT = "import('/site/shop.js').then(({ connected }) => connected)"
NOTE = f"""
window.heard = [];
{CLIENT}.then((client) => void client.addEventListener("suggestion", ({{ detail }}) => window.heard.push(detail.offer.caused_by)));
"""


class Visitor:
    """A visitor and the page that he is looking at."""

    def __init__(self, page: Page, url: str, complaints: list[str]) -> None:
        self.page, self.url, self.context = page, url, page.context
        self._complaints = complaints

    async def new_tab(self, path: str) -> Page:
        """Open one more page of the same browser."""
        page = await self.context.new_page()
        await page.goto(self.url + path)
        await page.get_by_role("contentinfo").get_by_role("switch").wait_for()
        return page

    async def go(self, path: str) -> None:
        """Open a page of the shop."""
        await self.page.goto(self.url + path)

    async def open_item(self, item_id: str) -> None:
        """Open an item's page, and wait until the item is there and the page hears suggestions."""
        async with self.page.expect_response("**/v1/suggestions"):
            await self.open_without_suggestions(item_id)

    async def open_without_suggestions(self, item_id: str) -> None:
        """Open an item's page, and wait until the item is there."""
        await self.go(f"/item/{item_id}")
        await expect(self.add_button()).to_be_enabled()

    def add_button(self, page: Page | None = None) -> Locator:
        """The button that puts the page's item into the cart."""
        return (page or self.page).locator(".item-buy button.button")

    async def add(self) -> None:
        """Put the page's item into the cart."""
        await self.add_button().click()

    def cards(self, name: str = "accessories", page: Page | None = None) -> Locator:
        """The cards of a list."""
        return (page or self.page).locator(f"tsuide-suggestions[list={name}] [part~=card]")

    async def names(self, name: str = "accessories", page: Page | None = None) -> list[str]:
        """The names on a list's cards."""
        return await self.cards(name, page).locator("[part~=name]").all_inner_texts()

    async def see_cards(self, name: str = "accessories", *, page: Page | None = None) -> list[str]:
        """Wait until a list shows something, and return its names."""
        await self.cards(name, page).first.wait_for(timeout=PATIENCE_MS)
        return await self.names(name, page)

    async def until_names(self, names: list[str], name: str = "accessories") -> None:
        """Wait until a list shows just these names."""
        await expect(self.cards(name).locator("[part~=name]")).to_have_text(names, timeout=PATIENCE_MS)

    async def session(self) -> str:
        """Return the id of his session, as the page has it."""
        return str(await self.page.evaluate(f"{CLIENT}.then(({{ session }}) => session)"))

    async def listen(self, page: Page | None = None) -> None:
        """Have the page note from now on which events its suggestions were caused by."""
        await (page or self.page).evaluate(NOTE)

    async def until_heard(self, event_id: str | None = None, page: Page | None = None) -> None:
        """Wait until the page, which listens, was told what this event caused, or anything."""
        script = "caused => window.heard.some(by => caused === null || by === caused)"
        await (page or self.page).wait_for_function(script, arg=event_id, timeout=PATIENCE_MS)

    def allow(self, *words: str) -> None:
        """Forget the complaints that have to do with what the test itself did."""
        self._complaints[:] = [line for line in self._complaints if not any(word in line for word in words)]

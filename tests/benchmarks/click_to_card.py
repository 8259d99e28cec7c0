"""From a click in a real browser to the card that answers it, while other customers are served."""

import asyncio
import json
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from playwright.async_api import Page, async_playwright

from stream.contracts.events import Event, Purchase
from tests.benchmarks.clicks import endless, log_events
from tests.benchmarks.figure import Figure, percentiles
from tests.benchmarks.gateway_floor import Gate, customer, open_gate, token_of
from tests.benchmarks.shop_floor import Floor, open_floor
from tests.support.servers import free_port

OTHERS, CUSTOMERS, CLICKS_EACH = 200, 12, 25
FIRST = 2  # customers who are not counted: everything is used for the first time, and the browser has only just started
LOOKS_S, BETWEEN_S = 2.0, 0.3  # nobody clicks before he has looked at the page; meanwhile the browser has started
WARM = 5_000
# Every cart line is answered, so that a click without a card is a fault and not tact.
POLICY = """\
order = ["accessories"]
always_speak = true
quiet_first_view = false
popularity_fallback = true
[accessories]
triggers = ["add_to_cart"]
items = 4
"""
PAGE = """\
<!doctype html><meta charset="utf-8"><title>measured</title>
<button id="add">add to cart</button><tsuide-suggestions list="accessories"></tsuide-suggestions>
<script type="module" src="/page.js"></script>
"""
# A click is over with the first frame in which a card of the suggestion that it caused stands on the page.
SCRIPT = """\
import { connect } from "%(gateway)s/client.js";
const tsuide = connect({ token: async () => (await fetch("/token")).json() });
const { shadowRoot } = document.querySelector("tsuide-suggestions");
const items = %(items)s;
let turn = 0, clicked = 0, item_id = null;
window.waits = [];
window.ready = new Promise((ready) => tsuide.addEventListener("state", (event) => event.detail.state === "open" && ready()));
document.querySelector("#add").addEventListener("click", () => {
  clicked = performance.now();
  item_id = items[turn++ %% items.length];
  tsuide.track("add_to_cart", { items: [{ item_id, quantity: 1 }] });
});
tsuide.addEventListener("suggestion", ({ detail }) => {
  if (detail.offer.context.item_id === item_id) requestAnimationFrame(drawn);
});
function drawn() {
  if (shadowRoot.querySelector("[part~=card]")) window.waits.push(performance.now() - clicked);
  else requestAnimationFrame(drawn);
}
"""


async def click_to_card(folder: Path) -> list[Figure]:
    """Return the percentiles, and the share of clicks that were answered by a card."""
    policy = _policy(folder)
    events = endless(log_events(60_000))
    origin_port = free_port()
    async with open_floor(folder) as floor:
        floor.variables["TSUIDE_POLICY"] = str(policy)
        async with floor.worker(), open_gate(floor, origins=f"http://127.0.0.1:{origin_port}") as gate:
            for _ in range(WARM):
                await floor.sender.send(next(events))
            await floor.until_handled(floor.sender.count)
            others = asyncio.create_task(_others(floor, events))
            try:
                waits = await _click(gate, origin_port, _items())
            finally:
                others.cancel()
    clicks = CUSTOMERS * CLICKS_EACH
    return [
        *percentiles(f"click in Chromium to card on the page, {OTHERS} other events/s", waits, p50=100, p99=400),
        Figure("clicks answered by a card", len(waits) / clicks, "of all", 1, "at least", note=f"n={clicks}"),
    ]


def _policy(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    policy = folder / "policy.toml"
    policy.write_text(POLICY)
    return policy


def _items() -> list[str]:
    """Return items of the log, often bought ones among them."""
    bought = [item.item_id for event in log_events(20_000) if isinstance(event, Purchase) for item in event.items]
    looked = [item.item_id for event in log_events(5_000) for item in event.items]
    return list(dict.fromkeys(bought or looked))[: 2 * CLICKS_EACH]


async def _others(floor: Floor, events: Iterator[Event]) -> None:
    start_s = time.monotonic()
    count = 0
    while True:
        await floor.sender.send(next(events))
        count += 1
        await asyncio.sleep(max(0.0, start_s + count / OTHERS - time.monotonic()))


async def _click(gate: Gate, port: int, items: list[str]) -> list[float]:
    """Let customers, one after the other, fill their carts; return the milliseconds of every answered click."""
    waits: list[float] = []
    async with _site(gate, port, items) as site, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for number in range(FIRST + CUSTOMERS):
            context = await browser.new_context()
            page = await context.new_page()
            await page.goto(site)
            await page.evaluate("window.ready")
            await asyncio.sleep(LOOKS_S)
            cart = await _one_cart(page)
            waits += cart if number >= FIRST else []
            await context.close()
        await browser.close()
    return waits


async def _one_cart(page: Page) -> list[float]:
    for count in range(1, CLICKS_EACH + 1):
        await page.click("#add")
        await page.wait_for_function("count => window.waits.length >= count", arg=count, timeout=5_000)
        await asyncio.sleep(BETWEEN_S)
    return [float(wait) for wait in await page.evaluate("window.waits")]


@asynccontextmanager
async def _site(gate: Gate, port: int, items: list[str]) -> AsyncIterator[str]:
    """Serve the shop's page and, as its backend would, tokens: a customer a page."""
    numbers = iter(range(1_000_000, 2_000_000))
    app = web.Application()
    script = SCRIPT % {"gateway": gate.url, "items": json.dumps(items)}

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async def code(_: web.Request) -> web.Response:
        return web.Response(text=script, content_type="text/javascript")

    async def token(_: web.Request) -> web.Response:
        return web.json_response({"token": token_of(customer(next(numbers))), "expires_ms": int(1_000 * (time.time() + 3_000))})

    app.add_routes([web.get("/", page), web.get("/page.js", code), web.get("/token", token)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        await runner.cleanup()

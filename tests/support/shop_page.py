"""A small shop's page in another origin than the gateway's, as shops have it, with a strict CSP and a backend that fetches tokens."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import aiohttp
import msgspec
from aiohttp import web
from playwright.async_api import Page

from stream.contracts.ids import Customer
from stream.contracts.suggestion import Suggestion
from stream.listening import listen
from stream.settings import Settings
from tests.support.counting import read_topic
from tests.support.gateway import SHOP_KEY, Publisher, Running, customer, now_ms, open_gateway, publishing
from tests.support.offers import a_suggestion

PAGE = """<!doctype html><html lang="{language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>A shop</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/page.css">
<main><h1>A kettle</h1><button id="before">Before</button>
<tsuide-suggestions list="accessories" item-href="/item/{{item_id}}" add-to-cart></tsuide-suggestions>
<button id="after">After</button></main><script type="module" src="/page.js"></script></html>"""
CSS = """:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 62rem; padding: 1rem; background: light-dark(#fff, #111); color: light-dark(#111, #eee); }"""
SCRIPT = """import {{ connect }} from "{gateway}/client.js";
const options = JSON.parse(new URLSearchParams(location.search).get("options") ?? "{{}}");
const token = async () => {{
  const answer = await fetch("/token", {{ method: "POST" }});
  if (!answer.ok) throw new Error("no token");
  return answer.json();
}};
Object.assign(window, {{ states: [], offers: [], cart: [], heard: [] }});
window.tsuide = connect({{ token, ...options }});
tsuide.addEventListener("state", (event) => states.push(event.detail.state));
tsuide.addEventListener("suggestion", (event) => offers.push(event.detail.offer));
for (const name of ["add", "select", "dismiss"]) {{
  document.addEventListener(`tsuide:${{name}}`, (event) => {{
    heard.push([name, event.detail.item?.item_id ?? null, event.detail.list, event.detail.suggestion_id]);
    if (name !== "add") return;
    cart.push(event.detail.item.item_id);
    tsuide.track("add_to_cart", {{ items: [{{ item_id: event.detail.item.item_id, price: event.detail.item.price }}], currency: "GBP" }});
  }});
}}
"""
WITHIN_MS = 8_000
WITHIN_S, LOOK_AGAIN_S = WITHIN_MS / 1000, 0.1


class ShopPage:
    """The shop and its gateway. `who` is the customer whose token the backend hands out; `no_tokens` makes it fail."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.url = ""
        self.who = "ana"
        self.no_tokens = False
        self.tokens = 0
        self.language = "en"
        self.seq = 0
        self.running: Running
        self.publisher: Publisher

    @property
    def customer(self) -> Customer:
        """The pseudonym of `who`."""
        return customer(self.who)

    def application(self) -> web.Application:
        """Return the shop's own pages and backend."""
        app = web.Application()
        app.router.add_get("/page.js", self._script)
        app.router.add_get("/page.css", self._style)
        app.router.add_post("/token", self._token)
        app.router.add_get("/{tail:.*}", self._page)
        return app

    async def open(self, page: Page, *, until: str = "open", **options: Any) -> Page:
        """Open the page, connected with these options, and wait for the state `until`."""
        await page.goto(f"{self.url}/?options={json.dumps(options)}")
        await page.wait_for_function("state => window.tsuide?.state === state", arg=until, timeout=WITHIN_MS)
        return page

    async def offer(self, page: Page, **lists: list[str]) -> Suggestion:
        """Publish lists of these items for the visit of `page`, and return what was published."""
        self.seq += 1
        session = await page.evaluate("tsuide.session") or ""
        made = a_suggestion(self.customer, seq=self.seq, session=session, created_ms=now_ms(), expires_ms=None, **lists)
        await self.publisher.publish(made)
        return made

    async def events(self) -> list[dict[str, Any]]:
        """Return what was written of this customer into the input topics, topic by topic, each in its order."""
        topics = ("shop.clickstream.v1", "shop.cart.v1", "shop.consent.v1")
        records = [one for topic in topics for one in await read_topic(self.settings.kafka_bootstrap_servers, topic)]
        return [json.loads(one.value) for one in records if one.key == self.customer.encode()]

    async def events_until(self, enough: Callable[[list[str]], bool]) -> list[dict[str, Any]]:
        """Return the events once their names, in order, are `enough`. Raises TimeoutError."""
        events: list[dict[str, Any]] = []
        async with asyncio.timeout(WITHIN_S):
            while not enough([one.get("event", "") for one in events]):
                await asyncio.sleep(LOOK_AGAIN_S)
                events = await self.events()
        return events

    async def _page(self, request: web.Request) -> web.Response:
        gateway = self.running.url
        csp = f"default-src 'none'; script-src 'self' {gateway}; style-src 'self'; connect-src 'self' {gateway}; img-src data:"
        text = PAGE.format(language=self.language)
        return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": csp})

    async def _script(self, request: web.Request) -> web.Response:
        return web.Response(text=SCRIPT.format(gateway=self.running.url), content_type="text/javascript")

    async def _style(self, request: web.Request) -> web.Response:
        return web.Response(text=CSS, content_type="text/css")

    async def _token(self, request: web.Request) -> web.Response:
        self.tokens += 1
        if self.no_tokens:
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
        url, head = f"{self.running.url}/v1/token", {"Authorization": f"Bearer {SHOP_KEY}"}
        async with aiohttp.ClientSession() as session, session.post(url, json={"user_id": self.who}, headers=head) as answer:
            return web.json_response(await answer.json(), status=answer.status)


@asynccontextmanager
async def shop_page(settings: Settings) -> AsyncIterator[ShopPage]:
    """Serve the shop, and a gateway that allows its pages."""
    shop = ShopPage(settings)
    runner = web.AppRunner(shop.application(), access_log=None, shutdown_timeout=2)
    try:
        shop.url = await listen(runner, "127.0.0.1:0")
        shop.settings = msgspec.structs.replace(settings, origins=shop.url)
        async with open_gateway(shop.settings) as shop.running, publishing(settings.kafka_bootstrap_servers) as shop.publisher:
            yield shop
    finally:
        await runner.cleanup()

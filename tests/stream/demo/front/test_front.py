"""The shop's front as browsers meet it: beside the gateway, on a real Kafka and a real Redis."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import jwt
import pytest
from aiohttp import ClientResponse, ClientSession, CookieJar
from yarl import URL

from stream.contracts.catalog import CatalogItem
from stream.demo.figures import Course, figures_of
from stream.demo.front.api import Status
from stream.demo.front.desk import COOKIE
from stream.demo.front.live import WATCHERS
from stream.demo.front.pages import PAGES, file_in
from stream.demo.front.shop_front import ShopFront
from stream.demo.score import Score
from stream.demo.shop import Shop
from stream.settings import Settings
from tests.stream.demo.cases import a_suggestion, a_visit
from tests.support.server import wait_until
from tests.support.topics import PARTITIONS, make_topics

SHOP_KEY = "the shop's own key, which no browser sees"
TITLES = {"tea": "GREEN TEA", "cup": "RED CHRISTMAS CUP", "jam": "JAM"}
SHOP = Shop([CatalogItem(item_id=item, item_name=title, price=2.5, currency="GBP") for item, title in TITLES.items()], [], [], {"cup": 3})
OUTSIDE = ("../run.py", "..%2frun.py", "%2e%2e/run.py", "..%5crun.py", "%2fetc%2fpasswd", "%00", "x%00.css", ".", "%2e", "a" * 5_000)
LATEST_S = 20


@pytest.fixture
async def front(kafka: str, redis_url: str) -> AsyncIterator[ShopFront]:
    await make_topics(kafka)
    settings = Settings.of(
        {
            "KAFKA_BOOTSTRAP_SERVERS": kafka,
            "REDIS_URL": redis_url,
            "TSUIDE_PARTITIONS": str(PARTITIONS),
            "TSUIDE_PREFIX": "front",
            "TSUIDE_LISTEN": "127.0.0.1:0",
            "TSUIDE_PSEUDONYM_SECRET": "a secret of the test",
            "TSUIDE_TOKEN_SECRET": "another secret of the test",
            "TSUIDE_SHOP_KEY": SHOP_KEY,
        }
    )
    front = ShopFront(settings, SHOP, lambda: Status(live=False, stage="warming up"))
    address = await front.start()
    await asyncio.to_thread(wait_until, lambda: is_ready(address), within_s=LATEST_S, what="the gateway has read what stands")
    yield front
    await front.stop()


def is_ready(address: str) -> bool:
    try:
        with urlopen(f"{address}/health") as answer:
            return bool(answer.status == 200)
    except HTTPError as error:
        with error:
            return False


@pytest.fixture
async def browser(front: ShopFront) -> AsyncIterator[ClientSession]:
    async with ClientSession(front.address, cookie_jar=CookieJar(unsafe=True)) as session:  # unsafe: cookies of a bare address too
        yield session


def course_of(score: Score) -> Course:
    course = Course.empty()
    course.samples.append(figures_of(score, seconds=1.0, lag=0, dead_letters=0, model=(7, 4.2), memory_mib=3.0, history=0))
    return course


async def next_message(stream: ClientResponse) -> tuple[str, str]:
    """Return (event, data) of the next message."""
    event = data = ""
    async with asyncio.timeout(LATEST_S):
        while line := (await stream.content.readline()).decode().rstrip("\r\n") or not data:
            name, _, value = str(line).partition(": ")
            event, data = (value if name == "event" else event), (value if name == "data" else data)
    return event, data


async def test_every_page_comes_with_a_policy_that_lets_nothing_in_from_elsewhere(browser: ClientSession) -> None:
    for path in (*PAGES, "/item/tea"):
        async with browser.get(path) as answer:
            assert (answer.status, answer.content_type) == (200, "text/html")
            rules = dict(rule.strip().partition(" ")[::2] for rule in answer.headers["Content-Security-Policy"].split(";"))
            assert rules["default-src"] == "'none'"
            assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == rules["form-action"] == "'self'"
            assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_page_that_the_browser_has_is_not_sent_again(browser: ClientSession) -> None:
    async with browser.get("/") as first:
        assert first.headers["Cache-Control"] == "no-cache"
        tag = first.headers["ETag"]
    async with browser.get("/", headers={"If-None-Match": tag}) as again:
        assert (again.status, await again.read(), again.headers["ETag"]) == (304, b"", tag)


async def test_the_page_of_an_item_that_the_shop_does_not_have_says_so_by_its_status(browser: ClientSession) -> None:
    async with browser.get("/item/nothing") as answer:
        assert (answer.status, answer.content_type) == (404, "text/html")


async def test_nothing_is_served_that_is_no_part_of_a_page(front: ShopFront, browser: ClientSession) -> None:
    for path in OUTSIDE:
        async with browser.get(URL(f"{front.address}/site/{path}", encoded=True)) as answer:
            assert (path, answer.status) == (path, 404)


def test_a_link_out_of_the_folder_is_not_followed_and_only_known_kinds_are_served(tmp_path: Path) -> None:
    # given a folder with a style, a program, and a link to a page that lies beside it
    site = tmp_path / "site"
    (site / "parts").mkdir(parents=True)
    (site / "parts" / "shop.css").write_text("")
    (site / "serve.py").write_text("")
    (tmp_path / "secret.html").write_text("")
    (site / "secret.html").symlink_to(tmp_path / "secret.html")
    # then only the style is found
    found = {name: file_in(site, name) for name in ("parts/shop.css", "serve.py", "secret.html", "../secret.html", "parts", "")}
    assert {name for name, path in found.items() if path is not None} == {"parts/shop.css"}


async def test_a_browser_is_known_by_a_cookie_that_no_script_and_no_other_site_gets(browser: ClientSession) -> None:
    # when a new browser asks for a token
    async with browser.post("/shop/token") as answer:
        assert answer.status == 200, await answer.text()
        says, cookie = await answer.json(), answer.headers["Set-Cookie"]
    # then it gets one, and a cookie with a number of chance
    assert set(says) == {"token", "expires_ms", "opted_out"}
    assert re.fullmatch(rf"{COOKIE}=[0-9a-f]{{32}}; HttpOnly; Path=/; SameSite=Strict", cookie)
    # and when it asks again, it is the same customer, without a new cookie
    async with browser.post("/shop/token") as again:
        assert "Set-Cookie" not in again.headers
        assert customer_of((await again.json())["token"]) == customer_of(says["token"])


def customer_of(token: str) -> str:
    return str(jwt.decode(token, options={"verify_signature": False})["sub"])


async def test_a_cookie_that_the_shop_did_not_write_is_replaced(front: ShopFront) -> None:
    for cookie in ("", "short", "0" * 31 + "G", "1" * 4_000, "k1:" + "a" * 64):
        asking = {"Cookie": f"{COOKIE}={cookie}"}
        async with ClientSession(front.address) as browser, browser.post("/shop/token", headers=asking) as answer:
            assert answer.status == 200
            assert f"{COOKIE}=" in answer.headers["Set-Cookie"]


async def test_no_other_site_gets_a_token(browser: ClientSession) -> None:
    async with browser.post("/shop/token", headers={"Origin": "https://elsewhere.example"}) as answer:
        assert answer.status == 403
        assert "Set-Cookie" not in answer.headers


async def test_the_goods_are_found_by_words_by_department_and_by_number(browser: ClientSession) -> None:
    async def ids(question: str) -> list[str]:
        async with browser.get(f"/shop/api/items?{question}") as answer:
            assert answer.status == 200
            return [item["item_id"] for item in (await answer.json())["items"]]

    assert await ids("") == ["cup", "tea", "jam"]  # the most sold, then by title
    assert await ids("q=green") == ["tea"]
    assert await ids("group=christmas") == ["cup"]
    assert await ids("ids=jam,nothing,tea") == ["jam", "tea"]
    assert await ids("page=2") == []
    async with browser.get("/shop/api/items/cup") as answer:
        assert await answer.json() == {"item_id": "cup", "item_name": "RED CHRISTMAS CUP", "price": 2.5, "currency": "GBP", "sold": 3}
    async with browser.get("/shop/api/groups") as answer:
        assert {"group": "christmas", "title": {"en": "Christmas", "ja": "クリスマス"}, "count": 1} in await answer.json()


async def test_a_wrong_question_is_answered_with_what_is_wrong(front: ShopFront, browser: ClientSession) -> None:
    wrong = {
        **dict.fromkeys(("items?page=0", "items?page=-1", "items?page=%C2%B2", "items?page=" + "9" * 50), (400, "page_invalid")),
        "items?group=nothing": (404, "group_unknown"),
        "items/nothing": (404, "item_unknown"),
        "plans/nothing": (404, "plans_unknown"),
    }
    for question, expected in wrong.items():
        async with browser.get(URL(f"{front.address}/shop/api/{question}", encoded=True)) as answer:
            assert answer.content_type == "application/problem+json"
            assert (answer.status, (await answer.json(content_type=None))["code"]) == expected


async def test_a_shop_promises_what_its_policy_does_and_has_no_pages_beside_its_goods_unless_it_says_so(browser: ClientSession) -> None:
    async with browser.get("/shop/api/thresholds") as answer:
        assert await answer.json() == []  # the policy that is shipped names none
    for path in ("/plan", "/news", "/news/1"):
        async with browser.get(path) as answer:
            assert (path, answer.status) == (path, 404)


async def test_until_it_is_live_the_shop_says_what_it_is_doing(browser: ClientSession) -> None:
    async with browser.get("/shop/api/status") as answer:
        assert await answer.json() == {"live": False, "stage": "warming up"}


async def test_the_live_page_gets_the_course_so_far_then_figures_and_answers(front: ShopFront, browser: ClientSession) -> None:
    # given a run in which somebody was shown jam, one second ago
    score, visit = Score(), a_visit("tea", "jam")
    score.sending(visit, 0, 0.0)
    score.suggested(a_suggestion(visit, 0, "jam"), 0.01)
    front.tell(course_of(score), score, clock_ms=7)
    # when somebody looks
    async with browser.get("/shop/live") as stream:
        assert stream.content_type == "text/event-stream"
        messages = [await next_message(stream), await next_message(stream)]
        # and the jam is taken
        score.sending(visit, 1, 1.0)
        front.tell(course_of(score), score, clock_ms=8)
        messages += [await next_message(stream), await next_message(stream)]
    # then
    assert [event for event, _ in messages] == ["course", "answer", "figures", "answer"]
    course, before, figures, after = (data for _, data in messages)
    assert '"clock_ms":7' in course
    assert '"clock_ms":8' in figures
    assert '"outcome":"open"' in before
    assert '"outcome":"taken"' in after
    assert visit.customer not in before + after


async def test_of_the_live_page_s_watchers_one_too_many_takes_the_place_of_the_first(front: ShopFront, browser: ClientSession) -> None:
    # given as many watchers as there may be
    async with asyncio.timeout(LATEST_S):
        streams = [await browser.get("/shop/live") for _ in range(WATCHERS)]
        for stream in streams:
            await next_message(stream)
        # when one more comes
        streams.append(await browser.get("/shop/live"))
        await next_message(streams[-1])
        # then the first one's stream has ended, and the others go on
        assert await streams[0].content.read() == b""
        front.tell(course_of(Score()), Score(), clock_ms=8)
        assert (await next_message(streams[1]))[0] == "figures"
        assert (await next_message(streams[-1]))[0] == "figures"
        for stream in streams:
            stream.close()


async def test_open_streams_do_not_hold_up_the_end(front: ShopFront) -> None:
    # given a browser that looks at the live page, and one that asked and reads nothing
    host, port = URL(front.address).host, URL(front.address).port
    assert host is not None
    async with ClientSession(front.address) as browser:
        stream = await browser.get("/shop/live")
        with socket.create_connection((host, port or 0)) as stalled:
            stalled.sendall(f"GET /shop/live HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
            await next_message(stream)
            # when the shop closes, then it does so at once
            async with asyncio.timeout(3):
                await front.stop()
        stream.close()

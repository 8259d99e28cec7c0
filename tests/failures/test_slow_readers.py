"""Readers of the suggestions that are slow: they cost the workers nothing, nor other readers."""

import asyncio
import socket
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import aiohttp

from features.store.redis import RedisStore
from stream.gateway.streams import STALLED_S
from tests.support.counting import Outcome, outcome, until_worked, waits_ms
from tests.support.gateway import GatewayProcess, customer, now_ms, page, publishing, token_of
from tests.support.offers import a_suggestion
from tests.support.operations import SETTING, Operations
from tests.support.servers import free_port
from tests.support.shop import Shop
from tests.support.topics import make_topics
from tests.support.workers import Crew, started

SLEEPERS, ROUNDS, ITEMS = 20, 100, 200  # a suggestion of 200 items is 40 KB: 80 MB for all
GROWTH_BYTES = 40 * 1_048_576  # 20 queues of at most one suggestion a list, sockets' buffers, and what Python keeps
HEARD_S = 2
NOISE_MS = 250


def all_of(waits: dict[str, list[int]]) -> list[int]:
    return [wait for several in waits.values() for wait in several]


async def test_browsers_that_read_nothing_take_no_memory_are_cut_off_and_others_are_served(
    kafka: str, redis_url: str, tmp_path: Path
) -> None:
    await make_topics(kafka)
    ana, sleepers = customer("ana"), [customer(f"sleeper {number}") for number in range(SLEEPERS)]
    gateway = GatewayProcess(tmp_path / "gateway", kafka, redis_url, free_port(), **SETTING)
    with ExitStack() as sockets, gateway:
        ops = await Operations.of(gateway)
        for who in sleepers:
            sleeping = sockets.enter_context(socket.create_connection(("127.0.0.1", int(gateway.url.rpartition(":")[2]))))
            sleeping.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            sleeping.sendall(f"GET /v1/suggestions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token_of(who)}\r\n\r\n".encode())
        async with aiohttp.ClientSession() as http, page(http, gateway.url, token_of(ana)) as awake, publishing(kafka) as engine:
            await ops.until_told(lambda told: told["tsuide_streams"][()] == SLEEPERS + 1, "all are connected")
            before_bytes = gateway.memory_bytes
            # when far more comes for those who read nothing than fits anywhere
            for at in range(ROUNDS):
                large = [f"item-{at}-{number}" for number in range(ITEMS)]
                for who in sleepers:
                    await engine.publish(a_suggestion(who, seq=at, created_ms=now_ms(), accessories=large))
                # then the one who reads is told at once
                await engine.publish(a_suggestion(ana, seq=at, created_ms=now_ms(), accessories=[f"for ana {at}"]))
                said = await awake.next(within_s=HEARD_S)
                assert said is not None
                assert said.data["lists"][0]["items"][0]["item_id"] == f"for ana {at}"
            assert gateway.memory_bytes - before_bytes < GROWTH_BYTES
            # and the others are cut off
            await ops.until_told(lambda told: told["tsuide_streams"][()] == 1, f"the others are cut off after {STALLED_S:g} s")


async def test_a_gateway_that_stands_still_keeps_no_worker_from_answering(
    shop: Shop, crew: Crew, store: RedisStore, redis_url: str, tmp_path: Path
) -> None:
    with GatewayProcess(tmp_path / "gateway", shop.bootstrap, redis_url, free_port()) as gateway:
        await started(crew.worker())
        async with aiohttp.ClientSession() as http, page(http, gateway.url, token_of(customer("customer 0"))) as awake:
            # given what the machine takes for an answer while all is well
            async with shop.trading(per_second=150):
                await shop.has_sent(600)
            await until_worked(shop, store)
            usual_ms = median(all_of(await waits_ms(shop.bootstrap)))
            # when the gateway stands still, then it takes as long
            gateway.pause()
            since_ms = now_ms()
            async with shop.trading(per_second=150):
                await shop.has_sent(600)
            await until_worked(shop, store)
            assert median(all_of(await waits_ms(shop.bootstrap, since_ms=since_ms))) < 2 * usual_ms + NOISE_MS
            assert await outcome(shop, store) == Outcome()
            # and when it goes on, then it tells what is newest
            await asyncio.to_thread(gateway.resume)
            said = await awake.next()
            assert said is not None
            assert said.data["lists"]

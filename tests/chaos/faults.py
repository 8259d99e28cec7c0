"""The faults: each breaks something of a running town, and returns when it is whole again.

Processes that the supervisor looks after are only sent a signal: it is his to see them end and to start them again.
"""

import asyncio
import random
import signal
import socket
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from subprocess import TimeoutExpired
from typing import NamedTuple

from redis import Redis

from stream.contracts.topics import CLICKSTREAM
from stream.exits import OK, STALLED
from tests.chaos.town import Town, ended
from tests.support.gateway import token_of
from tests.support.proxy import Proxy
from tests.support.servers import free_port
from tests.support.worker_process import DIES_UNPUBLISHED
from tests.support.workers import STANDS, Worker

HOUR_MS = 3_600_000
ODD_S, STILL_S, BROKEN_S, SILENT_S, ASLEEP_S = 5, 10, 10, 30, 10
ENDS_S, STARTS_S = 10, 60
SLEEPERS = 20
CUT_BYTES, ROOM_BYTES = 100_000, 20_000
DELAY_S = 0.05


class Fault(NamedTuple):
    """Breaks something. `bound_s`: within what everything sent by its end is handled; `falls_back`: Redis may know less after it."""

    name: str
    do: Callable[[Town, random.Random], Awaitable[None]]
    bound_s: float = 30.0
    falls_back: bool = False


async def kill_a_worker(town: Town, chance: random.Random) -> None:
    chance.choice(town.workers).tell(signal.SIGKILL)


async def tell_a_worker_to_end(town: Town, chance: random.Random) -> None:
    chance.choice(town.workers).tell(signal.SIGTERM)


async def one_more(town: Town, *fault: str) -> Worker:
    """Start a worker that nobody supervises."""
    further = town.crew.worker(*fault)
    await asyncio.to_thread(further.start)
    return further


async def add_and_remove_a_worker(town: Town, chance: random.Random) -> None:
    further = await one_more(town)
    await asyncio.sleep(chance.uniform(1, ODD_S))
    await asyncio.to_thread(further.terminate)


async def die_unpublished(town: Town, chance: random.Random) -> None:
    dying = await one_more(town, "die_before_sending", "4")
    if (code := await ended(dying, STARTS_S)) != DIES_UNPUBLISHED:
        raise AssertionError(f"it was to die, and ended with {code}")


async def oversleep(town: Town, chance: random.Random) -> None:
    slow = await one_more(town, "oversleep", "4")
    try:
        code = await ended(slow, STARTS_S)
    except TimeoutExpired:
        member_again = STANDS in slow.said.rpartition("slept")[2]
        await asyncio.to_thread(slow.terminate)
        if not member_again:
            raise AssertionError("neither did its watchdog end it, nor did it become a member again") from None
    else:
        if code != STALLED:
            raise AssertionError(f"its watchdog was to end it, and it ended with {code}")


async def put_a_worker_to_sleep(town: Town, chance: random.Random) -> None:
    sleeper = chance.choice(town.workers)
    sleeper.pause()
    await asyncio.sleep(ASLEEP_S)
    sleeper.resume()


async def restart_the_broker(town: Town, chance: random.Random) -> None:
    await asyncio.to_thread(town.broker.restart)


async def restart_redis(town: Town, chance: random.Random) -> None:
    await asyncio.to_thread(town.redis.restart)


async def cut_redis_file(town: Town, chance: random.Random) -> None:
    await asyncio.to_thread(town.redis.kill9)
    town.redis.truncate_aof(min(CUT_BYTES, town.redis.aof.stat().st_size // 2))
    await asyncio.to_thread(town.redis.start)


async def stop_redis(town: Town, chance: random.Random) -> None:
    town.redis.pause()
    await asyncio.sleep(STILL_S)
    town.redis.resume()


async def fill_redis(town: Town, chance: random.Random) -> None:
    with Redis(port=town.redis.port) as client:
        client.config_set("maxmemory", int(client.info("memory")["used_memory"]) + ROOM_BYTES)
        await asyncio.sleep(STILL_S)
        client.config_set("maxmemory", 0)


async def fail_over(town: Town, chance: random.Random) -> None:
    async with Proxy(free_port(), town.redis.port) as line:
        replica = await town.new_replica(line)
        line.swallow()
        await asyncio.sleep(ODD_S)
        await asyncio.to_thread(town.redis.kill9)
        with Redis(port=replica.port) as client:
            client.replicaof("NO", "ONE")
        town.name.lead_to(replica.port)
        town.redis = replica


async def silence_the_network(town: Town, chance: random.Random) -> None:
    town.way.swallow()
    await asyncio.sleep(SILENT_S)
    town.way.mend()


async def break_the_network(town: Town, chance: random.Random) -> None:
    town.way.cut()
    await asyncio.sleep(BROKEN_S)
    town.way.mend()


async def slow_the_network(town: Town, chance: random.Random) -> None:
    town.way.delay_s = DELAY_S
    await asyncio.sleep(BROKEN_S)
    town.way.delay_s = 0


async def kill_the_trainer(town: Town, chance: random.Random) -> None:
    town.trainer.tell(signal.SIGKILL)


async def kill_the_gateway(town: Town, chance: random.Random) -> None:
    town.gateway.tell(signal.SIGKILL)


async def read_nothing(town: Town, chance: random.Random) -> None:
    with ExitStack() as sockets:
        for who in chance.choices(town.shop.customers, k=SLEEPERS):
            sleeping = sockets.enter_context(socket.create_connection(("127.0.0.1", int(town.gateway.url.rpartition(":")[2]))))
            sleeping.sendall(f"GET /v1/suggestions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token_of(who)}\r\n\r\n".encode())
        await asyncio.sleep(BROKEN_S)


async def set_the_clock_back(town: Town, chance: random.Random) -> None:
    town.shop.clock_off_ms = -HOUR_MS
    await asyncio.sleep(ODD_S)
    town.shop.clock_off_ms = 0


async def make_a_customer_hot(town: Town, chance: random.Random) -> None:
    town.shop.hot_share = 0.1
    await asyncio.sleep(BROKEN_S)
    town.shop.hot_share = 0


def dead_letters(number: int) -> Fault:
    """Return the fault that puts so many records into one partition which nobody can read."""

    async def put(town: Town, chance: random.Random) -> None:
        home = chance.randrange(town.shop.partitions)
        await town.shop.put_all(CLICKSTREAM, home, [b"\xff%d" % one for one in range(number)])

    return Fault(f"{number:,} dead letters in a row", put, bound_s=60 + number / 500)


FAULTS = (
    Fault("worker SIGKILL", kill_a_worker),
    Fault("worker SIGTERM", tell_a_worker_to_end),
    Fault("worker added and removed", add_and_remove_a_worker),
    Fault("worker dies between commit and publish", die_unpublished),
    Fault("worker SIGSTOP past its session", put_a_worker_to_sleep),
    Fault("max.poll.interval overrun, watchdog ends it", oversleep),
    Fault("broker SIGKILL, restart", restart_the_broker),
    Fault("Redis SIGKILL, restart", restart_redis, falls_back=True),
    Fault("Redis loses its newest writes", cut_redis_file, falls_back=True),
    Fault("Redis SIGSTOP 10 s", stop_redis),
    Fault("Redis full 10 s", fill_redis),
    Fault("Redis fails over to a replica 5 s behind", fail_over, falls_back=True),
    Fault("network swallows everything 30 s", silence_the_network),
    Fault("network broken 10 s", break_the_network),
    Fault("network slow, 50 ms a piece, 10 s", slow_the_network),
    Fault("trainer SIGKILL", kill_the_trainer),
    Fault("gateway SIGKILL", kill_the_gateway),
    Fault("20 browsers that read nothing, 10 s", read_nothing),
    Fault("clock set back by 1 h, 5 s", set_the_clock_back),
    Fault("hot customer, 10 % of all events, 10 s", make_a_customer_hot),
)
EXPECTED_ENDS = {OK, STALLED, -9}

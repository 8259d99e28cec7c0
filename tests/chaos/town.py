"""All processes of a small installation, each started again when it ends, and the wires between them."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from redis import Redis

from features.store.redis import RedisStore, open_store
from tests.chaos.load import LoggedShop
from tests.support.gateway import GatewayProcess
from tests.support.proxy import Proxy
from tests.support.servers import KafkaBroker, RedisServer, Server, free_port, wait_until
from tests.support.topics import PARTITIONS
from tests.support.workers import Crew, Worker

STALL_S = 12
LOOK_EVERY_S = 0.2
RESTART_AFTER_S = 0.5  # what a supervisor takes
READY_S = 60


class Town:
    """One broker, Redis behind a name, workers on both ways to Kafka, a trainer, a gateway; entered by `running_town`."""

    def __init__(self, folder: Path, broker: KafkaBroker, redis: RedisServer, name: Proxy, *, shop: LoggedShop, way: Proxy) -> None:
        self.folder, self.broker, self.redis, self.name, self.shop, self.way = folder, broker, redis, name, shop, way
        self.crew = Crew(folder / "crew", broker.bootstrap, f"redis://127.0.0.1:{name.port}/0", name="chaos", partitions=PARTITIONS)
        self.crew.environ["TSUIDE_STALL_S"] = str(STALL_S)
        self.far = self.crew.worker(KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{way.port}")
        self.workers: list[Worker] = [self.crew.worker(), self.crew.worker(), self.far]
        self.trainer = self.crew.trainer()
        self.gateway = GatewayProcess(folder / "gateway", broker.bootstrap, self.crew.environ["REDIS_URL"], free_port())
        self.ends: Counter[int] = Counter()  # exit code -> times
        self._redis_servers = [redis]

    @property
    def store(self) -> RedisStore:
        """A store of one's own, by the way that the workers take."""
        return open_store(self.crew.environ["REDIS_URL"], prefix=self.crew.prefix)

    async def start(self) -> None:
        """Start everything and wait until the workers share the partitions."""
        for process in (*self.workers, self.trainer, self.gateway):
            process.launch()
        for worker in self.workers:
            await asyncio.to_thread(wait_until, worker.answers, within_s=READY_S, what="every worker stands somewhere")
        await asyncio.to_thread(wait_until, self.gateway.answers, within_s=READY_S, what="the gateway answers")

    async def supervise(self) -> None:
        """Start again whatever ends, for ever."""
        while True:
            for process in (*self.workers, self.trainer, self.gateway):
                if not process.running:
                    self.ends[process.ended(1)] += 1
                    await asyncio.sleep(RESTART_AFTER_S)
                    process.launch()
            await asyncio.sleep(LOOK_EVERY_S)

    async def new_replica(self, line: Proxy) -> RedisServer:
        """Return a further Redis that follows over `line` and is in step."""
        replica = RedisServer(self.folder / f"redis{len(self._redis_servers)}")
        self._redis_servers.append(replica)
        await asyncio.to_thread(replica.start)
        with Redis(port=replica.port) as client:
            client.replicaof("127.0.0.1", line.port)

            def in_step() -> bool:
                return client.info("replication")["master_link_status"] == "up"

            await asyncio.to_thread(wait_until, in_step, within_s=READY_S, what="the replica follows")
        return replica

    def end(self) -> None:
        """Kill everything that was started here."""
        self.crew.end()
        self.gateway.kill9()
        for server in self._redis_servers:
            server.kill9()


@asynccontextmanager
async def running_town(folder: Path, *, log: Path, seed: int) -> AsyncIterator[Town]:
    """Start all servers and processes; end them with the block."""
    async with AsyncExitStack() as stack:
        broker = stack.enter_context(KafkaBroker(folder / "kafka", proxy_port=free_port()))
        redis = stack.enter_context(RedisServer(folder / "redis0"))
        assert broker.proxy_port is not None
        way = await stack.enter_async_context(Proxy(broker.proxy_port, broker.proxied_port))
        name = await stack.enter_async_context(Proxy(free_port(), redis.port))
        shop = LoggedShop(broker.bootstrap, log=log, seed=seed)
        await shop.open()
        stack.push_async_callback(shop.close)
        town = Town(folder, broker, redis, name, shop=shop, way=way)
        stack.callback(town.end)
        await town.start()
        async with asyncio.TaskGroup() as group:  # a supervisor that fails ends the run
            supervisor = group.create_task(town.supervise())
            yield town
            supervisor.cancel()


async def ended(process: Server, within_s: float) -> int:
    """Wait until a process that nobody supervises ends, and return its exit code. Raises TimeoutExpired."""
    return await asyncio.to_thread(process.ended, within_s)


def seconds_since(begun_s: float) -> float:
    """Return the seconds since a reading of the monotonic clock."""
    return time.monotonic() - begun_s

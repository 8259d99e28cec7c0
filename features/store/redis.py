"""The store in Redis, or Redis Cluster: one hash slot a partition, one script a partition, one round trip a call."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from msgspec import Struct
from redis import exceptions as refused
from redis.asyncio import Redis
from redis.asyncio.cluster import RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from features.codec import decode, encode
from features.errors import DamagedValue, StoreAway
from features.profile import Profile
from features.store.address import RedisAddress
from features.store.cures import named
from features.store.layout import Keys, all_profiles, crash_of, fence_arguments, fence_of, life_ms, owner_of
from features.store.port import Commit, Crash, Fence, Partition
from features.store.scripts import Script, Scripts

SCANNED = 500  # keys at a time; profiles of 6 KB at most: 3 MB
SOCKET_TIMEOUT_S = 5.0  # longer than any script of ours, shorter than a consumer's patience


class _Call(Struct, frozen=True):
    """One script to be run; all its keys are in one slot."""

    script: Script
    keys: list[str]
    arguments: list[bytes | str | int] = []


class RedisStore:
    """A `Store` in Redis 6.2 or newer, single or cluster.

    Each partition's part of a call is one Lua script. A script is as atomic as MULTI and, unlike it, travels in a cluster's
    pipeline: a call is one round trip to each node, however many partitions it has.
    """

    def __init__(self, client: "Redis | RedisCluster", prefix: str = "tsuide") -> None:
        """Keep `client`, which `open_store` makes: one that never resends by itself what may have been carried out."""
        self._client, self._prefix, self._scripts = client, prefix, Scripts.load()

    async def read(self, wanted: Mapping[int, Collection[str]]) -> dict[int, Partition]:
        """Return each partition's fence and wanted profiles.

        Raises:
            DamagedValue: a profile cannot be read; the message names its key.
        """
        asked = {Keys(self._prefix, number): list(customers) for number, customers in wanted.items()}
        calls = [_Call(self._scripts.read, [keys.fence, *map(keys.profile, customers)]) for keys, customers in asked.items()]
        answers = await self._run(calls)
        return {
            keys.partition: Partition(fence_of(fields), _profiles(keys, customers, values))
            for (keys, customers), (fields, values) in zip(asked.items(), answers, strict=True)
        }

    async def commit(self, commits: Collection[Commit]) -> dict[int, Fence]:
        """Write what its fence allows; returns the refused partitions with the fence that stands there."""
        answers = await self._run([self._commit(one) for one in commits])
        return {one.partition: fence_of(answer) for one, answer in zip(commits, answers, strict=True) if answer is not None}

    def _commit(self, commit: Commit) -> _Call:
        keys = Keys(self._prefix, commit.partition)
        arguments: list[bytes | str | int] = [*fence_arguments(commit.before), *fence_arguments(commit.after), commit.outbox]
        arguments += [len(commit.crashes_cleared), *commit.crashes_cleared]
        for customer, profile in commit.profiles.items():
            arguments += (b"", 0) if profile is None else (encode(profile), life_ms(customer, profile))
        return _Call(self._scripts.commit, [keys.fence, keys.outbox, keys.crashes, *map(keys.profile, commit.profiles)], arguments)

    async def outbox(self, partition: int) -> tuple[Fence, bytes]:
        """Return the fence and the outbox."""
        keys = Keys(self._prefix, partition)
        [(fields, outbox)] = await self._run([_Call(self._scripts.outbox, [keys.fence, keys.outbox])])
        return fence_of(fields), outbox or b""

    async def clear_outbox(self, fences: Mapping[int, Fence]) -> None:
        """Delete the outboxes whose fence is still the given one."""
        partitions = {Keys(self._prefix, number): fence for number, fence in fences.items()}
        await self._run([_Call(self._scripts.clear, [at.fence, at.outbox], [*fence_arguments(fence)]) for at, fence in partitions.items()])

    async def forget_profiles(self, fences: Mapping[int, Fence]) -> dict[int, Fence]:
        """Delete the profiles but for opt-outs; returns the refused partitions with the fence that stands there.

        Each profile is read, and deleted while the fence is the one that it was read under: an opt-out that comes meanwhile stays.
        """
        standing = {number: found.fence for number, found in (await self.read({number: () for number in fences})).items()}
        refused = {number: fence for number, fence in standing.items() if fence != fences[number]}
        async for number, profiles in self.everybody():
            going = [customer for customer, profile in profiles.items() if not profile.opted_out]
            if going and number in fences and number not in refused:
                keys = Keys(self._prefix, number)
                call = _Call(self._scripts.forget, [keys.fence, *map(keys.profile, going)], [*fence_arguments(fences[number])])
                [answer] = await self._run([call])
                if answer is not None:
                    refused[number] = fence_of(answer)
        return refused

    async def topic_ids(self, partition: int, ids: Mapping[str, str]) -> dict[str, str]:
        """Keep the ids of topics of which none is kept, and return those that are kept."""
        keys = Keys(self._prefix, partition)
        kept = [("HSETNX", keys.topics, topic, id_) for topic, id_ in ids.items()]
        *_, found = await self._pipelined([*kept, ("HGETALL", keys.topics)])
        return {topic.decode(): id_.decode() for topic, id_ in found.items()}

    async def crashes(self, partition: int) -> dict[str, Crash]:
        """Return the crash counters by `topic:offset`."""
        [found] = await self._pipelined([("HGETALL", Keys(self._prefix, partition).crashes)])
        return {address.decode(): crash_of(value) for address, value in found.items()}

    async def count_crash(self, partition: int, address: str, traceback: str) -> int:
        """Count one more death at `address`."""
        [count] = await self._run([_Call(self._scripts.crash, [Keys(self._prefix, partition).crashes], [address, traceback])])
        return int(count)

    async def everybody(self) -> AsyncIterator[tuple[int, dict[str, Profile]]]:
        """Yield every customer once: one pass over all keys of the database, whoever they belong to.

        Keeps a hash of every name, some 70 MB a million customers, because SCAN may tell one twice.
        """
        keys = self._client.scan_iter(match=all_profiles(self._prefix), count=SCANNED)
        told: set[int] = set()
        while names := await _some(keys, SCANNED):
            wanted: defaultdict[int, list[str]] = defaultdict(list)
            for name in names:
                if hash(name) not in told:
                    told.add(hash(name))
                    number, customer = owner_of(name)
                    wanted[number].append(customer)
            for number, partition in (await self.read(wanted)).items():
                if partition.profiles:
                    yield number, partition.profiles

    async def erase(self) -> int:
        """Delete every key under the prefix, profiles and positions alike, and return how many; one pass over the whole database.

        Only for state that nobody works on any more, such as a replay's own.
        """
        keys, gone = self._client.scan_iter(match=f"{self._prefix}:*", count=SCANNED), 0
        while names := await _some(keys, SCANNED):
            gone += sum(await self._pipelined([("UNLINK", name) for name in names]))
        return gone

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _run(self, calls: list[_Call]) -> list[Any]:
        """Return the answers of all calls, in order.

        A server that answers NOSCRIPT has run nothing, so that call goes out again with its text, which the server then keeps.
        """
        by_name = [("EVALSHA", call.script.sha, len(call.keys), *call.keys, *call.arguments) for call in calls]
        answers = await self._pipelined(by_name)
        unknown = [place for place, answer in enumerate(answers) if isinstance(answer, refused.NoScriptError)]
        with_text = [("EVAL", calls[place].script.text, *by_name[place][2:]) for place in unknown]
        for place, answer in zip(unknown, await self._pipelined(with_text), strict=True):
            answers[place] = answer
        return answers

    async def _pipelined(self, commands: list[tuple[Any, ...]]) -> list[Any]:
        """Return the commands' answers, NOSCRIPT among them; any other refusal is raised."""
        if not commands:
            return []
        try:
            with named():
                async with self._client.pipeline(transaction=False) as pipeline:
                    for command in commands:
                        pipeline.execute_command(*command)
                    answers: list[Any] = await pipeline.execute(raise_on_error=False)
                for answer in answers:
                    if isinstance(answer, Exception) and not isinstance(answer, refused.NoScriptError):
                        raise answer
        except StoreAway:
            if isinstance(self._client, RedisCluster):
                # A slot's owner may be dead: closed, the client asks anew who owns what before its next command.
                await self._client.aclose()
            raise
        return answers


async def _some(keys: AsyncIterator[bytes], at_most: int) -> list[bytes]:
    some = []
    with named():
        async for key in keys:
            some.append(key)
            if len(some) == at_most:
                break
    return some


def open_store(at: RedisAddress | str, prefix: str = "tsuide") -> RedisStore:
    """Return a store at an address, or at a url that says all of it; it connects when it is first asked.

    The client does not try again by itself: of a commit whose answer is lost only the caller can tell, by the fence, whether it
    was carried out, and a commit sent twice would be refused as if somebody else had written. The caller waits and asks again.

    Raises:
        ValueError: the url is no Redis's.
    """
    return RedisStore(client_of(at), prefix)


def client_of(at: RedisAddress | str, *, one_node: bool = False) -> "Redis | RedisCluster":
    """Return a client that never tries again by itself; `one_node`: of a cluster only the node that the url names.

    `redis://`, `rediss://` (TLS) and `unix://` name one server, `redis+cluster://` or `?cluster=true` any node of a cluster.
    """
    address = at if isinstance(at, RedisAddress) else RedisAddress(at)
    parts = urlsplit(address.url)
    query = dict(parse_qsl(parts.query))
    in_cluster = query.pop("cluster", "").lower() in ("true", "1", "yes") or parts.scheme.endswith("+cluster")
    url = f"{parts.scheme.removesuffix('+cluster')}://{parts.netloc}{parts.path}"  # urlunsplit would write unix:/path
    options: dict[str, Any] = {
        "socket_timeout": SOCKET_TIMEOUT_S,
        "socket_connect_timeout": SOCKET_TIMEOUT_S,
        "retry": Retry(NoBackoff(), 0),
        "decode_responses": False,
        **address.options,
    }
    plain = f"{url}?{urlencode(query)}" if query else url
    return RedisCluster.from_url(plain, **options) if in_cluster and not one_node else Redis.from_url(plain, **options)


def _profiles(keys: Keys, customers: list[str], values: list[bytes | None]) -> dict[str, Profile]:
    profiles = {}
    for customer, value in zip(customers, values, strict=True):
        if value is not None:
            try:
                profiles[customer] = decode(value)
            except DamagedValue as error:
                raise DamagedValue(f"{keys.profile(customer)}: {error}") from error
    return profiles

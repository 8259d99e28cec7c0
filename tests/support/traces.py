"""Where something is still named: in a process's objects, and in Redis."""

import asyncio
import gc
import types
from typing import Any

from redis.asyncio import Redis

CODE = (type, types.ModuleType, types.CodeType, types.FrameType, types.BuiltinFunctionType, types.CoroutineType)
NOT_ENTERED = (*CODE, asyncio.AbstractEventLoop, asyncio.Future)  # from a loop one reaches the test itself


def named_in(roots: object, word: str) -> list[str]:
    """Return the texts and bytes that hold `word`, of all that can be reached from `roots`; code and its globals are left out."""
    found, seen, waiting = [], set[int](), [roots]
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, NOT_ENTERED):
            continue
        seen.add(id(one))
        if isinstance(one, str | bytes | bytearray):
            if word in one if isinstance(one, str) else word.encode() in one:
                found.append(repr(one)[:200])
        elif isinstance(one, types.FunctionType):
            waiting += [one.__closure__, one.__defaults__, one.__kwdefaults__]
        else:
            waiting += gc.get_referents(one)
            waiting += fields_of(one)
    return found


def fields_of(one: Any) -> list[Any]:
    """Return the values of a struct that the collector does not look into."""
    return [getattr(one, name) for name in getattr(one, "__struct_fields__", ())]


async def named_in_redis(url: str, word: str) -> list[str]:
    """Return the keys that hold `word` in their name or in their value."""
    found = []
    async with Redis.from_url(url) as client:
        async for key in client.scan_iter(count=1_000):
            kind = (await client.type(key)).decode()
            value = await client.hgetall(key) if kind == "hash" else await client.get(key)
            if word.encode() in key or word in repr(value):
                found.append(key.decode())
    return found

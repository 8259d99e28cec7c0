"""What of a newer AsyncAPI document would break programs that were written for the older one."""

from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]

# Words about a value, not about which values there may be.
REMARKS = {"title", "description", "examples", "summary"}
# Compared part by part below.
STRUCTURE = {"$ref", "properties", "required", "items", "anyOf", "additionalProperties"}
NO_HEADERS: Document = {"type": "object"}


def incompatible(old: Document, new: Document) -> list[str]:
    """Return every change from `old` to `new` other than an added topic, message or optional field; none means compatible.

    Both directions count: old logs are replayed into new workers, and a page that was loaded yesterday reads today's
    suggestions. So a wider or a narrower type is a break as much as another one.
    """
    return list(_documents(old, new))


def _documents(old: Document, new: Document) -> Iterator[str]:
    for name, before in old["channels"].items():
        after = new["channels"].get(name)
        if after is None:
            yield f"{name}: the topic is gone"
            continue
        yield from _channels(name, before, after)
        for message in before["messages"]:
            if message not in after["messages"]:
                yield f"{name} {message}: the message is gone"
                continue
            yield from _messages(f"{name} {message}", _Pair(old, new), message)


def _channels(name: str, before: Document, after: Document) -> Iterator[str]:
    if before["address"] != after["address"]:
        yield f"{name}: the topic was {before['address']}, is {after['address']}"
    was, now = before["bindings"]["kafka"], after["bindings"]["kafka"]
    if was["partitions"] != now["partitions"]:
        yield f"{name}: it had {was['partitions']} partitions, has {now['partitions']}"
    was, now = was["topicConfiguration"]["cleanup.policy"], now["topicConfiguration"]["cleanup.policy"]
    if was != now:
        yield f"{name}: its clean-up was {was}, is {now}"


class _Pair:
    """Both documents, to follow references in; remembers what is being compared, as types may hold themselves."""

    def __init__(self, old: Document, new: Document) -> None:
        self.old = old
        self.new = new
        self.open: set[tuple[str, str]] = set()


def _messages(at: str, pair: _Pair, name: str) -> Iterator[str]:
    before, after = pair.old["components"]["messages"][name], pair.new["components"]["messages"][name]
    yield from _schemas(at, pair, before["payload"], after["payload"])
    yield from _schemas(f"{at} headers", pair, before.get("headers", NO_HEADERS), after.get("headers", NO_HEADERS))
    if before["bindings"]["kafka"]["key"]["description"] != after["bindings"]["kafka"]["key"]["description"]:
        yield f"{at}: its key has changed"


def _schemas(at: str, pair: _Pair, before: Document, after: Document) -> Iterator[str]:
    references = (before.get("$ref", ""), after.get("$ref", ""))
    if any(references) and references in pair.open:
        return
    pair.open.add(references)
    before, after = _followed(pair.old, before), _followed(pair.new, after)
    yield from _words(at, before, after)
    yield from _fields(at, pair, before, after)
    yield from _inside(at, pair, before, after)
    pair.open.discard(references)


def _followed(document: Document, schema: Document) -> Document:
    while "$ref" in schema:
        found: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema


def _words(at: str, before: Document, after: Document) -> Iterator[str]:
    for word in sorted((before.keys() | after.keys()) - REMARKS - STRUCTURE):
        if before.get(word) != after.get(word):
            yield f"{at}: {word} was {before.get(word)!r}, is {after.get(word)!r}"


def _fields(at: str, pair: _Pair, before: Document, after: Document) -> Iterator[str]:
    was, now = before.get("properties", {}), after.get("properties", {})
    for name in was:
        if name not in now:
            yield f"{at}.{name}: the field is gone"
        else:
            yield from _schemas(f"{at}.{name}", pair, was[name], now[name])
    needed, needs = set(before.get("required", ())), set(after.get("required", ()))
    yield from (f"{at}.{name}: the field is newly required" for name in sorted(needs - needed))
    yield from (f"{at}.{name}: the field is no longer sure to be there" for name in sorted(needed - needs) if name in now)


def _inside(at: str, pair: _Pair, before: Document, after: Document) -> Iterator[str]:
    for word, sign in (("items", "[]"), ("anyOf", "|"), ("additionalProperties", ".*")):
        was, now = _as_list(before.get(word)), _as_list(after.get(word))
        if len(was) != len(now):
            yield f"{at}{sign}: had {len(was)} possible parts, has {len(now)}"
        for one, other in zip(was, now, strict=False):
            if isinstance(one, dict) and isinstance(other, dict):
                yield from _schemas(at + sign, pair, one, other)
            elif one != other:
                yield f"{at}{sign}: was {one!r}, is {other!r}"


def _as_list(part: Any) -> list[Any]:
    if part is None:
        return []
    return part if isinstance(part, list) else [part]

"""What a request brings: of the right type, whole, in time and not too long."""

import asyncio
from http import HTTPStatus
from typing import TypeVar

import msgspec
from aiohttp import ClientPayloadError, web
from aiohttp.web_exceptions import HTTPRequestEntityTooLarge

from stream.gateway.problems import Refused

MAX_BYTES = 1_048_576  # aiohttp's own `client_max_size`, which holds for chunked and for compressed bodies too
READ_S = 20.0  # a slow phone may take this long; who sends a byte a second does not hold a connection for ever
JSON = ("application/json",)
Wanted = TypeVar("Wanted")


async def body_of(request: web.Request, types: tuple[str, ...] = JSON) -> bytes:
    """Return the request's body. Raises Refused: 415, 413, 408, or 400 for one that breaks off."""
    if request.content_type not in types:
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "media_type", f"Send the body as {' or '.join(types)}.")
    try:
        if request.content_length is not None and request.content_length > MAX_BYTES:
            raise too_large()
        async with asyncio.timeout(READ_S):
            return await request.read()
    except HTTPRequestEntityTooLarge as fault:
        raise too_large() from fault
    except TimeoutError as fault:
        raise Refused(HTTPStatus.REQUEST_TIMEOUT, "body_slow", f"The body did not arrive within {READ_S:g} s.") from fault
    except (web.RequestPayloadError, ClientPayloadError, OSError) as fault:
        raise Refused(HTTPStatus.BAD_REQUEST, "body_broken", "The body breaks off, or its encoding is not what its header says.") from fault


def decoded(body: bytes, decoder: msgspec.json.Decoder[Wanted]) -> Wanted:
    """Return what the body says. Raises Refused 400 `not_json`, or `invalid` with the place and the cause."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as fault:
        raise Refused(HTTPStatus.BAD_REQUEST, "invalid", f"{fault}. GET /openapi.json tells what is expected.") from fault
    except (ValueError, RecursionError) as fault:  # a DecodeError and a UnicodeDecodeError are ValueErrors
        raise Refused(HTTPStatus.BAD_REQUEST, "not_json", "The body is not JSON in UTF-8.") from fault


def too_large() -> Refused:
    """Return the refusal of a body beyond the limit."""
    return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", f"The body is longer than {MAX_BYTES} bytes: send less at once.")

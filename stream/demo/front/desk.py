"""Where a browser of the shop gets its token: the shop knows its customer by a cookie and speaks to the gateway with its own key."""

import re
import secrets
from http import HTTPStatus

import aiohttp
import msgspec
from aiohttp import web

from stream.contracts.web import TokenRequest
from stream.gateway.problems import Refused

COOKIE = "tsuide_shop"
CLIENT = re.compile(r"[0-9a-f]{32}")
PATIENCE = aiohttp.ClientTimeout(total=10)


class Desk:
    """The shop's side of POST /v1/token, over HTTP as any shop would do it: the key never leaves this process."""

    def __init__(self, shop_key: bytes) -> None:
        self._key = shop_key.decode()
        self._session: aiohttp.ClientSession | None = None
        self.gateway = ""  # its address, once it listens

    def routes(self) -> list[web.RouteDef]:
        """Return what is served, and by whom."""
        return [web.post("/shop/token", self._token)]

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()

    async def _token(self, request: web.Request) -> web.Response:
        known = request.cookies.get(COOKIE, "")
        client_id = known if CLIENT.fullmatch(known) else secrets.token_hex(16)
        status, body, kind = await self._exchange(client_id)
        answer = web.Response(body=body, status=status, content_type=kind, headers={"Cache-Control": "no-store"})
        if client_id != known and status == HTTPStatus.OK:
            answer.set_cookie(COOKIE, client_id, httponly=True, samesite="Strict", path="/")
        return answer

    async def _exchange(self, client_id: str) -> tuple[int, bytes, str]:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=PATIENCE)
        body = msgspec.json.encode(TokenRequest(client_id=client_id))
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        try:
            async with self._session.post(f"{self.gateway}/v1/token", data=body, headers=headers) as answer:
                return answer.status, await answer.read(), answer.content_type
        except (aiohttp.ClientError, TimeoutError) as fault:
            later = {"Retry-After": "1"}
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "gateway_away", "The gateway does not answer: try again.", later) from fault

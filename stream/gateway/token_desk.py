"""POST /v1/token: the shop's backend exchanges its key and a customer's id for a token."""

from http import HTTPStatus

import msgspec
from aiohttp import web

from features.errors import StoreAway
from features.store.port import Store
from stream.contracts.ids import Customer
from stream.contracts.web import TokenAnswer, TokenRequest
from stream.gateway import keys
from stream.gateway.bodies import body_of, decoded
from stream.gateway.delivery import unavailable
from stream.gateway.problems import Refused
from stream.gateway.will import OptOuts
from stream.transport.partitions import partition_of

_REQUEST = msgspec.json.Decoder(TokenRequest)


def add_routes(app: web.Application) -> None:
    """Serve POST /v1/token."""
    app.router.add_post("/v1/token", token)


async def token(request: web.Request) -> web.Response:
    """Answer with a token for the customer's browser; the raw id goes no further than this function."""
    app = request.app
    app[keys.CALLERS].shop(request)
    wanted = decoded(await body_of(request), _REQUEST)
    raw_id = wanted.user_id or wanted.client_id
    if raw_id is None:
        raise Refused(HTTPStatus.BAD_REQUEST, "no_customer", "Send user_id, or client_id of somebody who is not signed in.")
    customer = app[keys.PSEUDONYMISE](raw_id)
    is_out = (await opted_out([customer], app[keys.OPT_OUTS], app[keys.STORE], app[keys.SETTINGS].partitions))[customer]
    text, expires_s = app[keys.TOKENS].issue(customer, now_s=app[keys.CLOCK](), scope="consent" if is_out else "all")
    return web.Response(body=msgspec.json.encode(TokenAnswer(text, int(expires_s * 1000), is_out)), content_type="application/json")


async def opted_out(customers: list[Customer], opt_outs: OptOuts, store: Store, partitions: int) -> dict[Customer, bool]:
    """Return who of these has opted out: by what was heard lately, else by the store, which is asked once for all.

    Raises:
        Refused: 503 `store_away`.
    """
    unheard: dict[int, list[Customer]] = {}
    for customer in dict.fromkeys(customers):
        if opt_outs.is_out(customer) is None:
            unheard.setdefault(partition_of(customer, partitions), []).append(customer)
    try:
        read = await store.read(unheard) if unheard else {}
    except StoreAway as away:
        raise unavailable("store_away", "Who has opted out cannot be told now: send the same again in a moment.") from away
    stored = {customer for partition in read.values() for customer, profile in partition.profiles.items() if profile.opted_out}
    # Asked again: somebody may have decided while the store was read.
    heard = {customer: opt_outs.is_out(customer) for customer in customers}
    return {customer: customer in stored if is_out is None else is_out for customer, is_out in heard.items()}

"""Who a record is about: a pseudonym that cannot be turned back without the secret."""

import hmac
from collections.abc import Callable
from typing import Protocol, TypeVar

import msgspec

from stream.contracts.consent import Consent
from stream.contracts.events import Event
from stream.contracts.ids import Customer

Pseudonymise = Callable[[str], Customer]
Named = TypeVar("Named", bound=Event | Consent)


def pseudonym(raw_id: str, key_id: str, secret: bytes) -> Customer:
    """Return `key_id:` and 64 hex digits: HMAC-SHA256 of the raw id's UTF-8 bytes under `secret`.

    The same raw id, key id and secret always give the same customer; another key id says that the secret was changed.
    """
    return Customer(f"{key_id}:{hmac.digest(secret, raw_id.encode(), 'sha256').hex()}")


def pseudonymiser(key_id: str, secret: bytes) -> Pseudonymise:
    """Return `pseudonym` with key id and secret filled in; unlike a struct, it shows neither when printed."""
    return lambda raw_id: pseudonym(raw_id, key_id, secret)


class Naming(Protocol):
    """What names a customer: the pseudonym itself, or a raw id of one of two kinds."""

    @property
    def customer(self) -> str | None:
        """Pseudonym."""

    @property
    def user_id(self) -> str | None:
        """Raw id of who is signed in."""

    @property
    def client_id(self) -> str | None:
        """Raw id of a browser."""


def customer_of(record: Naming, pseudonymise: Pseudonymise) -> Customer | None:
    """Return whom the record is about: its customer, else the signed-in id's pseudonym, else the client id's."""
    if record.customer:
        return Customer(record.customer)
    raw_id = record.user_id or record.client_id
    return pseudonymise(raw_id) if raw_id else None


def customer_in_log(event: Event, pseudonymise: Pseudonymise) -> Customer | None:
    """Return whom an event of a log is about, as `customer_of`; where it names only a session, that counts as its customer."""
    customer = customer_of(event, pseudonymise)
    return pseudonymise(f"session:{event.session_id}") if customer is None and event.session_id is not None else customer


def named(record: Named, customer: Customer) -> Named:
    """Return the record under `customer` and without any raw id."""
    if record.customer == customer and record.user_id is None and record.client_id is None:
        return record
    return msgspec.structs.replace(record, customer=customer, user_id=None, client_id=None)

"""What is kept of one customer, for whoever asks on the command line. Nothing is written."""

import re

from features.profile import Profile
from features.store.redis import open_store
from stream.contracts.ids import Customer
from stream.engine.who import pseudonym
from stream.errors import CustomerOptedOut, CustomerUnknown
from stream.settings import Settings, without_password
from stream.transport.partitions import partition_of

PSEUDONYM = re.compile(r"^[A-Za-z0-9]{1,16}:[0-9a-f]{64}\Z")


def customer_named(said: str, settings: Settings) -> Customer:
    """Return the pseudonym that was said, or that of the raw id that was said. Raises SettingsError where that needs a secret."""
    return Customer(said) if PSEUDONYM.match(said) else pseudonym(said, settings.pseudonym_key_id, settings.secret())


async def profile_of(customer: Customer, settings: Settings) -> Profile:
    """Return the customer's profile as it stands in Redis.

    Raises:
        CustomerUnknown: there is none.
        CustomerOptedOut: he wants none.
        StoreAway: Redis does not answer.
    """
    partition = partition_of(customer, settings.partitions)
    store = open_store(settings.redis, settings.prefix)
    try:
        found = (await store.read({partition: [customer]}))[partition].profiles.get(customer)
    finally:
        await store.aclose()
    if found is None:
        raise CustomerUnknown(
            f"Nothing is known of {customer} in partition {partition} of {without_password(settings.redis_url)}: check the id, and that "
            "TSUIDE_PARTITIONS, TSUIDE_PREFIX and the pseudonyms' secret are the workers'. A profile ends 90 days after its last event."
        )
    if found.opted_out:
        raise CustomerOptedOut(f"{customer} has opted out: nothing is kept, and nothing is ever shown. Leave --customer away.")
    return found

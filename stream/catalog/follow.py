"""Catalogue records into the catalogue in memory."""

import msgspec
from aiokafka.structs import ConsumerRecord  # type: ignore[import-untyped]

from features.catalog import Catalog
from stream.contracts.catalog import CatalogItem
from stream.telling.logger import at, logger_of

log = logger_of(__name__)
_DECODER = msgspec.json.Decoder(CatalogItem)


class CatalogIntake:
    """Applies what a follower of the catalogue's topic hands over. A damaged record is counted and logged, never fatal."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.damaged = 0

    def take(self, record: ConsumerRecord) -> None:
        """Put the record's item, or withdraw it where the record is a tombstone. Repeats change nothing."""
        try:
            item_id, item = _read(record)
        except (msgspec.DecodeError, ValueError) as fault:  # a ValidationError is a DecodeError, wrong UTF-8 a ValueError
            self.damaged += 1
            log.warning("catalogue record passed over", **at(record), error=str(fault))
            return
        if item is None:
            self.catalog.withdraw(item_id)
        else:
            self.catalog.put(item)


def _read(record: ConsumerRecord) -> tuple[str, CatalogItem | None]:
    if not record.key:
        raise ValueError("it has no key; the key is the item_id")
    item_id = bytes(record.key).decode()
    if record.value is None:
        return item_id, None
    item = _DECODER.decode(record.value)
    if item.item_id != item_id:
        raise ValueError(f"item_id {item.item_id!r} under the key {item_id!r}: import it again")
    return item_id, item

"""A small shop of lamps, as several tests know it."""

from online_models.policy.policy import Policy
from stream.contracts.catalog import CatalogItem
from tests.online_models.shop import Shop

LAMP = CatalogItem("lamp", item_name="Desk lamp", item_category="Lamps", price=30.0, currency="GBP")
FLOOR_LAMP = CatalogItem("floor-lamp", item_name="Floor lamp", item_category="Lamps", price=36.0, currency="GBP")
CHANDELIER = CatalogItem("chandelier", item_name="Chandelier", item_category="Lamps", price=240.0, currency="GBP")
CLIP_LAMP = CatalogItem("clip-lamp", item_name="Clip-on lamp", item_category="Lamps", price=18.0, currency="GBP")
BULB = CatalogItem("bulb", item_name="Warm bulb", item_category="Bulbs", price=2.5, currency="GBP")
RUG = CatalogItem("rug", item_name="Wool rug", item_category="Rugs", price=80.0, currency="GBP")


def a_shop(*more: CatalogItem, policy: Policy | None = None) -> Shop:
    return Shop(LAMP, FLOOR_LAMP, CHANDELIER, CLIP_LAMP, BULB, RUG, *more, policy=policy)

"""What an occasion asks the rankers."""

from online_models.answers import TOUCHING
from online_models.occasion import Occasion
from online_models.request import Request


def browse_request(occasion: Occasion) -> Request | None:
    """Return the question for the next view; None for an event that touches no item."""
    if not isinstance(occasion.event, TOUCHING) or not occasion.event.items:
        return None
    line = occasion.event.items[0]
    anchors = tuple(dict.fromkeys([line.item_id, *occasion.session.items]))
    barred = frozenset([line.item_id])
    return Request("browse", anchors, barred=barred, session=occasion.session.key, k=0, category=line.leaf_category)

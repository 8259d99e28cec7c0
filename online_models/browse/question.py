"""What an occasion asks the rankers."""

from online_models.answers import TOUCHING
from online_models.occasion import Occasion
from online_models.request import Request


def browse_request(occasion: Occasion) -> Request | None:
    """Return the question for the next view; None for an event that touches no item."""
    if not isinstance(occasion.event, TOUCHING) or not occasion.event.items:
        return None
    on_screen = occasion.event.items[0].item_id
    anchors = tuple(dict.fromkeys([on_screen, *occasion.session.items]))
    return Request("browse", anchors, barred=frozenset([on_screen]), session=occasion.session.key, k=0)

"""What the customer will look at next: candidates, features, order."""

from online_models.browse.order import Asked, rank_browse, rank_views

__all__ = ["Asked", "rank_browse", "rank_views"]

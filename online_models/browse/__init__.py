"""What the customer will look at next: candidates, features, order."""

from online_models.browse.order import rank_browse

__all__ = ["rank_browse"]

"""What would be better, or cheaper, than the item on screen."""

from online_models.upgrade.ranking import rank_cheaper, rank_upgrade

__all__ = ["rank_cheaper", "rank_upgrade"]

"""What else belongs in this cart."""

from online_models.basket.question import held_out

__all__ = ["held_out"]

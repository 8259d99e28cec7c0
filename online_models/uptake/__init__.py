"""Uptake: how likely the customer takes a shown item up. What is known of a card, the model, its labels, what it forecasts."""

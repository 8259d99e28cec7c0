"""Feeding a past into Kafka, where workers take it in: apart from the live topics, or into them."""

"""How Kafka and Redis are reached: settings become the arguments of their clients here, and refusals become cures."""

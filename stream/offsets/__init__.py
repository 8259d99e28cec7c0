"""Where the workers' group goes on, moved by hand: the fence in Redis and the group's offset in Kafka together."""

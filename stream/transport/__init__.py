"""Kafka: the topics, the batch transport under Faust, and the group-less follower."""

"""Checkpoints of the shared memory: files that a worker starts from, instead of reading all of its topic again."""

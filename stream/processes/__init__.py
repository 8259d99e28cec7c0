"""Processes that one of ours starts, and that never outlive it."""

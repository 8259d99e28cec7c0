"""Replaying: any stretch of the past once more through the worker's own code."""

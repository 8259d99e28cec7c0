"""Comparing: one log under several policies, and what would differ."""

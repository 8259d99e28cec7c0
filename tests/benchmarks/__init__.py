"""Measurements, not tests: `make bench` prints them as a table, and as JSON with --json."""

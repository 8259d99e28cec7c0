"""Suggestions to browsers, events from them."""

"""Whole processes beside each other, on real servers."""

"""The demo shop's own backend: what a shop has beside tsuide."""

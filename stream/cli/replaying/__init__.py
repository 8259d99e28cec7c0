"""The two ways of `tsuide replay`."""

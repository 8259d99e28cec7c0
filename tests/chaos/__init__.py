"""Everything that can break, broken at random under load for as long as one likes; see `__main__`."""

"""A whole shop on one machine: the orders of a log become live carts, and what the suggestions do for them is counted."""

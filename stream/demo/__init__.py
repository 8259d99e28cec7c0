"""A whole shop on one machine: real invoices become live carts, and what the suggestions do for them is counted."""

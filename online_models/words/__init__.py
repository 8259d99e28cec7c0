"""What the customer reads: why an item is shown, and what it does for him, in his language."""

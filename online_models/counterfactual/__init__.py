"""What another policy would have earned, estimated from what one policy showed by known chance and what became of it."""

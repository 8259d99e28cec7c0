"""What the code says while it runs: events with fields, and how they look in a log."""

"""What everybody did: rows that can be taken back, and tables that are derived from them."""

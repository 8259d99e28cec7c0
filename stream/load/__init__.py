"""Load: a real log replayed at a steady rate against any cluster, and how long its answers took."""

"""What operations see of a running system: lag, metrics, health."""

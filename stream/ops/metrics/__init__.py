"""What worker, trainer and gateway tell Prometheus of themselves."""

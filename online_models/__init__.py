"""What to show: shared memory, candidates, ranker, policy, reasons, and their evaluation."""

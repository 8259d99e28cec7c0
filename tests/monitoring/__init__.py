"""Rules, runbook and dashboard of deploy/, held against each other and against real processes."""

"""Why something was suggested: the moment rebuilt from what the past still holds, and answered once more."""

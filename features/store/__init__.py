"""Keepers of profiles, fences and outboxes: one port, Redis behind it live, memory behind it in replays."""

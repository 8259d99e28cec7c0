"""Processes really killed, servers really lost: every event still counts once, and is answered."""

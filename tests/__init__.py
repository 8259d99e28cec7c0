"""Tests: a mirror of the code, and the servers that it runs on."""

"""Looks at everything that a worker needs, one thing at a time, and says what to do about what is wrong."""

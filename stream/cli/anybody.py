"""Customers of a log that is only learnt from here: told apart, and known to nobody."""

from stream.engine.who import pseudonymiser

anybody = pseudonymiser("log", b"customers of a log need only be told apart")

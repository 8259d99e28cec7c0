"""Forms of a log's lines: one module a form, each a pure function from a line to what it says."""

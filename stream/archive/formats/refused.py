"""A line that is whole JSON and still no record."""


class LineRefused(ValueError):
    """A line says nothing that can be taken; its message says why and what would be."""

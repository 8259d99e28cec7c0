"""What can end the demo."""

from stream.errors import StreamError


class ChildEnded(StreamError):
    """A process of the demo ended by itself or did not start in time; the message ends with its last words."""


class NotWarm(StreamError):
    """The worker did not get through the first baskets in time; the machine is too busy, or the worker hangs."""

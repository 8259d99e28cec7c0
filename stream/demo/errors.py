"""What can end the demo."""

from stream.errors import StreamError


class NotWarm(StreamError):
    """The worker did not get through the first baskets in time; the machine is too busy, or the worker hangs."""

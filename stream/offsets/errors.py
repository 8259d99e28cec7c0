"""Why a group is not moved. Every message says what to do about it."""

from stream.errors import SettingsError, StreamError


class NoSuchPartition(SettingsError):
    """A partition is named that its topic does not have."""


class GroupIsRead(StreamError):
    """The group has members, who would go on writing what is to be moved."""


class NotMoved(StreamError):
    """The plan has obstacles; nothing was written."""


class WrittenMeanwhile(StreamError):
    """Somebody has written to a partition since it was read; what was not written yet is left as it is."""

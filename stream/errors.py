"""What can go wrong around the stream, one class a cause. Every message says what to do about it."""


class StreamError(Exception):
    """Any error of this package; `retriable` says whether trying again may help."""

    retriable = False


class SettingsError(StreamError):
    """A setting is missing, misspelt or out of range."""


class LogError(StreamError):
    """A line of a log or of a catalogue file cannot be read; `line` 0 means the file as a whole."""

    def __init__(self, path: str, line: int, cause: str) -> None:
        super().__init__(f"{path}:{line}: {cause}" if line else f"{path}: {cause}")
        self.path = path
        self.line = line
        self.cause = cause


class CustomerUnknown(StreamError):
    """No profile is kept of a customer who was asked for."""


class CustomerOptedOut(StreamError):
    """The customer has said no: nothing is kept of him, and nothing is shown to him."""


class CustomerForgotten(StreamError):
    """The customer wished to be forgotten: what he did and was shown before is not told any more."""


class SuggestionUnknown(StreamError):
    """A suggestion that was asked for was never published, or its records are gone."""


class ModelGone(StreamError):
    """The model that a suggestion names is not kept any more."""


class BrokerAway(StreamError):
    """Kafka does not answer, or not yet; wait and try again, and check that it runs and is reachable."""

    retriable = True


class RightsMissing(StreamError):
    """Kafka knows the user and does not let it do what was asked."""


class TopicsDiffer(StreamError):
    """The topics on the broker are not as the plan wants them."""


class TopicRemade(StreamError):
    """A topic ends before what was handled of it: it was deleted and made anew, or Kafka lost its newest records."""


class PackageMissing(StreamError):
    """What was asked for needs a package that is not installed; tsuide does everything else without it."""

"""What can go wrong with features, one class a cause."""


class FeatureError(Exception):
    """Any error of this package; `retriable` says whether trying again may help."""

    retriable = False


class StoreAway(FeatureError):
    """The store does not answer; wait and try again, and check that it runs and is reachable."""

    retriable = True


class DamagedValue(FeatureError):
    """A stored value cannot be read; it was written by another version or by someone else."""

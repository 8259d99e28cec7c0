"""Which release this is."""

from importlib.metadata import PackageNotFoundError, version

SOURCES = "sources"  # run from them without being installed


def release() -> str:
    """Return the installed package's version."""
    try:
        return version("tsuide")
    except PackageNotFoundError:
        return SOURCES

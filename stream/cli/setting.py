"""The settings of the process, as every command reads them."""

import os

from stream.settings import Settings


def settings() -> Settings:
    """Return the environment's settings. Raises SettingsError, which ends the command as wrong use."""
    return Settings.of(os.environ)

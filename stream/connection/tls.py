"""Certificates: whom we trust, and what we show."""

import ssl
from pathlib import Path

from msgspec import Struct

from stream.errors import SettingsError


class Tls(Struct, frozen=True):
    """PEM files: the authorities that are trusted (None: those of the system), our own certificate and its key (None: none is shown)."""

    authorities: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def context(self) -> ssl.SSLContext:
        """Return what a client needs: the server's certificate and its name are always checked. Raises SettingsError."""
        try:
            context = ssl.create_default_context(cafile=self.authorities)
            if self.certificate is not None:
                context.load_cert_chain(self.certificate, self.key)
        except (ssl.SSLError, OSError) as fault:
            files = ", ".join(str(file) for file in (self.authorities, self.certificate, self.key) if file)
            raise SettingsError(f"{files} cannot be used ({fault}): give PEM files, and the certificate's own key.") from fault
        return context

"""Certificates of a test, made by openssl: an authority, and what it signs."""

import subprocess
from pathlib import Path

from msgspec import Struct

DAYS = "2"


class Certified(Struct, frozen=True):
    """A certificate, its key, and both in one file."""

    certificate: Path
    key: Path

    @property
    def both(self) -> Path:
        """The key and the certificate in one PEM file, as Kafka's keystore wants them."""
        file = self.key.with_suffix(".pem")
        file.write_text(self.key.read_text() + self.certificate.read_text())
        return file


class Authority:
    """Signs certificates; whoever trusts `certificate` trusts them."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._key = _key(folder / f"{name}.key")
        self.certificate = folder / f"{name}.crt"
        extension = "basicConstraints=critical,CA:TRUE"
        _openssl(
            "req", "-x509", "-new", "-key", str(self._key), "-subj", f"/CN={name}", "-days", DAYS, "-addext", extension,
            "-out", str(self.certificate),
        )  # fmt: skip

    def sign(self, name: str, *, host: str = "localhost") -> Certified:
        """Return a certificate for a host's name, which serves for servers and clients."""
        key, wish, signed = _key(self.folder / f"{name}.key"), self.folder / f"{name}.csr", self.folder / f"{name}.crt"
        _openssl("req", "-new", "-key", str(key), "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{host}", "-out", str(wish))
        _openssl(
            "x509", "-req", "-in", str(wish), "-CA", str(self.certificate), "-CAkey", str(self._key), "-CAcreateserial",
            "-copy_extensions", "copy", "-days", DAYS, "-out", str(signed),
        )  # fmt: skip
        return Certified(signed, key)


def _key(file: Path) -> Path:
    _openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", str(file))
    return file


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=30)

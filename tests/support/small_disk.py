"""A file system of a megabyte or two, to be filled to the last byte."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.conftest import not_run_for


@contextmanager
def small_disk(place: Path, size_kib: int) -> Iterator[Path]:
    """Mount a file system of so many KiB; the test is left, with the reason, where the system allows that to nobody but others."""
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size_kib}k", "tsuide-test", str(place)], capture_output=True, text=True, check=False
    )
    not_run_for(f"a small file system cannot be mounted here ({mounted.stderr.strip()})" if mounted.returncode else None)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def fill(folder: Path) -> Path:
    """Leave not a byte free on the file system of `folder`; return the file that takes it all."""
    filler = folder / "filler"
    descriptor = os.open(filler, os.O_WRONLY | os.O_CREAT)
    try:
        with suppress(OSError):
            while True:
                os.write(descriptor, bytes(4096))
    finally:
        os.close(descriptor)
    return filler

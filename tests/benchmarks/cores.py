"""A core of its own for what is measured: on a machine of few cores a wait would else be that of its scheduler."""

import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def apart(measured: int, *others: int) -> Iterator[None]:
    """Give the last core to the process `measured` and what remains to the others, by process id, until the block ends.

    Does nothing where the system cannot, or there is one core only.
    """
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    if len(cores) < 2:
        yield
        return
    own = {max(cores)}
    try:
        _place([measured], own)
        _place(others, cores - own)
        yield
    finally:
        _place([measured, *others], cores)


def _place(processes: Iterable[int], cores: Collection[int]) -> None:
    for process in processes:
        with suppress(FileNotFoundError):  # it has ended
            for thread in Path(f"/proc/{process}/task").iterdir():
                with suppress(ProcessLookupError):
                    os.sched_setaffinity(int(thread.name), cores)

"""`python -m stream.cli` is `tsuide`."""

from stream.cli import main

main()

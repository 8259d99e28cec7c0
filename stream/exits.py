"""Exit codes of every command."""

OK = 0
FAILED = 1  # the command ran and found problems
USAGE = 2
PARTLY = 3  # some rows were refused, or do not come out as they were
AWAY = 4  # broker or store cannot be reached
INTERNAL = 70  # a fault of ours, or a record that cannot be handled: a restart goes on where the store says
STALLED = 71  # the watchdog ended a process that made no progress
TOPIC_REMADE = 72  # an input ends before what was handled of it: deleted and made anew; nothing is handled, so nothing is skipped
SHUTDOWN_TOO_SLOW = 75
INTERRUPTED = 130

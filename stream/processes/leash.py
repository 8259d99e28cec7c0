"""Run as a file, `leash.py PARENT COMMAND...`: becomes COMMAND, which the kernel ends when PARENT is gone, however it went.

A step of its own rather than something between fork and exec, where a process with threads must not run Python. Only Linux
can do this; elsewhere the command is run as it is.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # gone before this line
            sys.exit(1)
    os.execv(command[0], command)

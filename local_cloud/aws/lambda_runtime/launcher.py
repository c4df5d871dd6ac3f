"""Runs in the child before AWS's runtime client: the process ends with the daemon, whatever ends that, even frozen."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    # Source: prctl(2): the signal is kept across execve. Done here, since a fork with threads must not run Python.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.execv(sys.executable, [sys.executable, "-m", "awslambdaric", sys.argv[1]])  # noqa: S606

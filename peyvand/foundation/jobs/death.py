"""A process that ends with its parent, so that a killed supervisor or worker leaves nobody behind."""

from __future__ import annotations

import ctypes
import os
import signal
import threading

_PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int, sign: int = signal.SIGKILL) -> None:
    """From now on the death of the process `parent`, which started this one, ends this one with that signal.

    On Linux the kernel sees to it; elsewhere a thread looks each second.
    """
    if os.uname().sysname == "Linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, sign, 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            os.kill(os.getpid(), sign)
        return
    threading.Thread(target=_watch, args=(parent, sign), name="parent", daemon=True).start()


def _watch(parent: int, sign: int) -> None:
    stop = threading.Event()
    while not stop.wait(1.0):
        if os.getppid() != parent:
            os.kill(os.getpid(), sign)

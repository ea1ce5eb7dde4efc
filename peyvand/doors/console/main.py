"""The entry of `peyvand`: language, data folder, Django; then the command. A failure is a sentence."""

from __future__ import annotations

import os
import secrets
import sys
from importlib import import_module

from peyvand.doors.console import ground


def run() -> None:
    """Run the command of sys.argv and leave with its exit code."""
    sys.exit(code_of(sys.argv[1:]))


def code_of(arguments: list[str]) -> int:
    """Run a command; its exit code. Never raises, unless PEYVAND_DEBUG=1 asks to see what happened."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        ground.set_up()
        app = import_module("peyvand.doors.console.app")  # models can be imported only now
        return int(app.call(arguments))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except (Exception, KeyboardInterrupt) as error:
        if os.environ.get("PEYVAND_DEBUG") == "1":
            raise
        return _told(error)


def _told(error: BaseException) -> int:
    failures = import_module("peyvand.doors.console.failures")
    found = failures.described(error)
    if found is None:
        code = secrets.token_hex(4)
        found = failures.fault(error, code)
    sentence, exit_code = found
    sys.stderr.write(f"{' '.join(sentence.split())}\n")
    return int(exit_code)

"""Find Debian's chromium, gettext, dovecot, Java and libgomp; install them where that is possible (Debian, root), else
say in one line what to do.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys

WANTED = {
    "chromium": "the browser tests will be skipped",
    "xgettext": "“make check” will fail, as it can't look for words without their Persian",
    "dovecot": "mailboxes are not tried against a real server",
    "java": "the figures are not tried on a Spark cluster",
    "libgomp.so.1": "nothing is foretold of who leaves (LightGBM needs it)",
}
PACKAGES = {
    "chromium": "chromium",
    "xgettext": "gettext",
    "dovecot": "dovecot-imapd",
    "java": "openjdk-17-jre-headless",
    "libgomp.so.1": "libgomp1",
}
SYSTEM = "/usr/sbin:/usr/local/sbin"  # where programs of the system lie, which are not in everybody's path


def missing() -> list[str]:
    """The programs and libraries that are not on this machine."""
    return [name for name in WANTED if not there(name)]


def there(name: str) -> bool:
    """Whether the program is in a path, or the library where the linker finds it."""
    if ".so" not in name:
        return bool(shutil.which(name) or shutil.which(name, path=SYSTEM))
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def main() -> int:
    """Install what is missing; never a failure, since the product runs without it."""
    absent = missing()
    if not absent:
        return 0
    packages = [PACKAGES[name] for name in absent]
    if shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        print(f"Installing {' '.join(packages)} …", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", *packages], check=False, **quiet)
        absent = missing()
    for name in absent:
        print(f"{name} is missing: {WANTED[name]}; on Debian: sudo apt-get install {PACKAGES[name]}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

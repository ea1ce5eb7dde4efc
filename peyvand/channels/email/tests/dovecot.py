"""Debian's dovecot-imapd with a configuration of its own, on loopback, for as long as a test session."""

from __future__ import annotations

import datetime as dt
import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

PROGRAM = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
MISSING = "dovecot is missing: mailboxes are not tried against a real server; on Debian: apt-get install dovecot-imapd"
WORD = "sesame"

_CONF = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
first_valid_gid = 0
mail_location = maildir:{folder}/mail/%u
mail_max_userip_connections = 100
passdb {{
  driver = static
  args = password={word}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Junk {{
    auto = create
    special_use = \\Junk
  }}
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running server."""

    port: int
    tls_port: int
    folder: Path


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _certificate(folder: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "key.pem").chmod(0o600)


@contextmanager
def running() -> Iterator[Dovecot]:
    """Start it, wait until it answers, stop it and take its files away."""
    assert PROGRAM is not None
    folder = Path(tempfile.mkdtemp(prefix="pv-imap-"))
    folder.chmod(0o755)
    root = os.geteuid() == 0
    me = pwd.getpwnam("mail") if root else pwd.getpwuid(os.getuid())
    own_group = grp.getgrgid(me.pw_gid).gr_name
    port, tls = free_port(), free_port()
    for inner in ("mail", "home", "state", "run"):
        (folder / inner).mkdir(mode=0o755)
        if root and inner in ("mail", "home"):
            os.chown(folder / inner, me.pw_uid, me.pw_gid)
    _certificate(folder)
    (folder / "conf").write_text(
        _CONF.format(
            folder=folder, internal="dovecot" if root else me.pw_name, login="dovenull" if root else me.pw_name,
            internal_group="dovecot" if root else own_group, uid=me.pw_uid, gid=me.pw_gid, port=port, tls=tls,
            word=WORD,
        )
    )  # fmt: skip
    process = subprocess.Popen(
        [PROGRAM, "-F", "-c", str(folder / "conf")], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        _wait(port, process, folder)
        yield Dovecot(port, tls, folder)
    finally:
        process.terminate()
        process.wait(timeout=10)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(100):
        if process.poll() is not None:
            log = folder / "log"
            told = process.stderr.read().decode() if process.stderr else ""
            raise RuntimeError(told + (log.read_text() if log.exists() else ""))
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("dovecot does not answer")

"""A real IMAP server (Debian's dovecot) with a configuration, a certificate and mailboxes of its own."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from tests import processes, servers

PASSWORD = "Mật khẩu của hộp thư"
_CONFIGURATION = """
base_dir = {home}/run
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
disable_plaintext_auth = yes
auth_mechanisms = plain
mail_location = maildir:{home}/mail/%u
mailbox_idle_check_interval = 1s
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {home}/passwd
}}
userdb {{
  driver = static
  args = uid={mail_user} gid={mail_group} home={home}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login_user}
first_valid_uid = 1
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service stats {{
  chroot =
}}
"""


class ImapServer(msgspec.Struct, kw_only=True):
    home: Path
    port: int
    certificate: Path
    process: subprocess.Popen[bytes] | None = None

    def url(self, user: str, folder: str = "INBOX") -> str:
        return f"imaps://{user}@localhost:{self.port}/{folder}"

    def deliver(self, user: str, *letters: bytes, folder: str = "INBOX") -> None:
        """Put letters into a mailbox, by dovecot's own program."""
        for letter in letters:
            self._doveadm("save", "-u", user, "-m", folder, given=letter)

    def letters(self, user: str, folder: str = "INBOX") -> list[tuple[str, str]]:
        """Flags and subject of every letter of a folder; that of a folder that is not there has none."""
        asked = self._doveadm(
            "-f", "tab", "fetch", "-u", user, "flags hdr.subject", "mailbox", folder, check=False
        ).splitlines()[1:]
        return [(flags, subject) for flags, _, subject in (line.partition("\t") for line in asked)]

    def stop(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)  # those that hold a connection as well
            self.process.wait(30)
            self.process = None

    def start(self) -> None:
        with (self.home / "out").open("ab") as out:
            command = ["dovecot", "-F", "-c", str(self.home / "dovecot.conf")]
            self.process = subprocess.Popen(
                command, stdout=out, stderr=out, env={"PATH": _PATH}, start_new_session=True
            )

        def listens() -> bool:
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0

        assert processes.wait_until(listens, 30), (self.home / "out").read_text()

    def _doveadm(self, *arguments: str, given: bytes = b"", check: bool = True) -> str:
        command = ["doveadm", "-c", str(self.home / "dovecot.conf"), *arguments]
        done = subprocess.run(command, input=given, capture_output=True, check=False, timeout=60, env={"PATH": _PATH})
        assert done.returncode == 0 or not check, (arguments, done.stderr.decode(), (self.home / "log").read_text())
        return done.stdout.decode()


_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


@contextmanager
def dovecot(*users: str) -> Iterator[ImapServer]:
    """A server whose ``users`` have empty mailboxes and all the same password."""
    if shutil.which("dovecot", path=_PATH) is None:
        servers.missing("dovecot is not installed (apt-get install dovecot-imapd)")
    home = Path(tempfile.mkdtemp(prefix="baocao-imap-", dir="/tmp"))
    try:
        home.chmod(0o755)
        port, own = servers.free_port(), pwd.getpwuid(os.geteuid()).pw_name
        internal, login_user, mail_user = ("dovecot", "dovenull", "nobody") if os.geteuid() == 0 else (own, own, own)
        _make_certificate(home)
        (home / "passwd").write_text("".join(f"{user}:{{PLAIN}}{PASSWORD}\n" for user in users))
        (home / "mail").mkdir()
        shutil.chown(home / "mail", mail_user)
        text = _CONFIGURATION.format(
            home=home,
            port=port,
            internal=internal,
            internal_group=_group(internal),
            login_user=login_user,
            mail_user=mail_user,
            mail_group=_group(mail_user),
        )
        (home / "dovecot.conf").write_text(text)
        server = ImapServer(home=home, port=port, certificate=home / "cert.pem")
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _group(user: str) -> str:
    return grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name


def _make_certificate(home: Path) -> None:
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    files = ["-keyout", str(home / "key.pem"), "-out", str(home / "cert.pem")]
    subprocess.run(["openssl", "req", "-x509", *key, *subject, *files], check=True, capture_output=True)

"""Real servers for tests and benchmarks, each in a folder and on addresses of its own, gone when the block ends.

What is not installed skips the test that asks for it, and fails it where ``CI`` is set.
"""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import fsspec
import pytest

PATIENCE = 60.0  # seconds


class PostgreSQL:
    """A PostgreSQL server run by an unprivileged user; it listens on a Unix socket in its folder and on ``port``."""

    def __init__(self, home: Path, binaries: Path, user: str | None) -> None:
        self._home, self._binaries, self._user = home, binaries, user
        self.port = free_port()
        self._run("initdb", "-D", str(home / "data"), "-U", "baocao", "-A", "trust", "-E", "UTF8", "--no-sync")

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://baocao@/{database}?host={self._home}&port={self.port}"

    def network_url(self, database: str = "postgres") -> str:
        return f"postgresql://baocao@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        options = f"-k {self._home} -p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=80"
        self._control("-l", str(self._home / "log"), "-o", options, "start")

    def stop(self) -> None:
        """At once, as in a crash."""
        self._control("-m", "immediate", "stop")

    def create(self, database: str) -> None:
        self._run("createdb", "-h", str(self._home), "-p", str(self.port), "-U", "baocao", database)

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self._home / "data"), "-w", "-t", "60", *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._binaries / program), *arguments],
            check=False,
            user=self._user,
            cwd=self._home,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            capture_output=True,
        )
        assert done.returncode == 0, (program, arguments, done.stdout.decode(), done.stderr.decode())


@contextmanager
def postgresql_server() -> Iterator[PostgreSQL]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if not found:
        missing("PostgreSQL is not installed (apt-get install postgresql)")
    user = _unprivileged()
    home = Path(tempfile.mkdtemp(prefix="baocao-pg-", dir="/tmp"))
    try:
        if user:
            shutil.chown(home, user, pwd.getpwnam(user).pw_gid)
        server = PostgreSQL(home, found[-1].parent, user)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(home)


@contextmanager
def postgresql() -> Iterator[str]:
    """URL of an empty server."""
    with postgresql_server() as server:
        yield server.url()


@contextmanager
def s3() -> Iterator[tuple[str, dict[str, str]]]:
    """URL of an empty bucket of a SeaweedFS server, and the variables with which its clients reach it."""
    program = Path(sys.executable).with_name("weed")
    if not program.exists():
        missing("SeaweedFS is not installed (its binary comes with the development dependencies)")
    identity = {"name": "baocao", "actions": ["Admin", "Read", "Write", "List"]}
    key = {"accessKey": "baocao", "secretKey": "khong-bi-mat"}
    variables = {
        "AWS_ACCESS_KEY_ID": key["accessKey"],
        "AWS_SECRET_ACCESS_KEY": key["secretKey"],
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with tempfile.TemporaryDirectory(prefix="baocao-s3-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        Path(folder, "s3.json").write_text(json.dumps({"identities": [{**identity, "credentials": [key]}]}))
        own = [f"-dir={folder}", f"-s3.config={folder}/s3.json", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
        small = ["-master.volumeSizeLimitMB=64", "-volume.max=8", "-volume.preStopSeconds=0", "-master.telemetry=false"]
        small += ["-s3.port.iceberg=0", "-s3.port.lance=0"]  # two of these servers at once would fight over them
        for tries_left in (2, 1, 0):  # a port that was free may be somebody's by the time the server takes it
            port, arguments = _ports(("master", "volume", "filer", "s3"))
            variables["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{port['s3']}"
            with Path(folder, "log").open("w") as log:
                server = subprocess.Popen(
                    [str(program), "server", "-filer", "-s3", *own, *small, *arguments],
                    stdout=log,
                    stderr=log,
                    cwd=folder,
                    start_new_session=True,
                )
            try:
                if _has_bucket(variables, "baocao", server):
                    yield "s3://baocao/ban-goc", variables
                    return
            finally:
                # fsspec keeps its clients: the next server's would be sent to this one's address.
                fsspec.get_filesystem_class("s3").clear_instance_cache()
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(server.pid, signal.SIGKILL)
                server.wait()
            assert tries_left, Path(folder, "log").read_text()


def _has_bucket(variables: dict[str, str], name: str, server: subprocess.Popen[bytes]) -> bool:
    """Make the bucket once the server answers; False when it ended or never did."""
    code = "import fsspec, sys; fsspec.filesystem('s3').mkdir(sys.argv[1])"
    deadline = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < deadline:
        done = subprocess.run(
            [sys.executable, "-c", code, name], env=os.environ | variables, capture_output=True, check=False
        )
        if done.returncode == 0:
            return True
        time.sleep(0.3)
    return False


def _ports(names: tuple[str, ...]) -> tuple[dict[str, int], list[str]]:
    """Two free ports for each part of the server: HTTP, and gRPC between the parts."""
    ports = {name: free_port() for name in names}
    arguments = [f"-{name}.port={port}" for name, port in ports.items()]
    return ports, arguments + [f"-{name}.port.grpc={free_port()}" for name in names]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _unprivileged() -> str | None:
    """The user to run PostgreSQL as: it refuses root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def missing(reason: str) -> NoReturn:
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(f"{reason}: these tests did NOT run")
    pytest.skip(f"{reason}: these tests did NOT run")

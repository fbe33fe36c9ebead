"""Who works on what: a lock a name, across threads, processes and machines, that ends with whoever holds it.

There is no lease to renew and no clock to trust: PostgreSQL frees an advisory lock when the connection of its holder
is gone, the kernel frees a file lock when its process is. A lock lost through a broken connection may let two work on
one thing; that costs work, not truth, which UNIQUE constraints keep.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import struct
import threading
from abc import ABC, abstractmethod
from pathlib import Path

import sqlalchemy as sa

_KEEPALIVE = {
    "tcp_keepalives_idle": 30,
    "tcp_keepalives_interval": 10,
    "tcp_keepalives_count": 3,
}  # seconds, seconds, n
"""After about a minute without a sign PostgreSQL takes the holder's machine for gone."""
_TRY, _UNLOCK = (sa.text(f"SELECT {name}(:number)") for name in ("pg_try_advisory_lock", "pg_advisory_unlock"))


class Locks(ABC):
    """Locks by name. A name is held once, also within this process."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._held: set[int] = set()

    def acquire(self, name: str) -> bool:
        """Take the lock unless somebody has it; whether it is ours now."""
        number = _number(name)
        with self._mutex:
            if number in self._held or not self._try(number):
                return False
            self._held.add(number)
            return True

    def release(self, name: str) -> None:
        number = _number(name)
        with self._mutex:
            self._held.discard(number)
            self._free(number)

    @abstractmethod
    def _try(self, number: int) -> bool: ...

    @abstractmethod
    def _free(self, number: int) -> None: ...


def locks_beside(engine: sa.Engine) -> Locks:
    """The locks of all who share the database ``engine``: in PostgreSQL itself, or in a file next to SQLite's."""
    if engine.dialect.name == "postgresql":
        return DatabaseLocks(engine)
    return FileLocks(Path(f"{engine.url.database}.locks"))


class FileLocks(Locks):
    """Locks on single bytes of one file that stays empty."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._open: dict[int, int] = {}

    def _try(self, number: int) -> bool:
        # A lock of this kind belongs to the open file, not to the process: each has its own.
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, number, 1, 0))
        except OSError as error:
            os.close(descriptor)
            if isinstance(error, BlockingIOError | PermissionError):
                return False
            raise
        self._open[number] = descriptor
        return True

    def _free(self, number: int) -> None:
        if (descriptor := self._open.pop(number, None)) is not None:
            os.close(descriptor)


class DatabaseLocks(Locks):
    """PostgreSQL's advisory locks, all on one connection. Not through a pooler that shares connections."""

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__()
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._connection: sa.Connection | None = None

    def _try(self, number: int) -> bool:
        try:
            return self._ask(_TRY, number)
        except sa.exc.DBAPIError:  # the server was restarted, and what was held is free
            self._drop()
            return self._ask(_TRY, number)

    def _free(self, number: int) -> None:
        try:
            self._ask(_UNLOCK, number)
        except sa.exc.DBAPIError:
            self._drop()

    def _ask(self, statement: sa.TextClause, number: int) -> bool:
        if self._connection is None:
            self._connection = self._engine.connect()
            for name, value in _KEEPALIVE.items():
                self._connection.exec_driver_sql(f"SET {name} = {value}")
            for held in self._held:  # what a lost connection held; somebody may have been faster
                self._connection.scalar(_TRY, {"number": held})
        return bool(self._connection.scalar(statement, {"number": number}))

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


def _number(name: str) -> int:
    """63 bits of a hash: two names that share one only wait for each other."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> 1

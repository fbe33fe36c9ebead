"""Who may use the review page: users, their sessions, and how often a log-in may be tried.

Passwords are kept as argon2id hashes, session tokens as SHA-256. Attempts to log in are counted in the database, so
that several web processes share the count.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
import unicodedata
from functools import lru_cache
from typing import Literal

import argon2
import msgspec
import sqlalchemy as sa

from storage import history
from storage.database import reading
from storage.review_schema import login_attempts, sessions, users

Role = Literal["operator", "reviewer", "admin"]

SHORTEST_PASSWORD = 10
IDLE = dt.timedelta(hours=12)  # a session unused for so long is over
LONGEST = dt.timedelta(days=7)  # and so is one that was begun so long ago
WINDOW = dt.timedelta(minutes=15)
TRIES = 5  # failed log-ins in a window, of one name from one address
TRIES_IN_ALL = 50  # of one name from anywhere, and of one address whatever the name
_TOUCH = dt.timedelta(minutes=5)  # how exact ``seen_at`` is kept: not every request writes
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


class User(msgspec.Struct, frozen=True, kw_only=True):
    """``name`` is what they log in with, ``full_name`` what others read."""

    id: int
    name: str
    full_name: str
    role: Role
    active: bool
    created_at: dt.datetime


class UserError(ValueError):
    """A user cannot be made or changed like this; the message is for the admin, in Vietnamese."""


class BadCredentials(Exception):
    """The name or the password is wrong, or the user is not active; which of them is not told."""


class TooManyAttempts(Exception):
    """Too many failed log-ins; ``wait`` until the next may be tried."""

    def __init__(self, wait: dt.timedelta) -> None:
        super().__init__(f"wait {wait}")
        self.wait = wait


class Users:
    """All users of a database opened by `storage.open_database`. Every change is told in the history."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def all(self) -> list[User]:
        with reading(self._engine) as connection:
            rows = connection.execute(sa.select(*_COLUMNS).order_by(users.c.name))
            return [User(**row._mapping) for row in rows]

    def create(self, name: str, full_name: str, role: Role, password: str, *, actor: str | None) -> User:
        """Raises `UserError`. ``actor`` None: from the command line."""
        name, full_name = name.strip().lower(), " ".join(unicodedata.normalize("NFC", full_name).split())
        if not _NAME.fullmatch(name):
            raise UserError("Tên đăng nhập dài 2–32 ký tự: chữ không dấu, số, dấu chấm, gạch nối, gạch dưới.")
        _check_password(password, name)
        values = {"name": name, "full_name": full_name or name, "role": role, "active": True, "created_at": _now()}
        hashed = _hasher().hash(password)
        try:
            with self._engine.begin() as connection:
                key = connection.execute(users.insert().values(**values, password_hash=hashed)).inserted_primary_key
                assert key is not None
                after = {"full_name": values["full_name"], "role": role, "active": True}
                history.record(connection, actor=actor, action="create_user", subject=f"user:{name}", after=after)
        except sa.exc.IntegrityError as error:
            raise UserError(f"Đã có người dùng tên {name}.") from error
        return msgspec.convert({"id": key[0], **values}, User)

    def change(self, user_id: int, *, full_name: str, role: Role, active: bool, actor: str) -> User:
        """Raises LookupError, and `UserError` when no active admin would be left. Sessions of a user who is no longer
        active end at once."""
        after = {"full_name": " ".join(full_name.split()), "role": role, "active": active}
        with self._engine.begin() as connection:
            old = _one(connection, users.c.id == user_id, for_update=True)
            if old is None:
                raise LookupError(f"no user {user_id}")
            after["full_name"] = after["full_name"] or old.full_name
            connection.execute(users.update().where(users.c.id == user_id).values(**after))
            admins = (users.c.role == "admin") & users.c.active
            if not connection.scalar(sa.select(sa.func.count()).where(admins)):
                raise UserError("Phải còn ít nhất một người quản trị đang hoạt động.")
            if not active:
                connection.execute(sessions.delete().where(sessions.c.user_id == user_id))
            before = {name: getattr(old, name) for name in after}
            history.record(
                connection, actor=actor, action="change_user", subject=f"user:{old.name}", before=before, after=after
            )
        return msgspec.structs.replace(old, **after)

    def set_password(self, user_id: int, password: str, *, actor: str | None, keep: str | None = None) -> None:
        """A new password; every session of the user ends, except that of the token ``keep``. Raises `UserError`."""
        with reading(self._engine) as connection:
            user = _one(connection, users.c.id == user_id)
        if user is None:
            raise LookupError(f"no user {user_id}")
        _check_password(password, user.name)
        hashed = _hasher().hash(password)
        with self._engine.begin() as connection:
            connection.execute(users.update().where(users.c.id == user_id).values(password_hash=hashed))
            other = sessions.c.token_hash != _digest(keep or "")
            connection.execute(sessions.delete().where((sessions.c.user_id == user_id) & other))
            history.record(connection, actor=actor, action="set_password", subject=f"user:{user.name}")

    def password_is(self, user_id: int, password: str) -> bool:
        with reading(self._engine) as connection:
            hashed = connection.scalar(sa.select(users.c.password_hash).where(users.c.id == user_id))
        return _matches(hashed, password)

    # Sessions -------------------------------------------------------------------------------------------------------

    def log_in(self, name: str, password: str, address: str) -> tuple[User, str]:
        """The user and a new session's token. Raises `BadCredentials`, `TooManyAttempts`."""
        name, now = name.strip().lower()[:64], _now()
        attempt = self._count_attempt(name, address[:64], now)
        with reading(self._engine) as connection:
            user = _one(connection, users.c.name == name)
            hashed = connection.scalar(sa.select(users.c.password_hash).where(users.c.name == name))
        if not _matches(hashed, password) or user is None or not user.active:
            raise BadCredentials
        token = secrets.token_urlsafe(32)
        with self._engine.begin() as connection:
            connection.execute(login_attempts.update().where(login_attempts.c.id == attempt).values(succeeded=True))
            connection.execute(sessions.delete().where(_over(now)))
            connection.execute(
                sessions.insert().values(token_hash=_digest(token), user_id=user.id, created_at=now, seen_at=now)
            )
        return user, token

    def of_session(self, token: str) -> User | None:
        """Whose session this is; None when it is over or never was."""
        now = _now()
        here = sessions.c.token_hash == _digest(token)
        query = sa.select(*_COLUMNS, sessions.c.seen_at).join(sessions, sessions.c.user_id == users.c.id)
        with reading(self._engine) as connection:
            row = connection.execute(query.where(here & ~_over(now) & users.c.active)).one_or_none()
        if row is None:
            return None
        if now - row.seen_at > _TOUCH:
            with self._engine.begin() as connection:
                connection.execute(sessions.update().where(here).values(seen_at=now))
        return User(**{column.name: row._mapping[column.name] for column in _COLUMNS})

    def log_out(self, token: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(sessions.delete().where(sessions.c.token_hash == _digest(token)))

    def _count_attempt(self, name: str, address: str, now: dt.datetime) -> int:
        """Note an attempt as failed before the password is looked at, so that parallel ones count each other."""
        recent = (login_attempts.c.at > now - WINDOW) & ~login_attempts.c.succeeded
        mine, from_here = login_attempts.c.name == name, login_attempts.c.address == address
        with self._engine.begin() as connection:
            connection.execute(login_attempts.delete().where(login_attempts.c.at < now - 4 * WINDOW))
            for which, limit in ((mine & from_here, TRIES), (mine, TRIES_IN_ALL), (from_here, TRIES_IN_ALL)):
                query = sa.select(login_attempts.c.at).where(recent & which).order_by(login_attempts.c.at)
                failed = list(connection.scalars(query))
                if len(failed) >= limit:
                    raise TooManyAttempts(failed[-limit] + WINDOW - now)
            values = {"name": name, "address": address, "at": now, "succeeded": False}
            key = connection.execute(login_attempts.insert().values(**values)).inserted_primary_key
            assert key is not None
            return int(key[0])


_COLUMNS = tuple(users.c[name] for name in User.__struct_fields__)


def _one(connection: sa.Connection, which: sa.ColumnElement[bool], *, for_update: bool = False) -> User | None:
    query = sa.select(*_COLUMNS).where(which)
    row = connection.execute(query.with_for_update() if for_update else query).one_or_none()
    return None if row is None else User(**row._mapping)


def _over(now: dt.datetime) -> sa.ColumnElement[bool]:
    return (sessions.c.seen_at < now - IDLE) | (sessions.c.created_at < now - LONGEST)


def _check_password(password: str, name: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise UserError(f"Mật khẩu phải có ít nhất {SHORTEST_PASSWORD} ký tự.")
    if len(password) > 1000:
        raise UserError("Mật khẩu quá dài.")
    if name in password.lower() or len(set(password)) < 4:
        raise UserError("Mật khẩu quá dễ đoán.")


def _matches(hashed: str | None, password: str) -> bool:
    """A wrong name takes as long as a wrong password."""
    try:
        return _hasher().verify(hashed or _nobody(), password[:1000]) and hashed is not None
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _hasher() -> argon2.PasswordHasher:
    """RFC 9106's second choice: 64 MiB, three passes; on one lane, as many may log in at once."""
    return argon2.PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)

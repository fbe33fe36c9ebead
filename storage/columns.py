"""Column types that read the same from SQLite and PostgreSQL: aware UTC times, storable text, JSON of typed values."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

from normalizers import fold

_WORD = re.compile(r"[^\W_]+")
_SURROGATE = re.compile("[\ud800-\udfff]")


def storable(text: str) -> str:
    """Text that both databases and UTF-8 accept: NUL becomes U+FFFD, a lone surrogate its ``\\udcxx`` escape.

    Lone surrogates come with file names that are no UTF-8, NUL with damaged documents.
    """
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) if _SURROGATE.search(text) else text


def words_of(text: str | None) -> str:
    """The words of ``text`` in lower case without any Vietnamese mark, a space between two: what search compares."""
    return " ".join(_WORD.findall(fold(storable(text or ""))))


class CleanText(TypeDecorator[str]):
    """Text of any origin."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: sa.Dialect) -> str | None:
        return None if value is None else storable(value)


class UtcTime(TypeDecorator[dt.datetime]):
    """A moment; naive times are refused, as nobody could tell later which clock they meant."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, _dialect: sa.Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time: {value}")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, _dialect: sa.Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Json(TypeDecorator[Any]):
    """A value of type ``kind`` as JSON text. PostgreSQL's jsonb is not used: it refuses U+0000."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind
        self._decode = msgspec.json.Decoder(kind).decode

    def process_bind_param(self, value: Any, _dialect: sa.Dialect) -> str | None:
        return None if value is None else to_json_text(value)

    def process_result_value(self, value: str | None, _dialect: sa.Dialect) -> Any:
        return None if value is None else self._decode(value)


def to_json_text(value: Any) -> str:
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:  # a lone surrogate somewhere inside
        return msgspec.json.encode(_storable_deep(msgspec.to_builtins(value))).decode()


def _storable_deep(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(key): _storable_deep(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_storable_deep(one) for one in value]
    return value

"""Which sources a run takes its files from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from extractors.intake import DEFAULT_LIMITS
from flows import mailbox
from flows.inbox import Files, InboxError, Item, Source
from flows.settings import Settings


@contextmanager
def opened(settings: Settings, paths: Sequence[str] | None) -> Iterator[Source]:
    """``paths``; without any, the inbox of the settings and their mailbox. Raises `InboxError` when none is there."""
    if paths:
        yield Files(map(Path, paths), settings.inbox_done, settings.inbox)
        return
    wanted: list[Callable[[Settings], Source]] = [_mailbox] if settings.mailbox else []
    if settings.inbox.is_dir() or not settings.mailbox:
        wanted.append(_folder)
    found: list[Source] = []
    trouble: list[InboxError] = []
    with ExitStack() as stack:
        for opening in wanted:
            try:
                found.append(stack.enter_context(closing(opening(settings))))
            except InboxError as error:
                trouble.append(error)
        if not found:
            raise trouble[0]
        yield Several(found, trouble)


class Several(Source):
    """One source after another; what went wrong with one of them is raised when the others have been read."""

    def __init__(self, sources: Sequence[Source], trouble: Sequence[InboxError]) -> None:
        super().__init__()
        self._sources, self._trouble = sources, list(trouble)

    def __len__(self) -> int:
        return sum(map(len, self._sources))

    def __iter__(self) -> Iterator[Item]:
        for source in self._sources:
            try:
                yield from source
            except InboxError as error:
                self._trouble.append(error)
            self.waiting += source.waiting
        for trouble in self._trouble:
            raise trouble

    def check(self) -> None:
        for source in self._sources:
            source.check()

    def taken(self, item: Item, *, whole: bool) -> None:
        item.source.taken(item, whole=whole)


def _folder(settings: Settings) -> Files:
    if not settings.inbox.is_dir():
        raise InboxError(f"Không có hộp đến {settings.inbox} (thư mục mạng chưa nối?).")
    return Files([settings.inbox], settings.inbox_done, settings.inbox)


def _mailbox(settings: Settings) -> mailbox.Mailbox:
    try:
        where = mailbox.address(settings.mailbox)
    except ValueError as error:
        raise InboxError(str(error)) from error
    secret = mailbox.password(settings.mailbox_password_file)
    return mailbox.Mailbox(where, secret, max_bytes=DEFAULT_LIMITS.size, done=settings.mailbox_done)

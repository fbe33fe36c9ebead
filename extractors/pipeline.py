"""One file → one report: identify, read, restore, understand; in this process or in a sandboxed child."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import msgspec

from campaigns.model import Campaign
from extractors import sandbox
from extractors.document import Document, Notice
from extractors.errors import Rejected
from extractors.intake import identify
from extractors.report import Report

PIPELINE_VERSION = "2024.1"
"""Grows whenever the same bytes may give another report; stored answers are kept by (sha256, version)."""

Progress = Callable[[int, int], None]

# Warnings after which a person must look: nobody knows whose report it is, or part of the file was not read.
INCOMPLETE = frozenset({"unit_unknown", "no_answers", "letter_only", "sheet_cut", "formula_without_value"})
UNREAD = ("unreadable", "not_read", "broken", "damaged", "skipped")  # parts of the readers' codes


def extract(  # noqa: PLR0913 - each by its name
    path: Path,
    campaign: Campaign,
    *,
    name: str | None = None,
    progress: Progress | None = None,
    depth: int = 0,
    learned: tuple[str, ...] = (),
) -> Report:
    """The report of the file at ``path``; ``name`` is the name it was received under, ``progress(done, total)`` pages.
    ``learned``: names and phrases that people confirmed in other reports on the campaign.

    Of an archive or a letter that holds exactly one file, that file's report, under the name ``a.zip/b.docx``
    (``depth`` counts the containers around ``path``). Meant to run inside a sandboxed child: it opens foreign bytes.
    Raises `Rejected` when the file cannot be read; ``container`` when it holds several.
    """
    from extractors.containers import attachments  # noqa: PLC0415 - parsers load where they are used, in the child
    from extractors.reading import read  # noqa: PLC0415 - spaCy too
    from extractors.restoring import restore  # noqa: PLC0415
    from extractors.understanding import understand  # noqa: PLC0415

    source = identify(path, name)
    if source.media_type in attachments.MEDIA_TYPES:
        if depth >= attachments.MAX_DEPTH:
            raise Rejected("too_deep")
        with tempfile.TemporaryDirectory(prefix="members-") as folder:
            only = attachments.only_member(path, source.media_type, Path(folder))
            inside = f"{source.name}/{only.name}"
            file = Path(folder, only.file or "")
            return extract(file, campaign, name=inside, progress=progress, depth=depth + 1, learned=learned)
    document: Document = read(path, source, progress or sandbox.heartbeat)
    restored, repairs = restore(document, (*phrases(campaign), *learned))
    return understand(restored, repairs, campaign)


def phrases(campaign: Campaign) -> tuple[str, ...]:
    """Texts that a report on ``campaign`` is likely to hold, for the repair of lost letters."""
    letter = campaign.letter
    found: list[str] = [letter.issuer, letter.subject, letter.number, *letter.cites]
    for item in campaign.items:
        found += [item.title, *item.aliases]
    for column in campaign.columns:
        found += [column.title, *column.aliases]
    for group in campaign.groups.values():
        for point in group.points:
            found += [point.title, *point.aliases]
    for unit in campaign.units:
        found += [unit.name, *unit.aliases]
    return tuple(dict.fromkeys(found))


def shortcoming(report: Report) -> Notice | None:
    """The first warning that makes a report partial: something was lost in reading, or a person must decide."""
    for notice in report.warnings:
        if notice.code in INCOMPLETE or any(word in notice.code for word in UNREAD):
            return notice
    return None


def extract_sandboxed(
    path: Path,
    campaign: Campaign,
    name: str | None = None,
    on_progress: Progress | None = None,
    learned: tuple[str, ...] = (),
) -> Report:
    """`extract` in a child process with limits. Raises `Rejected`, also for ``timeout``, ``crashed`` and their like."""
    answer = sandbox.run(extract_bytes, str(path.resolve()), _packed(campaign), name, learned, on_progress=on_progress)
    return msgspec.msgpack.decode(answer, type=Report)


def extract_bytes(path: str, campaign: bytes, name: str | None, learned: tuple[str, ...] = ()) -> bytes:
    """What the child runs: `extract` with arguments and result that cross a pipe as plain bytes."""
    report = extract(Path(path), _unpacked(campaign), name=name, learned=learned)
    return msgspec.msgpack.encode(report)


@lru_cache(maxsize=1)
def _unpacked(campaign: bytes) -> Campaign:
    """Kept from one document to the next: of thousands of units it takes milliseconds."""
    return msgspec.msgpack.decode(campaign, type=Campaign)


_PACKED: dict[int, tuple[Campaign, bytes]] = {}


def _packed(campaign: Campaign) -> bytes:
    """The campaign as bytes, kept for the last one used."""
    held = _PACKED.get(id(campaign))
    if held is None or held[0] is not campaign:
        _PACKED.clear()
        held = (campaign, msgspec.msgpack.encode(campaign))
        _PACKED[id(campaign)] = held
    return held[1]

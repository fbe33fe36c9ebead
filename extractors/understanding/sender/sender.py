"""Where a report says whose it is: the places `unit.match_unit` is given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractors.report import UnitMatch
from extractors.understanding.form import Case
from extractors.understanding.sender.segments import Head
from extractors.understanding.sender.self_named import captioned, labelled, mailed, passed_on, reporting
from extractors.understanding.sender.unit import Evidence, match_unit
from extractors.understanding.sender.unit_names import Registry

OPENING = 4  # sentences at the top in which a report says who sends it


def find_sender(case: Case, registry: Registry, head: Head, file_name: str) -> UnitMatch:
    """The unit that sent the report, by its head, labels, opening sentences, signature, caption, mail and file name."""
    free = [
        line
        for line in case.flow.lines
        if not line.blank and case.ledger.owners.get(line.key) not in ("duplicate", "letter")
    ]
    opening = [line.full for line in free[:60] if line.key not in head.aside and case.ledger.free(line)]
    named = [reporting(text) for text in [text for text in opening if 25 < len(text) < 700][:OPENING]]
    forwarded = any(passed_on(line.full) for line in free[:12])
    evidence = Evidence(
        letterhead=head.letterhead(),
        above=tuple(head.above),
        symbol=head.symbol,
        file_name=file_name,
        opening=tuple(text for text in named if text),
        signature=tuple(head.signature_texts),
        labelled=tuple(text for line in free[:40] if (text := labelled(line.full))),
        captions=tuple(_captions([line.full for line in free]))[:1],
        mail=() if forwarded else tuple(text for line in free[:12] if (text := mailed(line.full))),
    )
    return match_unit(registry, evidence)


def _captions(lines: Sequence[str]) -> Iterator[str]:
    """Whose reports the captions name; one may go on in the next line."""
    for at, text in enumerate(lines):
        if "(" in text:
            whole = text if ")" in text else " ".join([text, *lines[at + 1 : at + 2]])
            if whose := captioned(whole):
                yield whose

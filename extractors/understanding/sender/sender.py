"""Where a report says whose it is: the places `unit.match_unit` is given."""

from __future__ import annotations

import re

from extractors.report import UnitMatch
from extractors.understanding.form import Case
from extractors.understanding.ground.folding import fold
from extractors.understanding.sender.segments import Head
from extractors.understanding.sender.unit import Evidence, match_unit
from extractors.understanding.sender.unit_names import Registry

_LABELLED = re.compile(r"^\W*(?:ten )?(?:don vi|truong|co quan)(?: bao cao| gui bao cao| thuc hien)?\s*:\s*(.{4,120})$")
_INSTITUTION = re.compile(r"\b(?:truong|phong|trung tam|uy ban|ubnd|thpt|don vi|van phong|thanh tra)\b")


def find_sender(case: Case, registry: Registry, head: Head, file_name: str) -> UnitMatch:
    """The unit that sent the report, by letterhead, labels, opening sentences, signature and file name."""
    free = [
        line
        for line in case.flow.lines
        if not line.blank and case.ledger.owners.get(line.key) not in ("duplicate", "letter")
    ]
    opening = [line.full for line in free[:60] if line.key not in head.aside and case.ledger.free(line)]
    named = [_reporting(text) for text in [text for text in opening if 40 < len(text) < 700][:4]]
    evidence = Evidence(
        letterhead=head.letterhead(),
        symbol=head.symbol,
        file_name=file_name,
        opening=tuple(text for text in named if text),
        signature=tuple(head.signature_texts),
        labelled=tuple(line.full[match.start(1) :] for line in free[:40] if (match := _LABELLED.match(line.folded))),
    )
    return match_unit(registry, evidence)


def _reporting(text: str) -> str:
    """The stretch of an opening sentence that names who reports: what stands just before "báo cáo"."""
    text = re.sub(r"\([^()]*\)", "", text)
    folded = fold(text)
    first = re.search(r"\bcua\b", folded) if folded.startswith(("can cu", "thuc hien")) else None
    names = []
    for match in re.finditer(r"\b(?:xin |kinh |tien hanh )?bao cao\b", folded):
        piece = text[max(0, match.start() - 90) : match.start()]
        comma = piece.rfind(",")
        if (
            first
            and match.start() > first.start()
            and (comma < 0 or match.start() - len(piece) + comma < first.start())
        ):
            continue  # what others ordered to be reported
        names.append(piece[comma + 1 :])
    return " ".join(name for name in names if _INSTITUTION.search(fold(name)))

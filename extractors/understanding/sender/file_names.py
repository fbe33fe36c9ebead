"""Which units the name of a file names: words run together, the kind apart from the place, receivers left out."""

from __future__ import annotations

import re

from extractors.understanding.sender.short_names import run_together
from extractors.understanding.sender.unit_names import STRONG_KINDS, Registry, kinds_of, plain

GLUED = 8  # letters of a name that can be known where its words run together
APART = 0.95  # score of a place whose kind of institution stands elsewhere: "QUAN_7_PGDDT"
BARE = 0.6  # score of a school's name without what it is: schools of other levels are named so too
_OF_A_PLACE = frozenset({"pgd", "ubnd", "gdnngdtx", "gdtx"})  # named by their district alone
_ENDING = re.compile(r"\.\w{2,4}$")
# whom it was sent to, and whose form it was made from: "gui Phong GDTrH", "mau cua THPT Gia Dinh"
_RECEIVER = re.compile(r"\b(?:gui(?: (?:ve|cho|den|toi|len))?|mau(?: cua)?) $")


def units_of_file(registry: Registry, file_name: str) -> dict[str, float]:
    """Unit → how surely the name of the file names it (0–1)."""
    evidence = plain(_ENDING.sub("", file_name))
    if not evidence:
        return {}
    padded, words = f" {evidence} ", evidence.split()
    within = registry.within(evidence)
    found = {unit: score for unit, (score, _, name) in within.items() if not _received(padded, name.text)}
    kinds = kinds_of(evidence) & STRONG_KINDS - {"trungtam", "gddt"}
    if len(kinds) == 1 and kinds <= _OF_A_PLACE and not _received(padded, *kinds):
        for name in registry.names:
            if name.kinds & kinds and found.get(name.unit.id, 0.0) < APART and _placed(padded, name.core):
                found[name.unit.id] = APART
    return found or ({} if within else _glued(registry, words))


def schools_of_file(registry: Registry, file_name: str) -> dict[str, float]:
    """Units whose own words stand in a file's name that says no kind of institution; candidates and no more."""
    evidence = plain(_ENDING.sub("", file_name))
    if kinds_of(evidence) & STRONG_KINDS:
        return {}
    held = (name for name in registry.names if len(name.core.split()) >= 3 and f" {name.core} " in f" {evidence} ")
    return {name.unit.id: BARE for name in held}


def _placed(padded: str, core: str) -> bool:
    """Whether the district stands in the name; a bare figure numbers something else."""
    return bool(core) and (not core.isdigit() or f" quan {core} " in padded) and f" {core} " in padded


def _received(padded: str, name: str) -> bool:
    return bool(_RECEIVER.search(padded[: padded.find(f" {name} ") + 1]))


def _glued(registry: Registry, words: list[str]) -> dict[str, float]:
    """Units whose words the file's name runs together: "baocao_THPTnguyenhuucau"."""
    run = "".join(words)
    found: dict[str, float] = {}
    for name in registry.names:
        strong = name.kinds & STRONG_KINDS
        if strong and not any(kind in run for kind in strong):
            continue
        if strong & set(words) and " " in name.core and run_together(words, name.core):
            found[name.unit.id] = max(found.get(name.unit.id, 0.0), 0.95)
        elif len(name.core) >= GLUED and name.core.replace(" ", "") in run:
            found[name.unit.id] = max(found.get(name.unit.id, 0.0), 0.85)
    return found

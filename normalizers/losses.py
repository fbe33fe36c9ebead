"""Which lossy channel a document's lines went through, and the changes that undo it.

Marks show their lines; silent damage must explain a line far better than nothing does, unless other lines of the
document have proved it: then headings and cells of a word or two follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from normalizers import survey
from normalizers.atoms import MARK
from normalizers.channels import BEST_FIT, MISREAD, NO_MARKS, NO_TONES, TCVN3_NO_U
from normalizers.damaged_words import LossyLine
from normalizers.language_model import default_model
from normalizers.lattice import Adaptation
from normalizers.lost_letters import Batches, as_it_stands, decode_lines
from normalizers.plan import Change
from normalizers.syllables import LETTERS
from normalizers.vocabulary import prefers_new_placement

# A freer channel explains more by itself; it must beat the stricter one by this many nats a line,
CHANNEL_PRICE = 4.0
CHANNEL_SAMPLE = 100  # lines that decide
# and silent damage must beat leaving the line alone by this many nats a line and a changed word,
PRICE, PRICE_WORD = 5.0, 1.0
# in a document where so many lines have shown the damage: by these.
PROOF_LINES, PROVEN_PRICE, PROVEN_PRICE_WORD = 2, 0.0, 0.5
# Bare words read as Vietnamese must make likely text: at least so many nats a word, more than chance where few.
BARE = (NO_MARKS, NO_TONES)
FLUENT, FEW_PRICE = -8.0, 14.0
# Least share of Vietnamese words once restored: other languages stay below; where the line is Vietnamese as it stands.
LEGAL, LEGAL_MISREAD = 0.8, 0.6

Adapt = Callable[[Iterable[LossyLine]], Adaptation]


def changes(text: str, lines: Sequence[tuple[int, str]], adapt: Adapt) -> list[Change]:
    """The changes that restore lost letters in ``text``, cut into ``lines`` (offset, line). ``adapt`` makes the
    document's own model from all but the lines it is given."""
    marked = survey.marked_lines(lines) if MARK.search(text) else []
    found: list[Change] = []
    chosen = ""
    if marked:
        chosen, decoding = _channel(marked, survey.channels_of_marks(marked), adapt(marked))
        found = [c for i in range(len(marked)) for c in decoding.changes(i)]
    words = LETTERS.findall(text)
    suspects = survey.silent_lines(lines, set(words), chosen == BEST_FIT)
    if suspects:
        newer = prefers_new_placement(words)
        adaptation = adapt([*marked, *(line for group in suspects.values() for line in group)])
        done = {line.offset for line in marked}
        for name, group in suspects.items():
            fresh = [msgspec.structs.replace(line, new_placement=newer) for line in group if line.offset not in done]
            explained = silent(fresh, adaptation)
            done |= {line.offset for line, _ in explained}
            if len(explained) >= PROOF_LINES or name == chosen:
                rest = survey.further_lines([line for line in lines if line[0] not in done], name)
                rest = [msgspec.structs.replace(line, new_placement=newer) for line in rest]
                # Lines that may be damaged teach nothing, those that were explained neither.
                explained += silent(rest, adapt([*fresh, *marked, *rest]), proven=True)
                done |= {line.offset for line, _ in explained}
            found += [c for _, own in explained for c in own]
        found.sort(key=lambda c: c.start)
    return found


def _channel(marked: Sequence[LossyLine], names: Sequence[str], adaptation: Adaptation) -> tuple[str, Batches]:
    """The channel that explains a sample of the marked lines best, and all of them decoded under it."""
    sample = marked[:: 1 + len(marked) // CHANNEL_SAMPLE]
    best, chosen, decoded = float("-inf"), names[0], None
    for number, name in enumerate(names if len(names) > 1 else ()):
        trial = [msgspec.structs.replace(line, channel=name, whole=True) for line in sample]
        decoding = decode_lines(trial, default_model(), adaptation)
        value = sum(decoding.evidence) - (CHANNEL_PRICE * len(sample) if number else 0.0)
        if value > best:
            best, chosen, decoded = value, name, decoding
    if decoded is None or len(sample) < len(marked):
        lines = [msgspec.structs.replace(line, channel=chosen) for line in marked]
        decoded = decode_lines(lines, default_model(), adaptation)
    return chosen, decoded


def silent(
    lines: Sequence[LossyLine], adaptation: Adaptation, *, proven: bool = False
) -> list[tuple[LossyLine, list[Change]]]:
    """Those of ``lines`` that their silent channel explains so much better than nothing does, with their changes."""
    model = default_model()
    explained = decode_lines(lines, model, adaptation)
    plain = as_it_stands(lines, model, adaptation)
    base, word = (PROVEN_PRICE, PROVEN_PRICE_WORD) if proven else (PRICE, PRICE_WORD)
    out = []
    for number, (with_, without) in enumerate(zip(explained.evidence, plain, strict=True)):
        least = LEGAL_MISREAD if lines[number].channel in (*MISREAD, TCVN3_NO_U) else LEGAL
        price = base + word * explained.restored(number)
        if lines[number].channel in BARE and not proven:
            words = explained.words(number)
            if with_ < FLUENT * words:
                continue
            price = max(price, FEW_PRICE if words < survey.LEAST_WORDS else 0.0)
        if with_ - without > price and explained.legal_share(number) >= least:
            out.append((lines[number], explained.changes(number)))
    return out

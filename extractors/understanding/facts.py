"""Figures that answers state: money in đồng with its source, counts with what they count, percents, cited documents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from extractors.report import Fact, FundingSource
from extractors.understanding.amounts import SCALES, is_numeral, number, spelled
from extractors.understanding.folding import fold, squeeze
from extractors.understanding.language import counted_matcher, money_matcher, pipeline
from extractors.understanding.lines import Line, places

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

_MEASURE = re.compile(
    r"(?:dvt|don vi tinh|don vi|dv)\s*[:.]?\s*\(?\s*(?:(1\.000\.000|1\.000|nghin|ngan|trieu|tr\.?|ty|ti)\s*)?(?:dong|d\b|vnd)|"
    r"\(\s*(?:(1\.000\.000|1\.000|nghin|ngan|trieu|tr\.?|ty|ti)\s*)?(?:dong|d|vnd)\s*\)|\b(trieu|nghin|ngan|ty)\s+dong\s*$"
)
_MEASURES = {"1.000.000": 10**6, "1.000": 10**3, "nghin": 10**3, "ngan": 10**3, "trieu": 10**6, "tr": 10**6, "tr.": 10**6, "ty": 10**9, "ti": 10**9}  # fmt: skip
_DOCUMENT = re.compile(r"^(\d{1,5}[a-z]?)\s?/\s?((?:\d{4}\s?/\s?)?[A-ZĐ][\w&]*(?:\s?[-–]\s?[A-ZĐ][\w&]*)*)$")
_SHORT_DOCUMENT = re.compile(
    r"\b(?:qd|quyet dinh|ke hoach|kh|cong van|cv|nghi quyet|nq|chi thi|ct|de an)\s*(?:so\s*)?:?\s*(\d{2,5})\b(?!\s*[/.,]\d|\s*/|\s*[%])"
)
_ATTACHED = re.compile(
    r"^[\s,]*\(?\s*(?:(?:da|duoc|toan bo|deu|chu yeu|hoan toan|100%|la|tat ca)\s+)*"
    r"(?:(?:trich|lay|huy dong|su dung|chi|cap|dau tu|bo tri|van dong|tai tro|chi tra|kinh phi|nguon|von|thuoc|nguon kinh phi|nguon von)\s+)*"
    r"(?:tu|bang|do|cua|thuoc|qua|theo|nguon|von|la|den tu|kinh phi)(?:\s+(?:cac|nguon|von|kinh phi|phi|quy|nhung|tien|mot|so|ban|toan bo|nguon von|nguon thu|tap the|hoi|cong ty|don vi|cac don vi|cac nguon))*\s*$"
)
_DIRECT = re.compile(r"^[\s,]*\(?\s*(?:nguon|von|kinh phi|nguon von)?\s*$")
_CHAIN = re.compile(
    r"^[\s,/;&+-]*(?:va|cung|cung voi|ket hop|ket hop voi|lan|hoac|nguon|von|kinh phi|tu|cac|nguon von|nha nuoc|\s)*$"
)
_PARTS = re.compile(r"[,;)\n]|\bva\b|\bcon\b|\.\s")
_TOTAL = re.compile(r"\btong\b|\btong (?:so|kinh phi|cong)\b")
_IN_WORDS = re.compile(r"(?:bang chu|viet bang chu)\s*:?\s*$")
# What may follow an amount that names no currency; anything else is a thing counted in millions.
_AFTER_MONEY = frozenset(
    "tu do bang de cho mua nam va con trong thuoc kinh nguon von chi la duoc o tai nham voi xhh ngan ns nsnn xa cua den toi "
    "tren duoi moi mot gom bao da se tuong doi hang vao theo thi nhung so dau sua trang lap phuc hoc quy thang giai tai trich".split()
)
_NOT_MONEY_BEFORE = re.compile(
    r"(?:nam|so|ngay|thang|quy|khoan|muc|lop|khoi|giai doan|dieu|hoc ky|nam hoc|trang|stt|thu|tu nam|den nam)\s*$"
)


@dataclass(frozen=True, slots=True)
class Passage:
    """Text to look for facts in.

    ``head`` is the heading of its column, ``scale`` the unit of money stated for it (đồng per unit), ``money`` whether
    bare figures in it are amounts.
    """

    lines: tuple[Line, ...]
    item: int | None = None
    column: str | None = None
    head: str = ""
    scale: int | None = None
    money: bool = False


@dataclass(frozen=True, slots=True)
class _Amount:
    start: int
    end: int
    low: int
    high: int | None


def measure(text: str) -> int | None:
    """đồng per unit that a heading or caption states ("ĐVT: triệu đồng" → 1000000), None when it states none."""
    match = _MEASURE.search(fold(text))
    if not match:
        return None
    named = (match[1] or match[2] or match[3] or "").strip()
    return _MEASURES.get(named, 1) if named else 1


def source_of(text: str) -> FundingSource | None:
    """The one source of money that a heading names; None when it names none or both."""
    labels = {entity.label_ for entity in pipeline()(squeeze(text)).ents} if text else set()
    return _only(labels)


def _only(labels: set[str]) -> FundingSource | None:
    if labels == {"BUDGET"}:
        return "budget"
    if labels == {"SOCIALISED"}:
        return "socialised"
    return None


def find_facts(passages: Sequence[Passage], cites: Sequence[str]) -> list[Fact]:
    """Facts of all ``passages`` in order. ``cites``: document numbers the letter cites, to complete short mentions."""
    short: dict[str, str] = {}
    for cite in cites:
        short.setdefault(cite.partition("/")[0], cite)
    nlp = pipeline()
    facts: list[Fact] = []
    prepared = [(passage, *_text(passage)) for passage in passages]
    for (passage, text, offsets), doc in zip(prepared, nlp.pipe(text for _, text, _ in prepared), strict=True):
        facts += _passage_facts(passage, text, offsets, doc, short)
    return facts


def _text(passage: Passage) -> tuple[str, list[int]]:
    """The passage as text (lines broken inside a sentence are joined) and the offset where each line starts."""
    text, offsets = "", []
    for line in passage.lines:
        piece = squeeze(line.full)
        if text and piece:
            broken = (
                not line.first and not text.rstrip().endswith((".", ";", ":", "!", "?")) and piece[0] not in "-–+•*"
            )
            goes_on = piece[0].islower() and not re.match(r"[a-hđ][.)]", piece)
            text += " " if broken and (goes_on or line.ocr) else "\n"
        offsets.append(len(text))
        text += piece
    return text, offsets


def _passage_facts(
    passage: Passage, text: str, offsets: list[int], doc: Doc, short: Mapping[str, str]
) -> Iterator[Fact]:
    head_source = source_of(passage.head)
    amounts = _amounts(doc, passage)
    label: FundingSource | None = None
    counted = {span.start: span for span in counted_matcher()(doc, as_spans=True)}
    for sentence in doc.sents:
        said = sentence.text.strip()
        if not said:
            continue
        inside = [amount for amount in amounts if sentence.start <= amount.start < sentence.end]
        sources = _sources(sentence, inside)
        opened = _label(sentence, inside)
        if opened is not False:
            label = opened
        where = places(_lines_at(passage, offsets, sentence.start_char, sentence.end_char))

        def fact(
            kind: str,
            value: int | float | str,
            unit: str | None,
            source: FundingSource | None = None,
            to: int | None = None,
        ) -> Fact:
            return Fact(
                kind=kind,  # type: ignore[arg-type]  # noqa: B023
                value=value,
                unit=unit,
                funding_source=source,
                item=passage.item,
                column=passage.column,
                sentence=said,  # noqa: B023
                provenance=where,  # noqa: B023
                value_to=to,
            )

        taken: set[int] = set()
        for amount, found in zip(inside, sources, strict=True):
            taken |= set(range(amount.start, amount.end))
            source = found
            if source is None and not _both(sentence, amount, inside):
                total = _TOTAL.search(fold(doc[sentence.start : amount.start].text))
                source = None if total else (label or head_source)
            yield fact("money", amount.low, "VND", source, amount.high)
        yield from _others(doc, sentence, taken, counted, short, fact)  # type: ignore[arg-type]


def _others(
    doc: Doc, sentence: Span, taken: set[int], counted: dict[int, Span], short: Mapping[str, str], fact: object
) -> Iterator[Fact]:
    """Percents, counts and documents of one sentence."""
    make = fact  # type: ignore[assignment]
    seen: set[str] = set()
    for token in sentence:
        if token.i in taken:
            continue
        document = _DOCUMENT.match(token.text)
        if document:
            symbol = "".join(document[2].split()).replace("–", "-")
            name = f"{document[1]}/{symbol}"
            if name not in seen:
                seen.add(name)
                yield make("document", name, None)  # type: ignore[operator]
            continue
        if not token.text[0].isdigit():
            continue
        value = number(token.text)
        if (
            value is None
            or token.i + 1 >= len(doc)
            or (token.i > 1 and doc[token.i - 1].text == "/" and doc[token.i - 2].text.isdigit())
        ):
            continue
        plain: int | float = int(value) if value == int(value) else float(value)
        if doc[token.i + 1].text == "%":
            yield make("percent", plain, "%")  # type: ignore[operator]
        elif token.i + 1 in counted and counted[token.i + 1].end <= sentence.end:
            if not _NOT_MONEY_BEFORE.search(fold(doc[max(sentence.start, token.i - 3) : token.i].text)):
                yield make("count", plain, counted[token.i + 1].text)  # type: ignore[operator]
        elif (
            token.i + 3 < len(doc)
            and doc[token.i + 1].text == "/"
            and doc[token.i + 2].text.isdigit()
            and token.i + 3 in counted
        ):
            yield make("count", plain, counted[token.i + 3].text)  # type: ignore[operator]
    for match in _SHORT_DOCUMENT.finditer(fold(sentence.text)):
        full = short.get(match[1])
        if full and full not in seen:
            seen.add(full)
            yield make("document", full, None)  # type: ignore[operator]


def _lines_at(passage: Passage, offsets: list[int], start: int, end: int) -> list[Line]:
    found = []
    for at, line in enumerate(passage.lines):
        finish = offsets[at + 1] if at + 1 < len(offsets) else 10**9
        if offsets[at] < end and finish > start:
            found.append(line)
    return found


# -- amounts ---------------------------------------------------------------------------------------------------------


def _amounts(doc: Doc, passage: Passage) -> list[_Amount]:
    found: list[_Amount] = []
    for span in sorted(money_matcher()(doc, as_spans=True), key=lambda span: (span.start, -span.end)):
        if found and span.start < found[-1].end:
            continue
        amount = _parse(doc, span)
        if amount is not None:
            found.append(amount)
    if passage.money:
        taken = {at for amount in found for at in range(amount.start, amount.end)}
        found += [amount for amount in _bare(doc, passage) if amount.start not in taken]
        found.sort(key=lambda amount: amount.start)
    return found


def _parse(doc: Doc, span: Span) -> _Amount | None:
    """The value of a matched stretch; None when it is no money after all."""
    tokens = list(span)
    following = doc[span.end] if span.end < len(doc) else None
    currency = any(token.norm_ in ("dong", "d", "vnd", "tr.d", "tr. d", "trd") for token in tokens)
    scaled = any(token.norm_ in SCALES for token in tokens)
    if not currency and following is not None and following.text[0].isalpha() and following.norm_ not in _AFTER_MONEY:
        return None  # "1,7 triệu hồ sơ", "5 tỷ lệ"
    if (
        not currency
        and tokens[-1].norm_ in ("ty", "ti", "tr", "k")
        and tokens[-1].lower_ not in ("tỷ", "tỉ", "ty", "tr", "k")
    ):
        return None
    before = fold(doc[max(0, span.start - 4) : span.start].text)
    if _IN_WORDS.search(before):
        return None
    spelled_out = is_numeral(tokens[0].lower_)
    if spelled_out and not currency and not (tokens[-1].lower_ in ("tỷ", "tỉ", "triệu")):
        return None
    if (
        tokens[-1].norm_ == "k"
        and not currency
        and tokens[-1].whitespace_ == ""
        and following is not None
        and following.text[0].isalpha()
    ):
        return None
    values = _values(tokens)
    if not values:
        return None
    low = values[0]
    if not scaled and currency and low < 1000 and tokens[-1].norm_ == "d":
        return None  # "10đ" counts marks, not money
    return _Amount(span.start, span.end, int(low), int(values[1]) if len(values) > 1 and values[1] > low else None)


def _values(tokens: Sequence[object]) -> list[Decimal]:
    """One amount, or both ends of a range, in đồng."""
    ends: list[list[object]] = [[]]
    for token in tokens:
        if token.norm_ in ("den", "toi", "-"):  # type: ignore[attr-defined]
            ends.append([])
        else:
            ends[-1].append(token)
    sums = [_sum(part) for part in ends if part]
    known = [(value, last) for value, last in sums if value is not None]
    if len(known) == 2 and known[0][1] == 1 and known[1][1] > 1:
        return [known[0][0] * known[1][1], known[1][0]]  # "2 - 3 tỷ": the scale belongs to both
    return [value for value, _ in known]


def _sum(tokens: Sequence[object]) -> tuple[Decimal | None, int]:
    """The value of "1 tỷ 250 triệu", and the scale that was said (1 when none was)."""
    total, pending, last = Decimal(0), None, 1
    words: list[str] = []
    seen = False
    for token in tokens:
        norm, text = token.norm_, token.text  # type: ignore[attr-defined]
        if text[0].isdigit():
            pending = number(text)
            seen = pending is not None
        elif norm in SCALES:
            value = pending if pending is not None else (Decimal(spelled(words) or 0) if words else None)
            if value is None:
                if total:
                    total *= SCALES[norm]  # "2 nghìn tỷ"
                    last = SCALES[norm]
                continue
            total += value * SCALES[norm]
            last, pending, words, seen = SCALES[norm], None, [], True
        elif norm == "ruoi":
            total += Decimal(last) / 2
        elif is_numeral(token.lower_):  # type: ignore[attr-defined]
            words.append(norm)
    if words and last > 1:
        rest = spelled(words) or 0
        total += Decimal(rest) * last / (10 if rest < 10 else 1000)
    if pending is not None:
        # "3 tỷ 2" leaves tenths; without a scale the figure is the amount
        total += pending * last / 10 if last > 1 and pending < 10 else pending
    return (total if seen else None), last


def _bare(doc: Doc, passage: Passage) -> Iterator[_Amount]:
    """Figures without currency where the column or caption says that they are money."""
    for token in doc:
        if not re.match(r"^\d+(?:[.,]\d+)*$", token.text):
            continue
        following = doc[token.i + 1].text if token.i + 1 < len(doc) else ""
        line_end = following in ("", "\n", ".", ",", ";", ")", "(", "-", "–", "/")
        if following == "%" or (following and not line_end):
            continue
        if _NOT_MONEY_BEFORE.search(fold(doc[max(0, token.i - 3) : token.i].text)):
            continue
        if following == ")" and token.i > 0 and doc[token.i - 1].text == "(":
            continue
        if following in (".", ")") and (token.i == 0 or doc[token.i - 1].text == "\n") and token.i + 2 < len(doc):
            continue  # a list number
        value = number(token.text)
        if value is None:
            continue
        if passage.scale is not None:
            if 1990 <= value <= 2035 and token.text.isdigit() and len(doc) > 2:
                continue
            if value > 0:
                yield _Amount(token.i, token.i + 1, int(value * passage.scale), None)
        elif value >= 10**6 and "." in token.text or value >= 10**7 or value >= 10**6 and "," in token.text:
            yield _Amount(token.i, token.i + 1, int(value), None)


# -- sources ---------------------------------------------------------------------------------------------------------


def _sources(sentence: Span, amounts: Sequence[_Amount]) -> list[FundingSource | None]:
    """The source of each amount by the words that govern it in its clause."""
    owned = _owned(sentence, amounts)
    sources: list[FundingSource | None] = []
    carried: FundingSource | None = None
    for at, amount in enumerate(amounts):
        labels = owned[at]
        source = _only(labels)
        if not labels and carried and at:
            between = fold(sentence.doc[amounts[at - 1].end : amount.start].text)
            source = None if _TOTAL.search(between) or "trong do" in between else carried
        sources.append(source)
        before = fold(sentence.doc[sentence.start : amount.start].text) if at == 0 else ""
        carried = None if not labels and _TOTAL.search(before) else source
    return sources


def _owned(sentence: Span, amounts: Sequence[_Amount]) -> list[set[str]]:
    """Labels of the sources that belong to each amount."""
    doc = sentence.doc
    owned: list[set[str]] = [set() for _ in amounts]
    leading: list[bool] = [False] * len(amounts)
    previous: tuple[int, int | None] | None = None  # end of the last source, the amount it went to
    for entity in sentence.ents:
        if entity.label_ not in ("BUDGET", "SOCIALISED"):
            continue
        after = next((at for at, amount in enumerate(amounts) if amount.start >= entity.end), None)
        before = max((at for at, amount in enumerate(amounts) if amount.end <= entity.start), default=None)
        target = _target(doc, entity, amounts, before, after, owned)
        if previous is not None:
            between = fold(doc[previous[0] : entity.start].text)
            if _CHAIN.match(between) and (previous[1] == before or previous[1] == after):
                target = previous[1]
            elif target is not None and target == after and previous[1] == target and leading[target]:
                owned[target] = set()  # the nearer source governs
        if target is not None:
            owned[target].add(entity.label_)
            leading[target] = target == after
        previous = (entity.end, target)
    return owned


def _target(
    doc: Doc, entity: Span, amounts: Sequence[_Amount], before: int | None, after: int | None, owned: Sequence[set[str]]
) -> int | None:
    """Which amount a source belongs to: the one it follows closely, else the one it leads to."""
    attached = False
    if before is not None:
        gap = fold(doc[amounts[before].end : entity.start].text) + " "
        attached = "\n" not in gap and bool(_ATTACHED.match(gap) or _DIRECT.match(gap))
        direct = bool(_DIRECT.match(gap))
        if after is not None:
            rest = fold(doc[entity.end : amounts[after].start].text)
            if attached and rest.lstrip().startswith(")") and "(" not in gap and not owned[before]:
                return before  # "(420 triệu đồng, nguồn NSNN) và ..."
            if attached and not owned[before] and (_PARTS.search(rest) if not direct else _closes(gap, rest)):
                return before
            return after
        if attached and not owned[before]:
            return before
        if (
            not owned[before]
            and "\n" not in gap
            and len(gap) < 90
            and re.search(r"\b(?:tu|do|bang) (?:cac |nguon |von |kinh phi )*$", gap)
            and ";" not in gap
        ):
            return before
        return None
    return after


def _closes(gap: str, rest: str) -> bool:
    """ "(ngân sách), 300 triệu": the bracket that opens after the amount closes before the next."""
    return "(" in gap and ")" in rest or bool(re.match(r"^\s*(?:,|;|va)\s", rest)) and "," not in gap


def _both(sentence: Span, amount: _Amount, amounts: Sequence[_Amount]) -> bool:
    """Whether the sentence names both sources for this amount, so that no wider label may decide."""
    at = amounts.index(amount)
    return len(_owned(sentence, amounts)[at]) > 1


def _label(sentence: Span, amounts: Sequence[_Amount]) -> FundingSource | None | bool:
    """The source that a label line ("Nguồn ngân sách:") opens for the lines under it; False when it opens none."""
    text = squeeze(sentence.text)
    head, colon, rest = text.partition(":")
    labels = {
        entity.label_
        for entity in sentence.ents
        if entity.end_char - sentence.start_char <= len(head) + 2 and entity.label_ in ("BUDGET", "SOCIALISED")
    }
    if colon and len(head) < 90 and labels and not amounts and not rest.strip():
        return _only(labels)
    if colon and labels and len(head) < 60:
        return _only(labels) if not rest.strip() else False
    if not amounts and not re.match(r"^\s*[-+•*]", text):
        return None
    return None if labels and not colon else False

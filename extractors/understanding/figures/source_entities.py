"""The part of the pipeline that marks sources of money and who gives it as entities.

BUDGET and SOCIALISED are names of money, or of givers who can mean nothing else. GRANT is an authority with what it
does with public money, BODY a body outside the state of which no act is told. NEUTRAL takes a phrase away from the
others, OTHER is a unit's own income; of two that overlap the longer stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from extractors.understanding.figures.no_givers import without_no_givers
from extractors.understanding.figures.vocabulary import (
    AUTHORITIES,
    AUTHORITIES_CAPITAL,
    BODIES,
    BODIES_GIVE,
    BUDGET,
    BUDGET_SPELLED,
    GRANT,
    MEANWHILE,
    NAMED,
    NEUTRAL,
    NO_GIVER,
    OFFICES,
    OWN_INCOME,
    PEOPLE,
    PEOPLE_GIVE,
    PROVIDES,
    SOCIALISED,
    SOCIALISED_SPELLED,
)
from extractors.understanding.figures.word_gate import GatedMatcher
from extractors.understanding.ground.folding import CAPITAL_LETTERS

Token = dict[str, object]
SOURCES = "baocao_sources"
"""Name of the part."""
_CAPITAL: Token = {"TEXT": {"REGEX": f"^[{CAPITAL_LETTERS}]"}}
_SMALL = "và|học|tạo|dục|nghệ|tin|thông|hoạch|tư|động|binh|chính|thao|lịch|dựng|tải|vụ|trường|nguyên|tế|hội"
_NAME: Token = {"TEXT": {"REGEX": rf"^(?:[{CAPITAL_LETTERS}].*|{_SMALL}|&|-|\.)$"}, "OP": "{0,8}"}
"""What a name goes on with: "Sở Giáo dục và Đào tạo"; a small word between capitals is let through by `_INNER`."""
_INNER: Token = {"LOWER": {"IN": ["dục", "tạo", "phần", "thương", "mẹ", "học", "sinh", "phường"]}, "OP": "{0,2}"}
NO_GRANT = ("cho phép", "cho biết", "cho rằng", "cho thấy")
_BETWEEN: Token = {
    "TEXT": {"REGEX": r"^(?:[^\W\d]+|(?:19|20)\d\d|[-–])$"},
    "LOWER": {"NOT_IN": ["được", "do", "bởi", "ngân", "sách", "nguồn", "cho", "từ", "để", "mà", "nên"]},
    "OP": "{0,7}",
}
"""Words between a giver and what it does, which make another the doer of none."""
_MEANWHILE: Token = {"LOWER": {"IN": sorted({word for phrase in MEANWHILE for word in phrase.split()})}, "OP": "{0,4}"}


def _words(phrase: str) -> list[Token]:
    return [{"LOWER": word} for word in phrase.split()]


def _one_of(phrases: Iterable[str]) -> list[list[Token]]:
    """Patterns for any of ``phrases``, those of as many words in one, since every pattern costs time at every word.

    First and second words of different phrases are let through together: `_Sources` looks at what was found.
    """
    by_length: dict[int, list[list[str]]] = {}
    for phrase in phrases:
        by_length.setdefault(len(phrase.split()), []).append(phrase.split())
    return [[{"LOWER": {"IN": sorted(set(words))}} for words in zip(*same, strict=True)] for same in by_length.values()]


def _acts(who: Iterable[list[Token]], verbs: Iterable[str]) -> Iterator[list[Token]]:
    for giver in who:
        for verb in _one_of(verbs):
            yield [*giver, _MEANWHILE, *verb]


def _patterns() -> Iterator[tuple[str, list[Token]]]:
    """Who gives and how, as patterns with their labels."""
    yield "BUDGET", [{"TEXT": {"IN": ["NS", "Ns"]}}]
    yield "SOCIALISED", [{"TEXT": {"IN": ["PH", "DN", "MTQ"]}}]
    which: Token = {"TEXT": {"REGEX": r"^\d+$"}, "OP": "?"}  # "Quận 5", not an amount after a body
    authorities: list[list[Token]] = [
        [*authority, which, _NAME, which, _INNER, _NAME, _INNER] for authority in _one_of(AUTHORITIES)
    ]
    authorities.append([{"TEXT": "Phòng"}, {"TEXT": {"IN": sorted(OFFICES)}}, _NAME, _INNER, _NAME, _INNER])
    authorities.append([{"TEXT": {"IN": sorted(AUTHORITIES_CAPITAL)}}, _NAME, _INNER, _NAME, _INNER])
    bodies: list[list[Token]] = [[*body, _NAME, _INNER, _NAME] for body in _one_of(BODIES)]
    any_body = [[*body, _BETWEEN] for body in _one_of(BODIES)]
    people = [[*who, _BETWEEN] for who in _one_of(PEOPLE)]
    # a name of which nothing else is known: "Vietnam Airlines hỗ trợ"; not that of a school or of an authority
    named: Token = {"TEXT": {"REGEX": f"^[{CAPITAL_LETTERS}]", "NOT_IN": sorted(NO_GIVER)}}
    called: list[Token] = [{"LOWER": {"IN": sorted(NAMED)}}, _CAPITAL, {**_CAPITAL, "OP": "{0,4}"}, _BETWEEN]
    by: list[Token] = [{"LOWER": "do"}, {**named, "OP": "{1,6}"}]
    single: list[Token] = [named, {**named, "OP": "{1,6}"}]
    by_bodies: list[list[Token]] = [[{"LOWER": "do"}, {"LOWER": "các", "OP": "?"}, *body] for body in any_body]
    own: list[Token] = [{"TEXT": {"IN": sorted(NO_GIVER)}}, {**_CAPITAL, "OP": "{0,8}"}]
    for label, who, acts in (
        ("GRANT", authorities, GRANT),
        ("SOCIALISED", any_body, BODIES_GIVE),
        ("SOCIALISED", people, PEOPLE_GIVE),
        ("SOCIALISED", [called], PEOPLE_GIVE),
        ("SOCIALISED", [by], BODIES_GIVE),
        ("SOCIALISED", by_bodies, ("đóng", "chi trả", "nộp")),
        ("SOCIALISED", [single], ("hỗ trợ", "trao")),
        ("NEUTRAL", authorities, NO_GRANT),
        ("NEUTRAL", [own, *_one_of(["nhà trường"])], ("hỗ trợ", "lo")),
    ):
        for pattern in _acts(who, acts):
            yield label, pattern
    asked: Token = {"LOWER": {"IN": ["kinh", "nguồn", "dự", "tiền"]}}
    granted: Token = {"LOWER": {"IN": ["giao", "cấp", "phân", "bố", "duyệt"]}}
    yield "BUDGET", [asked, {**_BETWEEN, "OP": "{1,4}"}, {"LOWER": "được"}, granted]
    yield "GRANT", [{"LOWER": "được"}, {"LOWER": {"IN": ["cấp", "rót"]}}]
    of_authority: list[Token] = [{"LOWER": {"IN": ["từ", "của"]}}]
    for authority in _one_of(AUTHORITIES):  # "tiếp nhận từ Sở", "thụ hưởng gói mua sắm của Sở"
        yield "GRANT", [{"LOWER": "nhận"}, *of_authority, *authority]
        yield "GRANT", [{"LOWER": "thụ"}, {"LOWER": "hưởng"}, _BETWEEN, *of_authority, *authority]
    yield "GRANT", [{"LOWER": "được"}, {"LOWER": "giao"}]
    for phrase in _one_of(["được phân bổ", "được bố trí", "được ghi vốn", "được bổ sung"]):
        yield "GRANT", phrase
    care: list[Token] = [{"LOWER": "sự"}, {**_BETWEEN, "OP": "{1,5}"}, {"LOWER": "của"}]
    for authority in _one_of(AUTHORITIES):  # "được sự quan tâm, hỗ trợ của quận"
        yield "BUDGET", [*care, *authority]
    allotted: list[Token] = [{"LOWER": {"IN": ["phân", "cấp", "bố", "hỗ", "đầu", "trang", "đối"]}}]
    allotted += [{"LOWER": {"IN": ["bổ", "phát", "trí", "trợ", "tư", "bị", "ứng"]}}, {"LOWER": "của"}]
    for authority in authorities:  # "theo phân bổ của Sở Tài chính"
        yield "GRANT", [*allotted, *authority]
    by_whom: Token = {"LOWER": {"IN": ["được", "do"]}}
    for pattern in _acts([[by_whom, *authority] for authority in authorities], PROVIDES):
        yield "GRANT", pattern
    for pattern in bodies:
        yield "BODY", pattern
    for authority in _one_of(AUTHORITIES):
        of: Token = {"LOWER": "của", "OP": "?"}
        yield "BUDGET", [{"LOWER": {"IN": ["trông", "nhờ", "dựa"]}}, {"LOWER": "vào", "OP": "?"}, *authority]
        yield "BUDGET", [{"LOWER": {"IN": ["vốn", "nguồn", "phí", "tiền"]}}, of, *authority]
        yield "BUDGET", [{"LOWER": "phần"}, {"LOWER": "của"}, *authority]


_FIRST = {label: frozenset(phrases) for label, phrases in (("SOCIALISED", (*BODIES, *PEOPLE)), ("BODY", BODIES))}
_LAST = frozenset((*PROVIDES, "phân bổ", "bố trí", *GRANT, *NO_GRANT, *BODIES_GIVE, *PEOPLE_GIVE))


_LEVELS = frozenset(("thành", "quận", "huyện", "trường", "quốc", "tỉnh", "cơ", "tiểu", "trung", "học", "độ"))
_HELD = frozenset(
    ("ngày", "hội", "lớp", "cuộc", "tập", "khóa", "kỳ", "lễ", "chuyên", "các", "thi", "giải", "chương", "dạy")
)
_ALLOTTED = frozenset(("phân bổ", "cấp phát", "bố trí", "hỗ trợ", "đầu tư", "trang bị", "đối ứng"))


def _made_up_of_phrases(span: Span) -> bool:
    """Whether what is said of a giver begins with a name or a phrase of the lists and ends with one, whole."""
    words = [token.lower_ for token in span]
    known = _FIRST.get(span.label_)
    # "NGÂN SÁCH CẤP" begins with capitals and is no name
    named = all(token.text[0].isupper() for token in span[:2]) and span[0].text.capitalize() not in NO_GIVER
    named = named or words[0] in NAMED or words[0] == "do"
    # a board is no society unless it owns the school; what is held is no body
    board = words[:2] == ["hội", "đồng"] and not {"hương", "quản", "tư", "sáng"} & set(words)
    held = words[:2] == ["tổ", "chức"] and span.doc[min(span.start + 2, len(span.doc) - 1)].lower_ in _HELD
    following = span.doc[span.end].text if span.end < len(span.doc) else ""
    if span.label_ == "GRANT" and words == ["được", "giao"]:
        return following[:1].isdigit()
    level = span.label_ == "SOCIALISED" and words[-1] == "cấp" and following.lower() in _LEVELS
    if board or held or level:  # "Ngày hội STEM cấp Thành phố"
        return False
    if span.label_ == "GRANT" and words[0] in ("nhận", "thụ"):
        return any(" ".join(words[-n:]) in AUTHORITIES for n in (1, 2, 3))
    if span.label_ == "GRANT" and "của" in words[2:3]:
        return " ".join(words[:2]) in _ALLOTTED
    begins = known is None or named or len(words) == 1 or any(" ".join(words[:n]) in known for n in (1, 2, 3))
    ends = span.label_ in ("BODY", "BUDGET") or len(words) == 1 or any(" ".join(words[-n:]) in _LAST for n in (1, 2, 3))
    return begins and ends


def _in_one_sentence(span: Span) -> Span | None:
    """``span`` up to the end of its sentence; None where the next one has the act that it is of."""
    end = next((token.i for token in span[1:] if token.is_sent_start), span.end)
    if end < span.end and span.label_ != "BODY":
        return None
    while end > span.start and span.doc[end - 1].text in (".", "-", "&", "\n"):
        end -= 1
    return Span(span.doc, span.start, end, label=span.label) if end > span.start else None


def _named(span: Span) -> Span:
    """``span`` without the word that only tells that money came from there: "trong kinh phí hoạt động"."""
    first = span[0].norm_ in ("tu", "trong", "bang") and len(span) > 1
    return Span(span.doc, span.start + first, span.end, label=span.label)


_MONEY = re.compile(r"^(?:ty|ti|trieu|tr|trd|tr\. ?d(?:ong)?|nghin|ngan|dong|d|vnd|k)$|\d[\d.,]{2,}\d")
LABEL_TOKENS = 25  # tokens of a line that may be a label or a heading


def _parts_of_money(doc: Doc) -> Iterator[Span]:
    """The lines in which who gives what can matter: those that tell a sum, and short ones, which may be labels."""
    start = 0
    for end in [*(token.i + 1 for token in doc if token.text == "\n"), len(doc)]:
        if start < end and (end - start <= LABEL_TOKENS or any(_MONEY.search(token.norm_) for token in doc[start:end])):
            yield doc[start:end]
        start = end


class _Sources:
    """Marks the longest of overlapping phrases and patterns; what was found first stands where both are as long."""

    def __init__(self, nlp: Language) -> None:
        self.folded = PhraseMatcher(nlp.vocab, attr="NORM")
        self.spelled = PhraseMatcher(nlp.vocab, attr="LOWER")
        self.acts = GatedMatcher(nlp.vocab, _patterns())
        for matcher, label, phrases in (
            (self.folded, "BUDGET", BUDGET),
            (self.folded, "SOCIALISED", SOCIALISED),
            (self.spelled, "BUDGET", BUDGET_SPELLED),
            (self.spelled, "SOCIALISED", SOCIALISED_SPELLED),
            (self.spelled, "NEUTRAL", NEUTRAL),
            (self.spelled, "OTHER", OWN_INCOME),
        ):
            matcher.add(label, [nlp.make_doc(phrase) for phrase in phrases])

    def __call__(self, doc: Doc) -> Doc:
        found = [_named(span) for matcher in (self.folded, self.spelled) for span in matcher(doc, as_spans=True)]
        for part in _parts_of_money(doc):
            acts = filter(None, map(_in_one_sentence, self.acts(part)))
            found += [span for span in acts if _made_up_of_phrases(span)]
        doc.ents = tuple(without_no_givers(doc, filter_spans(found)))
        return doc


@Language.factory(SOURCES)
def _component(nlp: Language, name: str) -> _Sources:  # noqa: ARG001 (spaCy gives both)
    return _Sources(nlp)

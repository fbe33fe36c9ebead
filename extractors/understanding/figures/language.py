"""The spaCy pipeline for official Vietnamese: tokens that keep figures whole, sentences, sources, things counted.

A blank ``vi`` vocabulary without models: nothing is downloaded and the pipeline is built in milliseconds.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import spacy
from spacy.attrs import SENT_START
from spacy.language import Language
from spacy.matcher import Matcher, PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans
from spacy.vocab import Vocab

from extractors.understanding.figures.amounts import HALF, NUMERALS
from extractors.understanding.figures.source_entities import SOURCES
from extractors.understanding.figures.vocabulary import COUNTED
from extractors.understanding.ground.folding import fold

_TOKEN = re.compile(
    r"""
    \d{1,5}[a-z]?\s?/\s?(?:\d{4}\s?/\s?)?[A-ZĐ]{2}[\w&]*(?:\s?[-–]\s?[A-ZĐ][\w&]*)*   # 3249/QĐ-UBND, 93/2019/NĐ-CP
  | \d{1,2}[/.-]\d{1,2}[/.-]\d{4}                                                     # dates
  | \d+(?:[.,]\d+)*                                                                  # figures
  | (?:tr|Tr)\.\s?(?:[đĐ]|đồng)\b                                                     # tr.đ
  | [^\W\d_]+(?:\.(?=[A-ZĐ])[^\W\d_]+)+                                              # TP.HCM
  | [^\W\d_]+
  | \n
  | [^\w\s]
  | _+
    """,
    re.VERBOSE,
)
_ABBREVIATED = frozenset(
    {"tp", "q", "p", "h", "tx", "tt", "ths", "ts", "pgs", "gs", "bs", "ks", "cn", "gv", "hs", "tr", "vv"}
)
_STOPS = frozenset(".!?")
_NUMBERED = re.compile(r"^(?:\d+|\d{1,2}(?:\.\d{1,2}){1,3})$")
_BULLETS = frozenset("-–—+•●▪■*")


class _Tokenizer:
    """Text to tokens; NORM is the folded word, so that patterns need not care for marks."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        words: list[str] = []
        spaces: list[bool] = []
        end = 0
        for match in _TOKEN.finditer(text):
            if match.start() > end and words:
                spaces[-1] = True
            words.append(match.group())
            spaces.append(False)
            end = match.end()
        doc = Doc(self.vocab, words=words, spaces=spaces)
        for token in doc:
            token.norm_ = fold(token.text)
        return doc


def entities(sentence: Span) -> list[Span]:
    """The entities inside ``sentence``. Its ``ents`` goes through the whole document each time."""
    doc = sentence.doc
    found: list[Span] = []
    at = sentence.start
    while at < sentence.end:
        end = at + 1
        if doc[at].ent_iob_ == "B":
            while end < len(doc) and doc[end].ent_iob_ == "I":
                end += 1
            if end <= sentence.end:
                found.append(Span(doc, at, end, label=doc[at].ent_type))
        at = end
    return found


@Language.component("baocao_sentences")
def _sentences(doc: Doc) -> Doc:
    """Sentence starts: after . ! ? or a line end, unless an abbreviation, a figure or a broken line says otherwise."""
    begins: list[bool] = []
    for token in doc:
        begins.append(token.i == 0)
        if token.i == 0:
            continue
        before = doc[token.i - 1]
        if before.text == "\n":
            begins[-1] = True
        elif before.text in _STOPS and before.i > 0:
            word = doc[before.i - 1]
            starts = (
                token.text[0].isupper() or token.text[0].isdigit() or token.text[0] in _BULLETS or token.text == "\n"
            )
            abbreviated = (
                before.text == "."
                and not word.whitespace_
                and (
                    word.lower_ in _ABBREVIATED or (len(word.text) == 1 and word.text.isalpha() and word.text.isupper())
                )
            )
            label = (
                before.i >= 1
                and _NUMBERED.match(word.text)
                and (before.i < 2 or begins[before.i - 2] or doc[before.i - 2].text == "\n")
            )
            begins[-1] = bool(starts and not abbreviated and not label and before.whitespace_)
    # All at once: to set one token's, spaCy looks through the whole text.
    marks: Any = np.array([1 if one else -1 for one in begins], dtype=np.int64).astype(np.uint64)
    return doc.from_array([SENT_START], marks)


@cache
def pipeline() -> Language:
    """The pipeline: sentences and the entities of `source_entities`."""
    nlp = spacy.blank("vi", config={"nlp": {"tokenizer": {"@tokenizers": "spacy.Tokenizer.v1"}}})
    nlp.tokenizer = _Tokenizer(nlp.vocab)
    nlp.max_length = 1 << 30  # there is no parser, whose memory the usual limit is for
    nlp.add_pipe("baocao_sentences")
    nlp.add_pipe(SOURCES)
    return nlp


_SCALES = ["tỷ", "tỉ", "ty", "triệu", "trieu", "tr", "trđ", "nghìn", "nghin", "ngàn", "k"]
_SCALES += ["tr.đ", "tr. đ", "tr.đồng", "tr. đồng"]


@cache
def money_matcher() -> Matcher:
    """Finds stretches that are amounts of money; the parser decides their value."""
    matcher = Matcher(pipeline().vocab)
    figure = {"TEXT": {"REGEX": r"^\d+(?:[.,]\d+)*$"}}
    # "ngàn" is asked for with its mark: "01 ngân hàng" is no amount
    scale = {"LOWER": {"IN": _SCALES}}
    currency = {"LOWER": {"IN": ["đồng", "dong", "đ", "d", "vnđ", "vnd"]}}  # not "triệu dòng"
    numeral = {"LOWER": {"IN": sorted(NUMERALS)}}
    until = {"NORM": {"IN": ["den", "toi", "-"]}}
    matcher.add(
        "MONEY",
        [
            [figure, scale, figure, scale, figure, scale, {**currency, "OP": "?"}],
            [figure, scale, figure, scale, {**currency, "OP": "?"}],
            [figure, scale, {"LOWER": "rưỡi", "OP": "?"}, {**currency, "OP": "?"}],
            [figure, scale, scale, {**currency, "OP": "?"}],
            [figure, scale, figure, {**currency, "OP": "?"}],
            [figure, currency],
            [{"LOWER": {"IN": ["vnđ", "vnd"]}}, figure],
            [figure, until, figure, scale, {**currency, "OP": "?"}],
            [figure, scale, {**currency, "OP": "?"}, until, figure, scale, {**currency, "OP": "?"}],
            [figure, {**currency, "OP": "?"}, until, figure, currency],
            [{"LOWER": HALF}, scale, {**currency, "OP": "?"}],
            [{**numeral, "OP": "+"}, scale, {**currency, "OP": "?"}],
            [{**numeral, "OP": "+"}, scale, {**numeral, "OP": "+"}, {**scale, "OP": "?"}, {**currency, "OP": "?"}],
            [
                {**numeral, "OP": "+"},
                scale,
                {**numeral, "OP": "+"},
                scale,
                {**numeral, "OP": "+"},
                scale,
                {**currency, "OP": "?"},
            ],
        ],
        greedy="LONGEST",
    )
    return matcher


@cache
def counted_phrases() -> PhraseMatcher:
    """Finds what may be counted: nouns that stand after figures."""
    nlp = pipeline()
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    matcher.add("COUNTED", [nlp.make_doc(phrase) for phrase in COUNTED])
    return matcher


def counted(part: Doc | Span) -> list[Span]:
    """What may be counted in ``part``; of two that overlap the longer."""
    return filter_spans(counted_phrases()(part, as_spans=True))

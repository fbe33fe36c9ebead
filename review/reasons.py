"""Why a document needs a person, found out once for each reading and again after each change."""

from __future__ import annotations

import contextlib
import logging
import re
import threading
import time
from collections import Counter

import msgspec

from campaigns import Campaign
from consolidation.collecting import SURE, of_report
from consolidation.figures import disagrees, judge
from consolidation.gathering import facts_of, figures_of
from normalizers import fold
from review.answer_panel import Panel, panel
from storage import Repository
from storage.reviewing import Reviewing

_log = logging.getLogger(__name__)
_AT_ONCE = 50
_FEWEST_WORDS = 8
_FRAME = re.compile(
    r"^\W*(?:noi nhan|kinh gui|kinh trinh|tren day|tran trong|rat mong|dinh kem|kem theo)\b|bao cao\W*\./\.?\s*$"
)
"""How the parts of an official letter begin, or end, that answer nothing; without marks and in lower case."""


def reasons_of(repository: Repository, campaign: Campaign, report_id: int) -> dict[str, int]:
    """How often by code (`review.words.REASONS`); a place that a person has looked at is no reason any more."""
    body = repository.report_body(report_id)
    if body is None:
        return {}
    shown = panel(repository, campaign, report_id)
    found = Counter[str]()
    for card in shown.cards():
        if card.open:
            found["repair_unsure" if card.certainty < card.answer.confidence else "answer_unsure"] += 1
    found["unmapped"] = sum(not one.placed and _answers_something(one.text, campaign) for one in shown.loose)
    found["sums_disagree"] = _disagreeing(repository, campaign, shown)
    found["partly_read"] = int(shown.record.state == "partial")
    named = shown.record.unit_id is not None
    sure = body.unit.confidence >= SURE or Reviewing(repository.engine).unit_was_decided(report_id)
    found["unit_unsure"] = int(not (named and sure))
    return {code: n for code, n in found.items() if n}


def catch_up(repository: Repository, campaign: Campaign, *, seconds: float = float("inf")) -> None:
    """Find the reasons of documents that were read or changed since, for about ``seconds`` at most."""
    reviewing = Reviewing(repository.engine)
    end = time.monotonic() + seconds
    while waiting := reviewing.without_reasons(campaign.id, _AT_ONCE):
        for report_id in waiting:
            note(repository, campaign, report_id)
            if time.monotonic() >= end:
                return


def note(repository: Repository, campaign: Campaign, report_id: int) -> None:
    """Find and keep the reasons of one document; one that cannot be looked through says so, and stops no list."""
    reviewing = Reviewing(repository.engine)
    as_of = reviewing.last_event(report_id)
    try:
        found = reasons_of(repository, campaign, report_id)
    except Exception:
        _log.exception("no reasons for report %s", report_id)
        found = {"unexamined": 1}
    with contextlib.suppress(LookupError):  # erased meanwhile
        reviewing.note_reasons(report_id, found, as_of=as_of)


def catch_up_meanwhile(repository: Repository, campaign: Campaign) -> None:
    """`catch_up` beside what the process does: a database may hold many documents of an earlier program."""

    def work() -> None:
        try:
            catch_up(repository, campaign)
        except Exception:  # the page works without; each list catches up a little
            _log.exception("reasons were not found")

    threading.Thread(target=work, name="reasons", daemon=True).start()


def _answers_something(text: str, campaign: Campaign) -> bool:
    """Whether a text without a place may be an answer: not a heading, and not what every official letter says."""
    flat = fold(text)
    number = campaign.letter.number.split("/")[0]
    introduces = re.search(rf"\b{re.escape(number)}\b", flat) is not None
    return len(flat.split()) >= _FEWEST_WORDS and not introduces and not text.isupper() and not _FRAME.search(flat)


def _disagreeing(repository: Repository, campaign: Campaign, shown: Panel) -> int:
    """Amounts of money, as they were read, that do not fit each other; what a person has looked at is left out."""
    seen = {card.answer.place for card in shown.cards() if card.answer.author == "reviewer"}
    looked_at = {(place.item, place.column, place.point) for place in seen}
    sent = of_report(repository, campaign, shown.record)
    # Without the reviewers' answers: their words hold no figures that were read, and finding new ones is slow.
    read = msgspec.structs.replace(
        sent,
        appendix=tuple(one for one in sent.appendix if one.author == "machine"),
        narrative=tuple(one for one in sent.narrative if one.author == "machine"),
        withdrawn=(),
    )
    facts = [
        fact for fact in facts_of(repository, campaign, read) if (fact.item, fact.column, fact.point) not in looked_at
    ]
    return sum(disagrees(figure) for figure in judge(figures_of(campaign, read, facts)))

"""The gold set holds together, its scorer can fail, and a few reports of each shape are still read."""

from __future__ import annotations

import functools
from pathlib import Path

import msgspec
import pytest

from benchmarks.gold import content, scoring, write
from benchmarks.gold.content import Gold
from campaigns.model import Campaign
from extractors import pipeline, understanding
from extractors.document import Document
from extractors.report import Repair, Report
from extractors.understanding.ground.lines import flatten, weight

SHAPES = ("01-standard", "07-split", "10-no-stt", "12-transposed", "16-xlsx", "17-txt", "38-school-safety")


@functools.cache
def golds(half: str) -> dict[str, Gold]:
    return {gold.key: gold for gold in content.load_all(half)}


def extracted(gold: Gold, folder: Path) -> Report:
    path = folder / gold.content.file
    path.write_bytes(write.write(gold))
    return pipeline.extract(path, gold.campaign)


def test_each_kind_of_layout_that_is_judged_can_be_learnt_from():
    dev, test = (golds(half) for half in content.HALVES)
    assert {gold.kind for gold in test.values()} <= {gold.kind for gold in dev.values()}
    assert len(dev) + len(test) >= 40


def test_no_sentence_and_no_signer_serves_both_halves():
    dev, test = (golds(half).values() for half in content.HALVES)
    signers = [{gold.content.letterhead["signer"] for gold in half} - {None} for half in (dev, test)]
    assert not signers[0] & signers[1]
    said = [{text for gold in half for text in gold.own if len(text) > 40} for half in (dev, test)]
    assert not said[0] & said[1]


def test_a_report_is_the_same_each_time_it_is_made():
    path = content.HERE / "dev" / "01-standard.yaml"
    first, second = content.load(path), content.load(path)
    assert first.blocks == second.blocks
    assert first.money == second.money
    assert write.write(first) == write.write(second)


def test_a_table_shifted_by_one_row_finds_next_to_nothing(tmp_path):
    gold = golds("dev")["01-standard"]
    report = extracted(gold, tmp_path)
    shifted = msgspec.structs.replace(
        report,
        appendix=tuple(msgspec.structs.replace(a, item=a.item + 1) for a in report.appendix if a.item < 12),
    )
    assert scoring.score(gold, report).f1("cells") == 1.0
    assert scoring.score(gold, shifted).f1("cells") < 0.2


def test_wrong_unit_status_and_sum_are_counted(tmp_path):
    gold = golds("dev")["01-standard"]
    report = extracted(gold, tmp_path)
    wrong = msgspec.structs.replace(
        report,
        unit=msgspec.structs.replace(report.unit, id="THPT-BUI-THI-XUAN", confidence=0.9),
        appendix=tuple(msgspec.structs.replace(answer, status="none") for answer in report.appendix),
        facts=tuple(
            msgspec.structs.replace(fact, value=fact.value * 1000) if fact.kind == "money" else fact
            for fact in report.facts
        ),
    )
    tally = scoring.score(gold, wrong)
    assert (tally.units_right, tally.units_sure_wrong) == (0, 1)
    assert tally.status_right < tally.found["cells"]
    assert tally.money_right == 0


def test_every_character_read_is_accounted_for(tmp_path, monkeypatch):
    """The ledger adds up to what was read, and the unit's own words stand in the report: nothing is lost in silence."""
    accounts = []
    account = understanding.account

    def kept(document: Document, repairs: tuple[Repair, ...], campaign: Campaign) -> understanding.Understood:
        told = account(document, repairs, campaign)
        accounts.append((sum(weight(line.full) for line in flatten(document).lines), told.characters))
        return told

    monkeypatch.setattr(understanding, "account", kept)
    total = scoring.Tally()
    for gold in list(golds("dev").values())[::6]:
        total.add(scoring.score(gold, extracted(gold, tmp_path)))
    for read, owners in accounts:
        assert sum(owners.values()) == read
        assert set(owners) <= {
            "appendix",
            "narrative",
            "letterhead",
            "unmapped",
            "form",
            "letter",
            "duplicate",
            "furniture",
        }
        assert owners.get("furniture", 0) <= 0.01 * read + 20  # page numbers and lines of dots
    assert len(accounts) >= 15
    assert total.letters_kept >= 0.99 * total.letters, total.errors


@pytest.mark.parametrize("key", SHAPES)
def test_answers_are_found_in_this_shape(key, tmp_path):
    gold = golds("dev")[key]
    tally = scoring.score(gold, extracted(gold, tmp_path))
    assert tally.f1("cells") >= 0.99, tally.errors
    assert tally.units_right == 1, tally.errors
    assert tally.letters_kept >= 0.99 * tally.letters, tally.errors

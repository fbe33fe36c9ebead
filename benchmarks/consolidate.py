"""``./baocao bench consolidate``: time and memory to write every output, at 30, 300 and 3,000 units.

Each unit has the whole appendix (items × columns) answered, amounts of money in every item, difficulties and proposals
in its own words, and repaired letters. Figures are printed with the issue's targets beside them; nothing passes or
fails. CPU seconds are those of the one process that writes.
"""

from __future__ import annotations

import argparse
import cProfile
import datetime as dt
import hashlib
import pstats
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

import campaigns
import consolidation
from campaigns.model import Campaign, Unit
from extractors.document import Provenance
from extractors.report import Answer, Fact, Letterhead, Repair, Report, SourceInfo, UnitMatch
from normalizers.plan import Alternative
from storage import Repository, open_database

NOW = dt.datetime(2024, 5, 21, tzinfo=dt.UTC)
TARGET_S, TARGET_MB = 60, 1000
_LINE = "{:>6} {:>8} {:>10} {:>10} {:>8} {:>10} {:>8} {:>9}"
NOUNS = ("phòng máy tính", "đường truyền", "giáo viên Tin học", "phần mềm quản lý", "thư viện số", "kinh phí bảo trì",
         "nhân viên thiết bị", "định mức thuê dịch vụ", "dữ liệu học sinh", "phòng thí nghiệm",
         "nhận thức của phụ huynh")  # fmt: skip
LACKS = ("còn thiếu", "chưa đáp ứng", "đã xuống cấp", "chưa đồng bộ", "chưa có hướng dẫn", "chậm được bổ sung")
WHO = ("Sở GDĐT", "UBND Thành phố", "Sở Tài chính", "UBND quận", "Bộ GDĐT", "")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="baocao bench consolidate")
    parser.add_argument("--units", type=int, nargs="+", default=[30, 300, 3000])
    parser.add_argument("--profile", action="store_true", help="print the 25 dearest functions of the last size")
    parser.add_argument("--database", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.database:
        return _measured(options.database, options.units[0], options.profile)
    print(_LINE.format("units", "answers", "filling s", "writing s", "CPU s", "ms a unit", "peak MB", "files MB"))
    for count in options.units:
        with tempfile.TemporaryDirectory(prefix="baocao-bench-") as folder:
            file = Path(folder) / "baocao.db"
            start = time.perf_counter()
            answers = _filled(file, count)
            filling = time.perf_counter() - start
            # A process of its own, so that the peak is that of the writing alone.
            command = [
                sys.executable,
                "-P",
                "-m",
                "benchmarks.consolidate",
                "--units",
                str(count),
                "--database",
                str(file),
            ]
            last = options.profile and count == options.units[-1]
            lines = subprocess.run(command + ["--profile"] * last, stdout=subprocess.PIPE, text=True, check=True).stdout
            seconds, cpu, peak, size = (float(word) for word in lines.splitlines()[0].split())
            figures = (f"{one:.1f}" for one in (filling, seconds, cpu, 1000 * seconds / count, peak, size))
            print(_LINE.format(count, answers, *figures), flush=True)
            print("\n".join(lines.splitlines()[1:]), end="\n" if last else "")
    print(f"targets at 3000 units: writing ≤ {TARGET_S} s, peak ≤ {TARGET_MB} MB")
    return 0


def _measured(database: str, count: int, profile: bool) -> int:
    """In the child: consolidate, then print seconds, peak resident MB and MB written."""
    repository = Repository(open_database(f"sqlite:///{database}"))
    campaign = _campaign(count)
    out = Path(database).with_name("out")
    profiler = cProfile.Profile()
    start = time.perf_counter()
    if profile:
        profiler.enable()
    written = consolidation.consolidate(repository, campaign, out, NOW)
    profiler.disable()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(seconds, time.process_time(), peak, sum(path.stat().st_size for path in written) / 1e6)
    if profile:
        pstats.Stats(profiler, stream=sys.stdout).sort_stats("tottime").print_stats(25)
    return 0


def _campaign(count: int) -> Campaign:
    """The shipped letter with as many units as wanted: a tenth districts, the others their schools."""
    whole = campaigns.load("2542-SGDDT-GDTrH")
    units = []
    for n in range(count):
        group = "district" if n % 10 == 0 else "school"
        units.append(Unit(id=f"U{n:05}", name=f"Đơn vị số {n:05}", group=group, district=f"Quận {n // 10}"))
    return msgspec.structs.replace(whole, units=tuple(units))


def _filled(file: Path, count: int) -> int:
    """A database in which every unit has answered; the number of its answers."""
    engine = open_database(f"sqlite:///{file}")
    repository, campaign = Repository(engine), _campaign(count)
    answers = 0
    for n, unit in enumerate(campaign.units):
        report = _report(campaign, unit, random.Random(n))
        answers += len(report.appendix) + len(report.narrative)
        name = report.source.name
        arrival = repository.record_arrival(
            campaign_id=campaign.id, name=name, path=name, sha256=report.source.sha256, received_at=NOW
        )
        stored = repository.store_report(report, campaign_id=campaign.id, pipeline_version="1")
        repository.finish_arrival(arrival.id, "processed", report_id=stored.id)
    engine.dispose()
    return answers


def _report(campaign: Campaign, unit: Unit, chance: random.Random) -> Report:
    place = (Provenance(page=2, bbox=(72.0, 90.5, 300.0, 120.0), block="table[1]/row[2]/cell[3]"),)
    appendix, facts = [], []
    for item in campaign.items:
        for column in campaign.columns:
            text, found = _answer(column.role, chance)
            appendix.append(
                Answer(item=item.id, column=column.id, status="answered", text=text,
                       confidence=chance.choice((0.8, 0.99)), provenance=place)
            )  # fmt: skip
            facts += [
                Fact(kind=kind, value=value, unit=of, funding_source=source, item=item.id, column=column.id,  # type: ignore[arg-type]
                     sentence=text, provenance=place)
                for kind, value, of, source in found
            ]  # fmt: skip
    name = f"{unit.id}.pdf"
    return Report(
        source=SourceInfo(
            name=name, sha256=hashlib.sha256(name.encode()).hexdigest(), media_type="application/pdf", pages=9
        ),
        letterhead=Letterhead(date="2024-05-02", number=f"{chance.randrange(200)}/BC"),
        unit=UnitMatch(id=unit.id, name=unit.name, group=unit.group, confidence=0.99),
        appendix=tuple(appendix),
        narrative=(),
        facts=tuple(facts),
        unmapped=(),
        repairs=tuple(
            Repair(kind="lost_letter", original="S ?", replacement="Sở", confidence=0.93,
                   alternatives=(Alternative("Số", 0.05),), provenance=place)
            for _ in range(10)
        ),
        warnings=(),
    )  # fmt: skip


def _answer(role: str | None, chance: random.Random) -> tuple[str, list[tuple[str, object, str | None, str | None]]]:
    number = chance.randrange(2, 900)
    if role == "funding":
        budget, other = chance.randrange(1, 900) * 10**6, chance.randrange(1, 90) * 10**6
        text = f"Năm 202{number % 4}: ngân sách {budget // 10**6} triệu đồng; xã hội hóa {other // 10**6} triệu đồng"
        return text, [("money", budget, "VND", "budget"), ("money", other, "VND", "socialised")]
    if role == "difficulties":
        one, two = (f"{noun} {chance.choice(LACKS)} {number}" for noun in chance.sample(NOUNS, 2))
        return f"Thuận lợi: được quan tâm. Khó khăn: {one}; {two}.", []
    if role == "proposals":
        return (
            f"Kiến nghị {chance.choice(WHO)} bổ sung {chance.choice(NOUNS)} cho {number} lớp học trong năm học tới.",
            [],
        )
    if role == "directives":
        cited = f"{chance.randrange(1, 3000)}/KH-UBND"
        return f"Kế hoạch số {cited} ngày 16/3/2023", [("document", cited, None, None)]
    text = (
        f"Đã triển khai tại {number} lớp, đạt {number % 100}% kế hoạch, " + "tập huấn giáo viên, cập nhật dữ liệu. " * 2
    )
    if role != "results":
        return text, []
    return text, [("count", number, "lớp", None), ("percent", number % 100, "%", None)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

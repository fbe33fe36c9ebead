"""A campaign in which units have behaved in every way we tell apart."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

import campaigns
from campaigns import Campaign
from extractors.document import Provenance
from extractors.report import Answer, Fact, Letterhead, PointAnswer, Repair, Report, SourceInfo, UnitMatch
from normalizers.plan import Alternative
from storage import Repository, open_database

RECEIVED = dt.datetime(2024, 5, 20, 3, tzinfo=dt.UTC)


UNITS = {
    "SO-GDTRH", "SO-KHTC", "SO-VAN-PHONG", "PGD-TD", "PGD-Q1", "PGD-Q3", "PGD-Q4", "THPT-BUI-THI-XUAN", "THPT-GO-VAP",
    "THPT-CU-CHI", "THPT-GIA-DINH", "GDNN-GDTX-Q1", "PHO-THONG-NANG-KHIEU-DHQG-HCM",
}  # fmt: skip


@pytest.fixture(scope="session")
def campaign() -> Campaign:
    """The shipped campaign with a dozen of its units, so that a test writes little."""
    whole = campaigns.load("2542-SGDDT-GDTrH")
    units = tuple(unit for unit in whole.units if unit.id in UNITS)
    assert len(units) == len(UNITS)
    return msgspec.structs.replace(whole, units=units)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("empty") / "baocao.db"
    open_database(f"sqlite:///{file}").dispose()
    return file


@pytest.fixture
def repository(empty_database: Path, tmp_path: Path) -> Iterator[Repository]:
    engine = open_database(f"sqlite:///{shutil.copy(empty_database, tmp_path)}")
    yield Repository(engine)
    engine.dispose()


class Sender:
    """Puts reports into the repository as an ingest would."""

    def __init__(self, repository: Repository, campaign: Campaign) -> None:
        self.repository = repository
        self.campaign = campaign

    def __call__(
        self,
        name: str,
        unit_id: str | None,
        *,
        date: str | None = "2024-05-02",
        cells: dict[tuple[int, str], tuple[str, str]] | None = None,
        points: dict[str, tuple[str, str]] | None = None,
        received: dt.datetime = RECEIVED,
        state: str = "processed",
        number: str | None = "15/BC",
        facts: Sequence[Fact] = (),
        confidence: float = 0.9,
    ) -> int:
        """Store one report; its report id."""
        unit = self.campaign.unit(unit_id) if unit_id else None
        sha256 = hashlib.sha256(name.encode()).hexdigest()
        report = Report(
            source=SourceInfo(name=name, sha256=sha256, media_type="application/pdf", pages=2),
            letterhead=Letterhead(date=date, number=number),
            unit=UnitMatch(id=unit.id, name=unit.name, group=unit.group, confidence=0.9) if unit else UnitMatch(),
            appendix=tuple(
                Answer(item=item, column=column, status=status, text=text, confidence=confidence,
                       provenance=where(2))  # type: ignore[arg-type]
                for (item, column), (status, text) in (cells or {}).items()
            ),
            narrative=tuple(
                PointAnswer(point=point, status=status, text=text, confidence=0.8, provenance=where(1))  # type: ignore[arg-type]
                for point, (status, text) in (points or {}).items()
            ),
            facts=tuple(facts),
            unmapped=(),
            repairs=(
                Repair(kind="lost_letter", original="S ?", replacement="Sở", confidence=0.93,
                       alternatives=(Alternative("Số", 0.05),), provenance=where(1)),
            ),
            warnings=(),
        )  # fmt: skip
        arrival = self.arrive(name, sha256, received)
        stored = self.repository.store_report(
            report, campaign_id=self.campaign.id, pipeline_version="1", state=state  # type: ignore[arg-type]
        )  # fmt: skip
        self.repository.finish_arrival(arrival, state, report_id=stored.id)  # type: ignore[arg-type]
        return stored.id

    def arrive(self, name: str, sha256: str | None, received: dt.datetime = RECEIVED) -> int:
        return self.repository.record_arrival(
            campaign_id=self.campaign.id, name=name, path=f"/in/{name}", sha256=sha256, size=9, received_at=received
        ).id


def where(page: int) -> tuple[Provenance, ...]:
    return (Provenance(page=page, bbox=(72.0, 90.5, 300.0, 120.0), block=f"p[{page}]"),)


@pytest.fixture
def send(repository: Repository, campaign: Campaign) -> Sender:
    return Sender(repository, campaign)


@pytest.fixture(scope="session")
def full_points(campaign: Campaign) -> Callable[[str], dict[str, tuple[str, str]]]:
    """Every narrative point of a group, answered."""

    def answered(group: str, **but: Any) -> dict[str, tuple[str, str]]:
        points = campaign.groups[group].points
        return {point.id: ("answered", f"Đã thực hiện: {point.title}") for point in points if not point.appendix} | but

    return answered


@pytest.fixture(scope="session")
def inbox_database(
    empty_database: Path, campaign: Campaign, full_points: Callable[..., dict[str, tuple[str, str]]]
) -> Path:
    file = empty_database.with_name("inbox.db")
    engine = open_database(f"sqlite:///{shutil.copy(empty_database, file)}")
    fill(Sender(Repository(engine), campaign), full_points)
    engine.dispose()
    return file


@pytest.fixture
def inbox(inbox_database: Path, tmp_path: Path, campaign: Campaign) -> Iterator[Sender]:
    """A copy of the received inbox, to be changed at will."""
    engine = open_database(f"sqlite:///{shutil.copy(inbox_database, tmp_path)}")
    yield Sender(Repository(engine), campaign)
    engine.dispose()


def fill(send: Sender, full_points: Callable[..., dict[str, tuple[str, str]]]) -> None:
    """Receive what lies in a real inbox, in small."""
    everything = {
        (item.id, column.id): ("answered", f"Nội dung {item.id}/{column.id}")
        for item in send.campaign.items
        for column in send.campaign.columns
    }
    some: dict[tuple[int, str], tuple[str, str]] = {
        (1, "results"): ("answered", "Số hóa 100% hồ sơ"),
        (1, "funding"): ("none", "Không có"),
        (2, "results"): ("not_yet", "Chưa thực hiện"),
        (3, "results"): ("by_reference", "như mục 1"),
        (4, "results"): ("no_answer", ""),
    }
    send("so-gdtrh.docx", "SO-GDTRH", cells=everything, points=full_points("office"), date="2024-05-02")
    send("so-khtc.docx", "SO-KHTC", points=full_points("office"), date="2024-05-02")  # the demanded appendix is absent
    send("q1.pdf", "PGD-Q1", points=full_points("district"), date="2024-05-03", number="1092/GDĐT")
    send("q3.pdf", "PGD-Q3", points={"district.1": ("answered", "2 tỷ đồng")}, date="2024-05-08")
    send("btx-1.docx", "THPT-BUI-THI-XUAN", points=full_points("school"), date="2024-05-02")
    send("btx-2.docx", "THPT-BUI-THI-XUAN", points=full_points("school"), cells=some, date="2024-05-06")
    send("gv.xlsx", "THPT-GO-VAP", cells=some, date=None, received=dt.datetime(2024, 5, 2, 16, 59, tzinfo=dt.UTC))
    send("cu-chi.txt", "THPT-CU-CHI", cells={(1, "results"): ("answered", "=1+1")}, points={
        "school.1": ("answered", "- Thư viện số\n+ Phòng máy"),
        "school.2": ("none", "@SUM(A1)"),
        "school.3": ("answered", "Đề nghị hỗ trợ kinh phí"),
    }, state="partial")  # fmt: skip
    send("khong-ro.docx", None, points={"school.2": ("answered", "Không rõ của ai")})
    send.repository.finish_arrival(
        send.arrive("btx-2 (1).docx", hashlib.sha256(b"btx-2.docx").hexdigest()), "duplicate"
    )
    broken = hashlib.sha256(b"hong").hexdigest()
    arrival = send.arrive("hong.docx", broken)
    stored = send.repository.store_rejection(
        sha256=broken, name="hong.docx", campaign_id=send.campaign.id, pipeline_version="1", code="damaged",
        message="Tệp bị hỏng hoặc bị cắt cụt.",
    )  # fmt: skip
    send.repository.finish_arrival(
        arrival, "rejected", code="damaged", message="Tệp bị hỏng hoặc bị cắt cụt.", report_id=stored.id
    )
    send.arrive("dang-doc.pdf", None)

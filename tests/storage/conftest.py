"""Databases and blob stores for the tests: files, and real servers that the test run starts and stops itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from extractors.document import Notice, Provenance
from extractors.report import Answer, Fact, Letterhead, PointAnswer, Repair, Report, SourceInfo, UnitMatch
from normalizers.plan import Alternative
from storage import Repository, open_database
from tests import servers


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """URL of an empty server, gone after the session."""
    with servers.postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """URL of an empty bucket; the variables that reach it are set meanwhile."""
    with servers.s3() as (url, variables), pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a fresh, empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'data' / 'baocao.db'}"
        return
    server: str = request.getfixturevalue("postgresql")
    name = "t" + hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:16]
    admin = sa.create_engine(
        server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
    )
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield server.replace("/postgres?", f"/{name}?")
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    opened = open_database(url)
    yield opened
    opened.dispose()


@pytest.fixture
def repository(engine: sa.Engine) -> Repository:
    return Repository(engine)


@pytest.fixture
def make_report() -> Callable[..., Report]:
    return build_report


def build_report(
    name: str = "bao-cao.docx",
    *,
    content: str | None = None,
    unit: str | None = "THPT-A",
    group: str | None = "school",
    date: str | None = "2024-05-02",
    number: str | None = "12/BC-THPTA",
    cells: dict[tuple[int, str], tuple[str, str]] | None = None,
    points: dict[str, tuple[str, str]] | None = None,
) -> Report:
    """A report of ``cells`` {(item, column): (status, text)} and ``points`` {point: (status, text)}."""
    where = (Provenance(page=1, bbox=(10.0, 20.0, 200.5, 40.0), block="body/table[1]/row[2]/cell[3]"),)
    cells = (
        {(1, "results"): ("answered", "Đã số hóa 100% hồ sơ học sinh."), (1, "funding"): ("none", "Không có")}
        if cells is None
        else cells
    )
    points = {"school.2": ("answered", "Thiếu nhân sự công nghệ thông tin.")} if points is None else points
    return Report(
        source=SourceInfo(
            name=name,
            sha256=hashlib.sha256((content or name).encode("utf-8", "surrogatepass")).hexdigest(),
            media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            pages=None,
        ),
        letterhead=Letterhead(number=number, date=date, issuer="TRƯỜNG THPT A"),
        unit=UnitMatch(id=unit, name=unit, group=group, confidence=0.9 if unit else 0.0),
        appendix=tuple(
            Answer(item=item, column=column, status=status, text=text, confidence=0.9, provenance=where)  # type: ignore[arg-type]
            for (item, column), (status, text) in cells.items()
        ),
        narrative=tuple(
            PointAnswer(point=point, status=status, text=text, confidence=0.8, provenance=where)  # type: ignore[arg-type]
            for point, (status, text) in points.items()
        ),
        facts=(
            Fact(kind="money", value=1_250_000_000, unit="VND", funding_source="budget", item=1, column="funding",
                 sentence="Ngân sách 1,25 tỷ đồng.", provenance=where),
            Fact(kind="percent", value=93.3, unit="%", funding_source=None, item=None, column=None,
                 sentence="đạt 93,3%", provenance=where),
            Fact(kind="document", value="3249/QĐ-UBND", unit=None, funding_source=None, item=None, column=None,
                 sentence="Căn cứ Quyết định số 3249/QĐ-UBND", provenance=where),
        ),
        unmapped=(),
        repairs=(
            Repair(kind="lost_letter", original="Th?c", replacement="Thực", confidence=0.97,
                   alternatives=(Alternative("Thức", 0.02),), provenance=where),
        ),
        warnings=(Notice("no_page_numbers", "Tệp không có số trang cố định."),),
    )  # fmt: skip

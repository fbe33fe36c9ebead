"""Documents by hand: paragraphs and tables as a reader would make them."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import campaigns
from campaigns.model import Campaign
from extractors.document import Block, Cell, Document, Page, Paragraph, Provenance, Role, Source, Span, Table
from extractors.report import Report
from extractors.understanding import understand

COLUMNS = ("directives", "results", "development", "funding", "challenges", "proposals")


@functools.cache
def campaign() -> Campaign:
    return campaigns.load("2542-SGDDT-GDTrH")


def p(
    text: str,
    *,
    bold: bool = False,
    number: str | None = None,
    role: Role = "body",
    align: str | None = None,
    page: int | None = None,
    block: str = "p",
) -> Paragraph:
    return Paragraph(
        spans=(Span(text=text, bold=bold),),
        where=Provenance(page=page, block=block),
        number=number,
        role=role,
        align=align,  # type: ignore[arg-type]
    )


def table(
    rows: Sequence[Sequence[str | None]],
    *,
    spans: dict[tuple[int, int], tuple[int, int]] | None = None,
    continued: bool = False,
    page: int | None = None,
    block: str = "table[1]",
) -> Table:
    """A table from its texts; ``spans`` maps (row, column) to (row span, column span), covered places hold None."""
    spans = spans or {}
    cells = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text is None:
                continue
            place = f"{block}/row[{r + 1}]/cell[{c + 1}]"
            paragraphs = tuple(
                p(line, page=page, block=f"{place}/p[{n}]") for n, line in enumerate(text.split("\n"), start=1)
            )
            down, across = spans.get((r, c), (1, 1))
            cells.append(
                Cell(
                    row=r,
                    column=c,
                    row_span=down,
                    column_span=across,
                    blocks=paragraphs,
                    where=Provenance(page=page, block=place),
                )
            )
    return Table(
        rows=len(rows),
        columns=max(len(row) for row in rows),
        cells=tuple(cells),
        where=Provenance(page=page, block=block),
        continued=continued,
    )


def document(*blocks: Block, name: str = "bao cao.docx") -> Document:
    source = Source(name=name, sha256="0" * 64, media_type="application/octet-stream", size=1)
    return Document(source=source, pages=(Page(blocks=tuple(blocks)),))


def pages(*contents: Sequence[Block], name: str = "bao cao.pdf") -> Document:
    source = Source(name=name, sha256="0" * 64, media_type="application/pdf", size=1)
    made = tuple(Page(blocks=tuple(blocks), number=n) for n, blocks in enumerate(contents, start=1))
    return Document(source=source, pages=made, page_count=len(made))


def read(*blocks: Block, name: str = "bao cao.docx") -> Report:
    return understand(document(*blocks, name=name), (), campaign())


def cells(report: Report) -> dict[tuple[int, str], str]:
    """Item and column → text, blank places left out."""
    return {(answer.item, answer.column): answer.text for answer in report.appendix if answer.status != "no_answer"}


def statuses(report: Report) -> dict[tuple[int, str], str]:
    return {(answer.item, answer.column): answer.status for answer in report.appendix}


def points(report: Report) -> dict[str, str]:
    return {answer.point: answer.text for answer in report.narrative}


def head(
    issuer: str = "TRƯỜNG THPT BÙI THỊ XUÂN", parent: str = "SỞ GIÁO DỤC VÀ ĐÀO TẠO TP. HỒ CHÍ MINH"
) -> list[Block]:
    """A usual two-column head and the opening of a report."""
    left = f"{parent}\n{issuer}\nSố: 45/BC-THPT"
    right = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nQuận 1, ngày 02 tháng 5 năm 2024"
    return [
        table([[left, right]], block="head"),
        p("BÁO CÁO", bold=True, align="center"),
        p("Kết quả thực hiện Đề án giáo dục thông minh", bold=True, align="center"),
        p("Thực hiện Công văn số 2542/SGDĐT-GDTrH ngày 26/4/2024, nhà trường báo cáo như sau:", align="justify"),
    ]


def titles() -> dict[int, str]:
    return {item.id: item.title for item in campaign().items}


def headings() -> list[str]:
    return [column.title for column in campaign().columns]

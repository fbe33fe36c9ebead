"""Tables of real files against what a person counted on their rendered pages. Skipped where the corpus is absent."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

import campaigns
from extractors import pipeline, understanding
from extractors.document import Document, Table

CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "documents"
PLAN = "docx/nmtric3docbinhkieu__KH_TUAN_LE_HOC_TAP_CONG_DAN_DAU_NAM_2026_2027.docx"
SCHOOL = "docx/nmtric3docbinhkieu__THONG_TIN_TRUONG_THPT_DOC_BINH_KIEU_2026.docx"
TASKS = "digital_pdf/hrmaster1982-dev__nghi-quyet-so-116-nq-cp-469463.pdf"

# rows, cells of the first row, and what the first row says first, of each table in order; counted by eye
COUNTED = {
    PLAN: [(8, 3, "Thời gian")] * 3,
    SCHOOL: [
        (3, 3, "Họ và tên"),
        (7, 3, "Tên tổ chuyên môn"),
        (7, 3, "Họ và tên"),
        (3, 8, "TT"),
        (4, 4, "Khối"),
        (5, 6, "Số lớp học"),
    ],
    TASKS: [(11, 5, "TT"), (10, 5, "TT"), (10, 5, "TT"), (8, 5, "TT"), (6, 5, "TT"), (7, 5, "TT")],
}


@functools.cache
def read(name: str) -> Document:
    """The repaired document as understanding receives it."""
    seen: list[Document] = []
    account = understanding.account

    def kept(document: Document, *rest: object) -> understanding.Understood:
        seen.append(document)
        return account(document, *rest)  # type: ignore[arg-type]

    understanding.account = kept
    try:
        pipeline.extract(CORPUS / name, campaigns.load("2542-SGDDT-GDTrH"), name=Path(name).name)
    finally:
        understanding.account = account
    return seen[0]


def first(table: Table) -> str:
    cell = min(table.cells, key=lambda cell: (cell.row, cell.column))
    return " ".join("".join(span.text for span in block.spans) for block in cell.blocks if not isinstance(block, Table))


@pytest.mark.parametrize("name", COUNTED)
def test_rows_and_columns_are_those_a_person_counts(name: str) -> None:
    if not (CORPUS / name).is_file():
        pytest.skip("the corpus is not here")
    tables = [block for page in read(name).pages for block in page.blocks if isinstance(block, Table)]
    found = [
        (table.rows, sum(cell.row == 0 for cell in table.cells), " ".join(first(table).split())) for table in tables
    ]
    wanted = COUNTED[name]
    kept = [shape for shape in found if shape[2] in {text for _, _, text in wanted}]  # letterhead and signature aside
    assert kept == wanted

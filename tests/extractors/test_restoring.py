"""Repaired text goes back into the spans it came from."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from extractors.document import Cell, Document, Page, Paragraph, Provenance, Source, Span, Table, paragraphs
from extractors.restoring import replay, restore
from normalizers.plan import Change, apply_plan

SOURCE = Source(name="a", sha256="0" * 64, media_type="text/plain", size=1)


def change(start: int, original: str, replacement: str) -> Change:
    return Change(
        start=start, end=start + len(original), kind="test", original=original, replacement=replacement, confidence=1.0
    )


def line(*spans: Span, number: str | None = None, block: str = "body/p[1]") -> Paragraph:
    return Paragraph(spans=spans, where=Provenance(block=block), number=number)


def pieces(spans: tuple[Span, ...]) -> list[tuple[str, str | None]]:
    return [(span.text, span.font) for span in spans]


SPANS = (Span(text="Căn c", font="A"), Span(text="? Quy?t", font="B"), Span(text=" định", font="C"))


def test_changes_inside_spans_keep_fonts() -> None:
    plan = [change(5, "?", "ứ"), change(10, "?", "ế")]
    assert pieces(replay(SPANS, plan)) == [("Căn c", "A"), ("ứ Quyết", "B"), (" định", "C")]


def test_change_across_a_border_goes_to_the_first_span() -> None:
    assert pieces(replay(SPANS, [change(4, "c? Q", "cứ Q")])) == [("Căn cứ Q", "A"), ("uy?t", "B"), (" định", "C")]


def test_change_over_whole_spans_removes_them() -> None:
    assert pieces(replay(SPANS, [change(4, "c? Quy?t đ", "X")])) == [("Căn X", "A"), ("ịnh", "C")]


def test_insertion_at_a_border_joins_the_first_span() -> None:
    plan = [change(0, "", "<"), change(5, "", "|"), change(17, "", ">")]
    assert pieces(replay(SPANS, plan)) == [("<Căn c|", "A"), ("? Quy?t", "B"), (" định>", "C")]


@given(st.data())
def test_replay_says_what_apply_plan_says(data: st.DataObject) -> None:
    texts = data.draw(st.lists(st.text("ab", max_size=4), min_size=1, max_size=5))
    raw = "".join(texts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=8)))
    plan = [
        change(start, raw[start:end], data.draw(st.text("XY", max_size=2)))
        for start, end in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    spans = tuple(Span(text=text, font=str(i)) for i, text in enumerate(texts))
    assert "".join(span.text for span in replay(spans, plan)) == apply_plan(raw, plan)


def test_whole_documents_tables_and_labels_included() -> None:
    # TCVN3 by its font: a paragraph, a list label, a nested table
    legacy = ".VnTime"
    inner = Table(
        rows=1,
        columns=1,
        where=Provenance(block="t2"),
        cells=(
            Cell(
                row=0,
                column=0,
                where=Provenance(block="c2"),
                blocks=(line(Span(text="th\u00adêng xuyªn", font=legacy), block="deep"),),
            ),
        ),
    )
    outer = Table(
        rows=1,
        columns=1,
        where=Provenance(block="t1"),
        cells=(Cell(row=0, column=0, where=Provenance(block="c1"), blocks=(inner,)),),
    )
    clean = line(Span(text="Ủy ban nhân dân Quận 5", font="Arial", bold=True), block="clean")
    page = Page(
        blocks=(
            line(
                Span(text="Céng hßa x· héi chñ nghÜa ", font=legacy, bold=True),
                Span(text="ViÖt Nam", font=legacy),
                block="head",
            ),
            line(Span(text="Tr¸ch nhiÖm cña gi¸o viªn", font=legacy), number="§iÒu 1.", block="item"),
            outer,
            clean,
        )
    )
    document = Document(source=SOURCE, pages=(page,))

    restored, repairs = restore(document)

    found = list(paragraphs(restored.blocks()))
    assert [p.line for p in found] == [
        "Cộng hòa xã hội chủ nghĩa Việt Nam",
        "Điều 1. Trách nhiệm của giáo viên",
        "thường xuyên",
        "Ủy ban nhân dân Quận 5",
    ]
    assert [span.bold for span in found[0].spans] == [True, False]
    assert found[3] is clean
    assert {repair.provenance[0].block for repair in repairs} == {"head", "item", "deep"}
    assert all(repair.original != repair.replacement for repair in repairs)


def test_pages_of_both_origins_keep_their_order() -> None:
    def page(number: int, text: str, origin: str) -> Page:
        return Page(
            blocks=(line(Span(text=text, confidences=(0.9,) * len(text.split()))),), number=number, origin=origin
        )  # type: ignore[arg-type]

    words = ["Báo cáo kết quả", "thực hiện Đề án", "giáo dục thông minh"]
    pages = tuple(page(i, text, "ocr" if i == 2 else "text") for i, text in enumerate(words, start=1))
    restored, repairs = restore(Document(source=SOURCE, pages=pages, page_count=3))
    assert [p.text for p in paragraphs(restored.blocks())] == words
    assert repairs == ()


def test_nothing_to_read() -> None:
    empty = Document(source=SOURCE, pages=())
    assert restore(empty) == (empty, ())

"""Shapes in which an item is a row."""

from __future__ import annotations

from benchmarks.gold.layouts.draft import EXTRA, Draft

YEARS = ("2021-2022", "2022-2023", "2023-2024")


def _heads(d: Draft) -> list[str]:
    return [*d.leads(), *(d.head(column) for column in d.columns)]


def _row(d: Draft, item: int) -> list[str]:
    return [*d.lead_cells(item), *(d.cell(item, column) for column in d.columns)]


def _across(text: str, columns: int) -> list[str]:
    return [text, *["<"] * (columns - 1)]


def form(d: Draft) -> None:
    d.lead = "stt"
    d.table([_heads(d), *(_row(d, item) for item in d.items)], 1, d.widths(len(d.columns)))


def reordered(d: Draft) -> None:
    d.chance.shuffle(d.items)
    d.chance.shuffle(d.columns)
    d.table([_heads(d), *(_row(d, item) for item in d.items)], 1, d.widths(len(d.columns)))


def no_number(d: Draft) -> None:
    d.lead = "none"
    d.table([_heads(d), *(_row(d, item) for item in d.items)], 1, d.widths(len(d.columns)))


def item_middle(d: Draft) -> None:
    at = len(d.columns) // 2
    first, rest = d.columns[:at], d.columns[at:]
    rows = [[*map(d.head, first), *d.leads(), *map(d.head, rest)]]
    for item in d.items:
        before = [d.cell(item, column) for column in first]
        rows.append([*before, *d.lead_cells(item), *(d.cell(item, column) for column in rest)])
    lead = (0.4, 1.5) if d.lead == "stt" else (1.5,)
    d.table(rows, 1, (*(1.3,) * at, *lead, *(1.3,) * len(rest)))


def item_last(d: Draft) -> None:
    numbered = d.lead == "stt"
    rows = [[*["STT"] * numbered, *map(d.head, d.columns), d.officer.subject]]
    for item in d.items:
        rows.append([*[d.number(item)] * numbered, *(d.cell(item, column) for column in d.columns), d.name(item)])
    d.table(rows, 1, (*(0.4,) * numbered, *(1.3,) * len(d.columns), 1.5))


def two_level(d: Draft) -> None:
    groups: dict[str, list[str]] = d.chance.choice(d.over)
    order = [column for group in groups.values() for column in group if column in d.columns]
    d.columns = [*order, *(column for column in d.columns if column not in order)]
    upper, lower = d.leads(), ["^"] * len(d.leads())
    for text, group in groups.items():
        held = [column for column in group if column in d.columns]
        upper += _across(text, len(held)) if held else []
        lower += [d.head(column) for column in held]
    alone = [column for column in d.columns if column not in order]
    upper, lower = [*upper, *map(d.head, alone)], [*lower, *["^"] * len(alone)]
    d.table([upper, lower, *(_row(d, item) for item in d.items)], 2, d.widths(len(d.columns)))


def grouped_items(d: Draft) -> None:
    rows = [_heads(d)]
    for text, items in d.groups.items():
        held = [item for item in d.items if item in items]
        if held:
            rows.append(_across(text, len(rows[0])))
            rows += [_row(d, item) for item in held]
    d.table(rows, 1, d.widths(len(d.columns)))


def headless(d: Draft) -> None:
    """All six columns in the letter's order, so that each is known by its place."""
    d.lead, d.columns = "stt", list(d.officer.columns)
    d.table([_row(d, item) for item in d.items], 0, d.widths(6))


def head_inside(d: Draft) -> None:
    heads = _heads(d)
    rows = [_across("TỔNG HỢP TÌNH HÌNH THỰC HIỆN ĐỀ ÁN", len(heads)), heads]
    rows.append(_across("Giai đoạn từ tháng 9/2021 đến nay", len(heads)))
    d.table([*rows, *(_row(d, item) for item in d.items)], 0, d.widths(len(d.columns)))


def title_rows(d: Draft) -> None:
    heads = _heads(d)
    rows = [_across("BẢNG TỔNG HỢP KẾT QUẢ THỰC HIỆN ĐỀ ÁN GIÁO DỤC THÔNG MINH", len(heads))]
    rows.append(_across("(Số liệu tính đến ngày 25 tháng 4 năm 2024)", len(heads)))
    rows += [heads, [f"({at})" for at in range(1, len(heads) + 1)]]
    d.table([*rows, *(_row(d, item) for item in d.items)], 0, d.widths(len(d.columns)))


def heads_each(d: Draft) -> None:
    rows = []
    for item in d.items:
        rows += [_heads(d), _row(d, item)]
    d.table(rows, 0, d.widths(len(d.columns)))


def numbers_legend(d: Draft) -> None:
    d.line("Trong bảng dưới đây, các nội dung được ghi theo số thứ tự như sau:")
    for item in d.items:
        d.line(f"({d.number(item)}) {d.officer.items[item]}")
    rows = [["Số thứ tự", *map(d.head, d.columns)]]
    rows += [[f"({d.number(item)})", *(d.cell(item, column) for column in d.columns)] for item in d.items]
    d.table(rows, 1, (0.6, *(1.3,) * len(d.columns)))


def letters_legend(d: Draft) -> None:
    letters = "ABCDEFG"[: len(d.columns)]
    d.line("Ký hiệu các cột trong bảng:")
    for letter, column in zip(letters, d.columns, strict=True):
        d.line(f"Cột {letter}: {d.head(column)}")
    d.table([[*d.leads(), *letters], *(_row(d, item) for item in d.items)], 1, d.widths(len(d.columns)))


def period_columns(d: Draft) -> None:
    how = d.chance.choice(("bare", "named", "over"))
    result = d.head("results")
    years = tuple(f"{d.label('results')} {year}" if how == "named" else year for year in YEARS)
    before = d.leads()
    upper, lower = list(before), ["^"] * len(before)
    for column in d.columns:
        if column == "results":
            upper += _across(result, 3) if how == "over" else years
            lower += years if how == "over" else ["^"] * 3
        else:
            upper.append(d.head(column))
            lower.append("^")
    rows = [upper, lower] if how == "over" else [upper]
    head = len(rows)
    for item in d.items:
        row = d.lead_cells(item)
        for column in d.columns:
            one = column == "results"
            row += d.pieces(item, column, 3, (*years, result)) if one else [d.cell(item, column)]
        rows.append(row)
    d.table(rows, head, d.widths(len(d.columns) + 2))


def period_rows(d: Draft) -> None:
    d.columns = [*(c for c in d.columns if c == "results"), *(c for c in d.columns if c != "results")]
    rows = [[*d.leads(), "Năm học", *map(d.head, d.columns)]]
    for item in d.items:
        parts = d.pieces(item, "results", len(YEARS), YEARS)
        rest = [d.cell(item, column) for column in d.columns[1:]]
        for at, (year, part) in enumerate(zip(YEARS, parts, strict=True)):
            lead = d.lead_cells(item) if at == 0 else ["^"] * len(d.leads())
            rows.append([*lead, year, part, *(rest if at == 0 else ["^"] * len(rest))])
    lead = (0.4, 1.5) if d.lead == "stt" else (1.5,)
    d.table(rows, 1, (*lead, 0.8, *(1.3,) * len(d.columns)))


def merged_answers(d: Draft) -> None:
    joined = set(d.chance.sample(d.asked(), 2))
    rows = [_heads(d)]
    for at, item in enumerate(d.items):
        first = d.items[at - at % 2]
        row = d.lead_cells(item)
        for column in d.columns:
            if column not in joined or item == first or not d.has(first, column):
                row.append(d.cell(item, column))
            else:
                row.append("^")
                d.also(item, column, first)
        rows.append(row)
    d.table(rows, 1, d.widths(len(d.columns)))


def named_together(d: Draft) -> None:
    """The first item's answers stand for both; right at either."""
    rows = [[d.officer.subject, *map(d.head, d.columns)]]
    for at in range(0, len(d.items), 2):
        pair = d.items[at : at + 2]
        row = ["\n".join(map(d.title, pair))]
        for column in d.columns:
            if column == EXTRA:
                row.append(d.cell(pair[0], column))
                continue
            status, text = d.answers.get(pair[0], {}).get(column, ("no_answer", ""))
            row += d.want(tuple((item, column) for item in pair), status, (text,))
        rows.append(row)
    d.table(rows, 1, (1.5, *(1.3,) * len(d.columns)))


def joined_columns(d: Draft) -> None:
    """Two neighbours under one head that names both; a cell answers one of them and is right at either."""
    at = d.chance.randrange(len(d.asked()) - 1)
    pair = d.asked()[at : at + 2]
    mark = d.chance.choice(("; ", " / ", "\n"))
    heads = [d.head(c) if c != pair[0] else mark.join(map(d.label, pair)) for c in d.columns if c != pair[1]]
    rows = [[*d.leads(), *heads]]
    for item in d.items:
        row = d.lead_cells(item)
        for column in d.columns:
            if column == pair[0]:
                held = [d.answers[item][c] for c in pair if c in d.answers.get(item, {})] or [("no_answer", "")]
                status, text = d.chance.choice(held)
                row += d.want(tuple((item, c) for c in pair), status, (text,))
            elif column != pair[1]:
                row.append(d.cell(item, column))
        rows.append(row)
    d.table(rows, 1, d.widths(len(heads)))


def cut_by_text(d: Draft) -> None:
    at = len(d.items) // 2
    d.table([_heads(d), *(_row(d, item) for item in d.items[:at])], 1, d.widths(len(d.columns)))
    d.line("Bên cạnh đó, đơn vị tiếp tục triển khai các công việc sau đây:")
    d.table([_row(d, item) for item in d.items[at:]], 0, d.widths(len(d.columns)))


def split_columns(d: Draft) -> None:
    at = (len(d.columns) + 1) // 2
    for order, columns in enumerate((d.columns[:at], d.columns[at:]), start=1):
        d.line(f"Bảng {order}", "centre")
        rows = [[*d.leads(), *map(d.head, columns)]]
        rows += [[*d.lead_cells(item), *(d.cell(item, column) for column in columns)] for item in d.items]
        d.table(rows, 1, d.widths(len(columns)))


def figures_around(d: Draft) -> None:
    d.line("Quy mô của đơn vị trong ba năm học:")
    rows = [["Chỉ số", *YEARS]]
    for name, low in (("Số lớp", 30), ("Số học sinh", 1200), ("Số giáo viên", 70)):
        rows.append([name, *(str(low + d.chance.randint(0, low // 9)) for _ in YEARS)])
    d.table(rows)
    d.line("Kết quả thực hiện từng nội dung:")
    d.table([_heads(d), *(_row(d, item) for item in d.items)], 1, d.widths(len(d.columns)))
    d.line("Danh mục tài liệu gửi kèm báo cáo này:")
    papers = ("Kế hoạch năm học", "Biên bản họp tổ", "Ảnh chụp hoạt động")
    kept = [[str(at), name, str(d.chance.randint(2, 14))] for at, name in enumerate(papers, start=1)]
    d.table([["TT", "Tên tài liệu", "Số trang"], *kept], 1, (0.4, 2.0, 1.0))

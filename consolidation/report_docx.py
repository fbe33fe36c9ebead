"""``bao-cao-tong-hop.docx``: the report the officer signs, in the form of Nghị định 30/2020/NĐ-CP."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from campaigns.model import Campaign, Issuing, Item
from consolidation import pictures
from consolidation.budget import Line
from consolidation.digest import Digest, Entry, Place
from consolidation.figures import money
from consolidation.findings import Findings
from consolidation.folding import Folded
from consolidation.places import short
from consolidation.submissions import Submission, last_day_on_time
from consolidation.word import Block, Cell, Picture, Run, Table, Text, cell, fill, line
from consolidation.words import CELLS, SUBMISSIONS, group_title

TEMPLATE = "bao-cao-tong-hop.docx"
_TOP = 8  # statements of a cause or an addressee in the body
_RESULTS = 3  # results of an item in the body
_UNITS = 4  # units named behind a statement
_MILLION = 10**6
_UNSURE = "[*] "
_WIDTH = 252.0  # mm, of the landscape pages between their margins


def write(  # noqa: PLR0913 - each by its name
    path: Path,
    *,
    submissions: Sequence[Submission],
    findings: Findings,
    digest: Digest,
    now: dt.datetime,
    own: Path | None = None,
) -> None:
    """``submissions``, ``findings`` and ``digest`` hold what all units of the campaign have sent; ``own`` is a folder
    that may hold the officer's own template."""
    campaign = findings.campaign
    issuing = issuing_of(campaign)
    names: dict[str, str | Sequence[Block]] = {
        **heads(campaign, now),
        "trich_yeu": f"Tổng hợp báo cáo của các đơn vị theo Công văn số {campaign.letter.number}"
        f" về việc {lower(campaign.letter.subject)}",
        "kinh_gui": issuing.addressee or "………………",
        "noi_dung": list(_body(campaign, submissions, findings, digest, now)),
        "noi_nhan": _recipients(issuing),
        "ten_phu_luc_1": "TỔNG HỢP KẾT QUẢ THỰC HIỆN THEO TỪNG MỤC",
        "phu_luc_1": [*_appendix(campaign, digest)],
        "ten_phu_luc_2": "NỘI DUNG BÁO CÁO THEO TỪNG NHÓM ĐƠN VỊ",
        "phu_luc_2": [*_points(campaign, digest)],
    }
    fill(TEMPLATE, names, path, now, own)


# -- heads -----------------------------------------------------------------------------------------------------------


def issuing_of(campaign: Campaign) -> Issuing:
    """Who signs; dots to be filled in by hand where the campaign does not say."""
    return campaign.issuing or Issuing(
        parent="………………",
        issuer=campaign.letter.issuer,
        place="………………",
        report_symbol="BC-………",
        letter_symbol=campaign.letter.number.partition("/")[2] or "………",
        signer_title="………………",
    )


def heads(campaign: Campaign, now: dt.datetime) -> dict[str, str | Sequence[Block]]:
    issuing = issuing_of(campaign)
    return {
        "co_quan_chu_quan": issuing.parent.upper(),
        "co_quan": issuing.issuer.upper(),
        "ten_co_quan": issuing.issuer,
        "ky_hieu_bao_cao": issuing.report_symbol,
        "ky_hieu_cong_van": issuing.letter_symbol,
        "dia_danh": issuing.place,
        "nam": str(local_day(campaign, now).year),
        "chuc_vu": issuing.signer_title.upper(),
        "nguoi_ky": issuing.signer,
    }


def _recipients(issuing: Issuing) -> list[Block]:
    lines = issuing.recipients or ("………………", "Lưu: VT.")
    last = len(lines) - 1
    return [line("Nơi nhận", f"- {text.rstrip('.;')}{'.' if n == last else ';'}") for n, text in enumerate(lines)]


def local_day(campaign: Campaign, now: dt.datetime) -> dt.date:
    return now.astimezone(ZoneInfo(campaign.deadline.timezone)).date()


def day(date: dt.date) -> str:
    """As Nghị định 30 writes a date: 0 before days under 10 and months under 3."""
    month = f"{date.month:02}" if date.month < 3 else str(date.month)
    return f"{date.day:02} tháng {month} năm {date.year}"


def lower(text: str) -> str:
    """``text`` to go on within a sentence: its first letter small unless the first word is an abbreviation."""
    first = text.split(" ", 1)[0]
    return text if first.isupper() else text[:1].lower() + text[1:]


# -- body ------------------------------------------------------------------------------------------------------------


def _body(
    campaign: Campaign, submissions: Sequence[Submission], findings: Findings, digest: Digest, now: dt.datetime
) -> Iterator[Block]:
    letter = campaign.letter
    issuer = issuing_of(campaign).issuer
    if digest.unsure:
        yield line(
            "Ghi chú dự thảo",
            f"[Dự thảo: {digest.unsure} câu trả lời do máy đọc chưa chắc và chưa ai xác nhận, ghi dấu {_UNSURE.strip()}"
            " trong báo cáo và phụ lục; xem cột “Cần xem lại” của tong-hop.xlsx. Xóa dòng này trước khi ký.]",
        )
    yield line(
        "Nội dung",
        f"Thực hiện Công văn số {letter.number} ngày {day(letter.date)} về việc {lower(letter.subject)}, {issuer}"
        " tổng hợp báo cáo của các đơn vị như sau:",
    )
    yield line("Heading 1", "I. TÌNH HÌNH BÁO CÁO CỦA CÁC ĐƠN VỊ")
    yield from _submission_part(campaign, submissions, now)
    yield line("Heading 1", "II. KẾT QUẢ THỰC HIỆN THEO TỪNG NỘI DUNG")
    yield from _result_part(campaign, findings, digest)
    yield line("Heading 1", "III. KINH PHÍ THỰC HIỆN")
    yield from _money_part(campaign, findings)
    yield line("Heading 1", "IV. KHÓ KHĂN, HẠN CHẾ VÀ NGUYÊN NHÂN")
    yield from _topics(findings.causes, findings.difficulties, "Các đơn vị chưa nêu khó khăn.")
    yield line("Heading 1", "V. ĐỀ XUẤT, KIẾN NGHỊ")
    yield from _topics(findings.addressees, findings.proposals, "Các đơn vị chưa nêu kiến nghị.")
    closing = issuing_of(campaign).addressee
    yield line(
        "Nội dung",
        f"Trên đây là báo cáo tổng hợp theo Công văn số {letter.number}, {issuer} kính báo cáo"
        f"{' ' + closing if closing else ''}./.",
    )


def _submission_part(campaign: Campaign, submissions: Sequence[Submission], now: dt.datetime) -> Iterator[Block]:
    expected = [one for one in submissions if one.unit.expected]
    states = Counter(one.state for one in expected)
    late_too = sum(one.state == "incomplete" and one.days_late > 0 for one in expected)
    both = f" (trong đó {late_too} đơn vị gửi trễ)" if late_too else ""
    today = local_day(campaign, now)
    yield line(
        "Nội dung",
        f"Tính đến ngày {day(today)}, {len(expected) - states['missing']}/{len(expected)} đơn vị phải báo cáo đã gửi"
        f" báo cáo: {states['on_time']} đơn vị đúng hạn và đủ nội dung, {states['late']} đơn vị trễ hạn,"
        f" {states['incomplete']} đơn vị còn thiếu nội dung{both}; {states['missing']} đơn vị chưa gửi. Ngày cuối cùng"
        f" còn đúng hạn là ngày {day(last_day_on_time(campaign.deadline))}.",
    )
    groups = dict.fromkeys((*campaign.groups, *(one.unit.group for one in submissions)))
    counts = {g: Counter(one.state for one in submissions if one.unit.group == g) for g in groups}
    rows = [_head("Nhóm đơn vị", "Phải báo cáo", *(mark.label for mark in SUBMISSIONS.values()))]
    for group in groups:
        owed = sum(one.unit.group == group for one in expected)
        numbers = (owed, *(counts[group][state] for state in SUBMISSIONS))  # type: ignore[index]
        rows.append((cell(group_title(campaign, group)), *(cell(str(number), "Bảng số") for number in numbers)))
    yield line("Tên bảng", "Tình hình gửi báo cáo theo nhóm đơn vị (số đơn vị)")
    yield Table((60, 20, 20, 20, 20, 20), tuple(rows))
    labels = [group_title(campaign, group) for group in groups]
    series = [
        (mark.label, mark.fill, [counts[group][state] for group in groups])  # type: ignore[index]
        for state, mark in SUBMISSIONS.items()
    ]
    yield from _picture(pictures.bars(labels, series), "Tình hình gửi báo cáo theo nhóm đơn vị")
    yield from _timeline(campaign, submissions)


def _timeline(campaign: Campaign, submissions: Sequence[Submission]) -> Iterator[Block]:
    last = last_day_on_time(campaign.deadline)
    days = Counter(one.submitted_on for one in submissions if one.submitted_on)
    near = [date for date in days if abs((date - last).days) <= 31]
    if not near:
        return
    first, end = min(*near, last), max(*near, last)
    shown = [first + dt.timedelta(days=n) for n in range((end - first).days + 1)]
    labels, values = [f"{date:%d/%m}" for date in shown], [days[date] for date in shown]
    later = sum(count for date, count in days.items() if date > end)
    if later:
        labels.append("sau đó")
        values.append(later)
    yield from _picture(
        pictures.columns(labels, values, "#2E75B6"),
        f"Số báo cáo gửi theo ngày (ngày cuối cùng đúng hạn {last:%d/%m/%Y})",
    )


def _result_part(campaign: Campaign, findings: Findings, digest: Digest) -> Iterator[Block]:
    results = [column.id for column in campaign.columns if column.role == "results"] or [campaign.columns[0].id]
    sums = dict(findings.by_item)
    yield line(
        "Nội dung",
        "Kết quả theo từng mục của phụ lục được tóm tắt dưới đây; nội dung của từng đơn vị kèm nguồn ở Phụ lục I, nội"
        " dung báo cáo theo từng nhóm đơn vị ở Phụ lục II.",
    )
    for item in campaign.items:
        place: Place = (item.id, results[0])
        yield line("Heading 2", f"{item.id}. {item.title.rstrip('.;')}")
        yield line("Nội dung", _result_sentence(digest, place, sums[item.id]))
        for entry in sorted(digest.entries(place), key=_weight)[:_RESULTS]:
            yield line("Ý", f"- {_unsure(entry)}{_units(entry.units)}: {_first_line(entry.text)}")
    heads = [short(column, 24) for column in campaign.columns]
    said = [
        [
            sum(digest.statuses[(item.id, column.id), status] for status in CELLS if status not in _SILENT)
            for column in campaign.columns
        ]
        for item in campaign.items
    ]
    labels = [f"{item.id}. {short(item)}" for item in campaign.items]
    yield from _picture(pictures.heat(labels, heads, said), "Số đơn vị có trả lời theo mục và cột của phụ lục")


def _weight(entry: Entry) -> tuple[int, bool, bool]:
    """What a short list shows first: what most units say, what is sure, what has figures."""
    return -len(entry.units), entry.unsure, not any(map(str.isdigit, entry.text))


_SILENT = ("no_answer", "not_provided", "not_submitted")


def _result_sentence(digest: Digest, place: Place, sums: Line) -> str:
    count = {status: digest.statuses[place, status] for status in ("answered", "by_reference", "not_yet", "none")}
    if not any(count.values()):
        text = "Chưa có đơn vị nào báo cáo kết quả trong phụ lục."
    else:
        parts = [f"{count['answered'] + count['by_reference']} đơn vị báo cáo kết quả"]
        parts += [f"{count['not_yet']} đơn vị chưa thực hiện"] if count["not_yet"] else []
        parts += [f"{count['none']} đơn vị trả lời không có"] if count["none"] else []
        text = f"Có {', '.join(parts)}."
    if sums.total:
        text += f" Kinh phí đã nêu: {_sources(sums)}."
    return text


def _money_part(campaign: Campaign, findings: Findings) -> Iterator[Block]:
    total = findings.total
    if not findings.figures:
        yield line("Nội dung", "Các đơn vị chưa nêu số liệu kinh phí.")
        return
    yield line(
        "Nội dung",
        f"{total.units} đơn vị nêu số liệu kinh phí, tổng cộng {money(total.total)} đồng, gồm {_sources(total)}.",
    )
    if total.spread:
        yield line(
            "Nội dung",
            f"Số nêu theo khoảng được cộng theo mức thấp; cộng theo mức cao thì tổng là {money(total.upper)} đồng.",
        )
    if total.aside:
        yield line(
            "Nội dung",
            f"Chưa cộng vào tổng trên {money(total.aside)} đồng là số có thể trùng với số của đơn vị khác hoặc của phụ"
            " lục, số dự kiến và dự toán; từng số, lý do và câu nêu số ở trang “Chi tiết kinh phí” của tệp"
            " tong-hop.xlsx.",
        )
    yield line("Tên bảng", "Kinh phí theo mục và nguồn (triệu đồng)")
    rows = [_head("Nội dung", "Ngân sách", "Xã hội hóa", "Chưa tách nguồn", "Tổng cộng")]
    titles = {item.id: f"{item.id}. {short(item, 60)}" for item in campaign.items}
    by_item = findings.by_item
    for item, sums in by_item:
        rows.append(_money_row(titles[item] if item is not None else "Không gắn với mục nào", sums))
    rows.append(_money_row("Cộng", total, bold=True))
    yield Table((64, 25, 25, 23, 25), tuple(rows))
    labels = [titles[item] if item is not None else "Không gắn với mục" for item, _ in by_item]
    series = [
        ("Ngân sách", "#2E75B6", [sums.budget / _MILLION for _, sums in by_item]),
        ("Xã hội hóa", "#F4B183", [sums.socialised / _MILLION for _, sums in by_item]),
        ("Chưa tách nguồn", "#A6A6A6", [sums.unsplit / _MILLION for _, sums in by_item]),
    ]
    yield from _picture(pictures.bars(labels, series), "Kinh phí theo mục và nguồn (triệu đồng)")


def _money_row(name: str, sums: Line, *, bold: bool = False) -> tuple[Cell, ...]:
    numbers = (sums.budget, sums.socialised, sums.unsplit, sums.total)
    return (cell(name, bold=bold), *(cell(_millions(number), "Bảng số", bold=bold) for number in numbers))


def _millions(value: int) -> str:
    """``1.250,5``: no amount is rounded away."""
    whole, rest = divmod(value, _MILLION)
    return money(whole) + (f",{rest:06}".rstrip("0") if rest else "")


def _sources(sums: Line) -> str:
    parts = [f"ngân sách {money(sums.budget)} đồng"] if sums.budget else []
    parts += [f"xã hội hóa {money(sums.socialised)} đồng"] if sums.socialised else []
    parts += [f"chưa tách nguồn {money(sums.unsplit)} đồng"] if sums.unsplit else []
    return ", ".join(parts) or "0 đồng"


def _topics(topics: Sequence[str], found: Sequence[Folded], none: str) -> Iterator[Block]:
    if not found:
        yield line("Nội dung", none)
    number = 0
    for topic in topics:
        said = [one for one in found if one.topic == topic]
        if not said:
            continue
        number += 1
        units = {unit for one in said for unit in one.units}
        yield line("Heading 2", f"{number}. {topic} ({len(units)} đơn vị)")
        for one in said[:_TOP]:
            yield line("Ý", f"- {one.text} ({_units(one.units)}).")
        if len(said) > _TOP:
            yield line("Ý", f"- Và {len(said) - _TOP} ý khác, xem tệp tong-hop.xlsx.")


def _units(units: Sequence[str]) -> str:
    names = list(dict.fromkeys(units))
    shown = ", ".join(names[:_UNITS])
    return f"{shown} và {len(names) - _UNITS} đơn vị khác" if len(names) > _UNITS else shown


def _first_line(text: str, most: int = 300) -> str:
    joined = "; ".join(part.strip(" -+•;.") for part in text.split("\n") if part.strip(" -+•;."))
    return joined if len(joined) <= most else joined[:most].rsplit(" ", 1)[0] + " […]"


def _unsure(entry: Entry) -> str:
    return _UNSURE if entry.unsure else ""


def _picture(png: bytes | None, caption: str) -> Iterator[Block]:
    if png is not None:
        yield Picture(png, 160)
        yield line("Hình", f"Biểu đồ: {caption}")


# -- appendices ------------------------------------------------------------------------------------------------------


def _appendix(campaign: Campaign, digest: Digest) -> Iterator[Block]:
    """The table of the letter, every place filled with who said what."""
    columns = campaign.columns
    weights = [1.4 if len(column.title) > 150 else 1.0 for column in columns]  # mm for long headings
    share = (_WIDTH - 10 - 28) / sum(weights)
    head = tuple(
        Cell((line("Bảng đầu", Run(title, bold=True, size=8)),))
        for title in ("STT", "Nội dung", *(column.title.rstrip(";.") for column in columns))
    )
    numbers = tuple(
        Cell((line("Bảng đầu", Run(title, size=8)),))
        for title in ("", "", *(f"({n})" for n in range(1, len(columns) + 1)))
    )
    rows = [head, numbers]
    rows += [
        (cell(str(item.id)), _item(item), *(_place(digest, (item.id, column.id)) for column in columns))
        for item in campaign.items
    ]
    yield from _note(digest)
    yield Table((10, 28, *(share * weight for weight in weights)), tuple(rows), heads=2)


def _item(item: Item) -> Cell:
    return Cell((line("Bảng chữ", Run(item.title, bold=True)),))


def _points(campaign: Campaign, digest: Digest) -> Iterator[Block]:
    yield from _note(digest)
    for n, group in enumerate(campaign.groups.values(), 1):
        yield line("Heading 2", f"{n}. {group.title}")
        rows = [_head("STT", "Nội dung phải báo cáo", "Nội dung các đơn vị đã báo cáo")]
        asked = [point for point in group.points if not point.appendix]
        for m, point in enumerate(asked, 1):
            title = Cell((line("Bảng chữ", Run(point.title, bold=True)),))
            rows.append((cell(str(m)), title, _place(digest, point.id)))
        yield Table((10, 62, _WIDTH - 72), tuple(rows))
        yield line("Bảng chữ", "")


def _place(digest: Digest, place: Place) -> Cell:
    """Answers grouped by unit with their sources; who said “không có” and the like; who left it blank, in numbers."""
    lines: list[Text] = []
    for entry in digest.entries(place):
        mark = Run(_UNSURE, bold=True, color="C00000") if entry.unsure else Run("")
        sources = "; ".join(dict.fromkeys(entry.sources[:_UNITS])) + ("; …" if len(entry.sources) > _UNITS else "")
        lines.append(
            line(
                "Bảng chữ",
                mark,
                Run(f"{_units(entry.units)}: ", bold=True),
                entry.text,
                Run(f" [{sources}]", italic=True, size=8, color="595959"),
            )
        )
    if digest.left_out[place]:
        lines.append(
            line("Bảng chữ", Run(f"… và {digest.left_out[place]} câu trả lời khác, xem tong-hop.xlsx", italic=True))
        )
    for status in ("by_reference", "not_yet", "none"):
        names, more = digest.named(place, status)
        if names:
            label = {"by_reference": "Dẫn chiếu mục khác", "not_yet": "Chưa thực hiện", "none": "Không có"}[status]
            rest = f" và {more} đơn vị khác" if more else ""
            lines.append(line("Bảng chữ", Run(f"{label}: ", italic=True), ", ".join(names) + rest))
    blank = digest.statuses[place, "no_answer"]
    if blank:
        lines.append(line("Bảng chữ", Run(f"Để trống: {blank} đơn vị", italic=True, color="7F7F7F")))
    return Cell(tuple(lines))


def _note(digest: Digest) -> Iterator[Block]:
    if digest.unsure:
        yield line(
            "Ghi chú dự thảo", f"{_UNSURE}máy đọc chưa chắc, chưa ai xác nhận; cần đối chiếu với tệp gốc trước khi ký."
        )


def _head(*titles: str) -> tuple[Cell, ...]:
    return tuple(cell(title, "Bảng đầu") for title in titles)

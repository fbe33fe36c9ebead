"""``nhac-nop.docx``: the letter that reminds units of what they have not sent, with the list, ready to send."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

from campaigns.model import Campaign
from consolidation.report_docx import day, heads, issuing_of, local_day, lower
from consolidation.submissions import Submission
from consolidation.word import Block, Cell, Table, cell, fill, line
from consolidation.words import group_title

TEMPLATE = "nhac-nop.docx"
_TITLE = 220  # letters of one missing point; titles of the letter run over many lines


def write(
    path: Path, campaign: Campaign, submissions: Sequence[Submission], now: dt.datetime, own: Path | None = None
) -> None:
    """``own``: a folder that may hold the officer's own template."""
    issuing = issuing_of(campaign)
    missing = [one for one in submissions if one.state == "missing" and one.unit.expected]
    incomplete = [one for one in submissions if one.state == "incomplete"]
    names: dict[str, str | Sequence[Block]] = {
        **heads(campaign, now),
        "trich_yeu": f"đôn đốc gửi báo cáo theo Công văn số {campaign.letter.number}",
        "kinh_gui": [*_addressees(campaign, [*missing, *incomplete])],
        "noi_dung": [*_letter(campaign, missing, incomplete, now)],
        "noi_nhan": [
            line("Nơi nhận", "- Như trên;"),
            line("Nơi nhận", f"- Lưu: VT, {issuing.letter_symbol.rpartition('-')[2]}."),
        ],
        "ten_danh_sach": f"Các đơn vị chưa gửi, gửi chưa đủ báo cáo theo Công văn số {campaign.letter.number}",
        "danh_sach": [*_lists(campaign, missing, incomplete)],
    }
    fill(TEMPLATE, names, path, now, own)


def _addressees(campaign: Campaign, found: Sequence[Submission]) -> Iterator[Block]:
    groups = [group for group in campaign.groups if any(one.unit.group == group for one in found)]
    if len(groups) <= 1:
        yield line("Kính gửi", f"Kính gửi: {group_title(campaign, groups[0]) if groups else '………………'}.")
        return
    yield line("Kính gửi", "Kính gửi:")
    for n, group in enumerate(groups, 1):
        yield line("Ý", f"- {group_title(campaign, group)}{'.' if n == len(groups) else ';'}")


def _letter(
    campaign: Campaign, missing: Sequence[Submission], incomplete: Sequence[Submission], now: dt.datetime
) -> Iterator[Block]:
    letter, deadline = campaign.letter, campaign.deadline
    issuer = issuing_of(campaign).issuer
    unverified = sum(not one.unit.verified for one in (*missing, *incomplete))
    if unverified:
        yield line(
            "Ghi chú dự thảo",
            f"[Dự thảo: {unverified} đơn vị trong danh sách chưa được đối chiếu với danh sách chính thức. Xóa dòng này"
            " trước khi gửi.]",
        )
    until = "trong" if deadline.inclusive else "trước"
    yield line(
        "Nội dung",
        f"Ngày {day(letter.date)}, {issuer} ban hành Công văn số {letter.number} về việc {lower(letter.subject)}, đề"
        f" nghị các đơn vị gửi báo cáo {until} ngày {day(deadline.date)}.",
    )
    if not missing and not incomplete:
        yield line("Nội dung", f"Tính đến ngày {day(local_day(campaign, now))}, tất cả đơn vị đã gửi đủ báo cáo.")
        return
    yield line(
        "Nội dung",
        f"Tính đến ngày {day(local_day(campaign, now))}, còn {len(missing)} đơn vị chưa gửi báo cáo và"
        f" {len(incomplete)} đơn vị đã gửi nhưng còn thiếu nội dung (danh sách kèm theo).",
    )
    place = f" ({letter.receiving_office} nhận)" if letter.receiving_office else ""
    portal = f" và cập nhật trên hệ thống {letter.portal}" if letter.portal else ""
    yield line(
        "Nội dung",
        f"{issuer} đề nghị thủ trưởng các đơn vị có tên trong danh sách gửi báo cáo, bổ sung nội dung còn thiếu về"
        f" {issuer}{place}{portal} trước ngày       tháng       năm {local_day(campaign, now).year}.",
    )
    contact = letter.receiving_office or issuer
    yield line(
        "Nội dung", f"Đơn vị đã gửi báo cáo mà còn tên trong danh sách đề nghị liên hệ {contact} để đối chiếu./."
    )


def _lists(campaign: Campaign, missing: Sequence[Submission], incomplete: Sequence[Submission]) -> Iterator[Block]:
    yield line("Heading 1", f"I. CHƯA GỬI BÁO CÁO ({len(missing)} đơn vị)")
    for n, (group, found) in enumerate(_grouped(campaign, missing), 1):
        yield line("Heading 2", f"{n}. {group_title(campaign, group)} ({len(found)} đơn vị)")
        rows: list[tuple[Cell, ...]] = [_head("STT", "Đơn vị", "Địa bàn")]
        rows += [(cell(str(m)), cell(one.unit.name), cell(one.unit.district or "")) for m, one in enumerate(found, 1)]
        yield Table((12, 100, 48), tuple(rows))
    yield line("Heading 1", f"II. ĐÃ GỬI NHƯNG CÒN THIẾU NỘI DUNG ({len(incomplete)} đơn vị)")
    for n, (group, found) in enumerate(_grouped(campaign, incomplete), 1):
        yield line("Heading 2", f"{n}. {group_title(campaign, group)} ({len(found)} đơn vị)")
        rows = [_head("STT", "Đơn vị", "Báo cáo đã gửi", "Nội dung còn thiếu")]
        rows += [
            (
                cell(str(m)),
                cell(one.unit.name),
                cell(_sent(one)),
                cell("\n".join(f"- {_short(lack)}" for lack in one.lacks)),
            )
            for m, one in enumerate(found, 1)
        ]
        yield Table((12, 45, 35, 68), tuple(rows))


def _sent(one: Submission) -> str:
    parts = [f"Số {one.number}"] if one.number else []
    parts += [f"ngày {one.letter_date:%d/%m/%Y}"] if one.letter_date else []
    return " ".join(parts) or one.file or ""


def _grouped(campaign: Campaign, found: Sequence[Submission]) -> Iterator[tuple[str, list[Submission]]]:
    for group in dict.fromkeys((*campaign.groups, *(one.unit.group for one in found))):
        members = [one for one in found if one.unit.group == group]
        if members:
            yield group, members


def _short(title: str) -> str:
    return title if len(title) <= _TITLE else title[:_TITLE].rsplit(" ", 1)[0] + " …"


def _head(*titles: str) -> tuple[Cell, ...]:
    return tuple(cell(title, "Bảng đầu") for title in titles)

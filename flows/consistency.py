"""``./baocao doctor --data``: do the database, the kept originals and the inbox agree, and was nothing left behind?"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import msgspec
import typer

from flows import inbox, printing, scratch, workplace
from flows.settings import Settings
from flows.workplace import Workplace
from storage.consistency import Examination, Finding

CHECKED = {"originals": "bản gốc", "arrivals": "tệp đã nhận", "reports": "báo cáo", "answers": "câu trả lời",
           "inbox": "tệp trong hộp đến"}  # fmt: skip


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at, and what was found: damage first."""

    checked: dict[str, int]
    findings: list[Finding]

    @property
    def damaged(self) -> bool:
        return any(not finding.waiting for finding in self.findings)


def run(settings: Settings, *, as_json: bool) -> int:
    """Print the findings; 1 when something is damaged or lost, else 0 (what waits for the next run is no damage)."""
    found = check(workplace.at(settings))
    if as_json:
        built = msgspec.to_builtins(found)
        sys.stdout.buffer.write(json.dumps(built, ensure_ascii=False, indent=2).encode() + b"\n")
    else:
        _show(found)
    return 1 if found.damaged else 0


def check(place: Workplace) -> Examined:
    """Everything that is not as it should be. A batch that runs meanwhile shows as waiting."""
    examination = Examination(place.repository.engine, place.originals)
    findings = [*examination.run(), *_inbox(place, examination), *_leftovers(place)]
    findings.sort(key=lambda finding: finding.waiting)
    return Examined(checked={name: examination.checked[name] for name in CHECKED}, findings=findings)


def _inbox(place: Workplace, examination: Examination) -> list[Finding]:
    """Files that no run has received in their present content."""
    settings = place.settings
    uploaded = (settings.data_dir / "jobs").glob("*/files")
    chosen = (settings.inbox, settings.inbox_done, *uploaded)
    folders = [folder for folder in chosen if folder is not None and folder.is_dir()]
    noted = {(arrival.path, arrival.sha256) for arrival in place.repository.arrivals(place.campaign.id)}
    known = {sha256 for _, sha256 in noted}
    found = []
    for file in inbox.files(folders):
        examination.checked["inbox"] += 1
        sha256 = _sha256(file)
        if sha256 not in known and (inbox.shown_place(file), None) not in noted:
            found.append(
                Finding(code="not_received", subject=inbox.shown_name(file), message="Chưa nhận.", waiting=True)
            )
    return found


def _leftovers(place: Workplace) -> list[Finding]:
    left = len(scratch.leftovers(place.settings.data_dir / scratch.FOLDER)) + place.originals.sweep(remove=False)
    if not left:
        return []
    message = f"{left} tệp hoặc thư mục tạm của tiến trình đã ngừng; lần chạy sau sẽ dọn."
    return [Finding(code="temporary", subject="tệp tạm", message=message, waiting=True)]


def _sha256(file: Path) -> str | None:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None


def _show(found: Examined) -> None:
    printing.counts({CHECKED[name]: count for name, count in found.checked.items()}, "Đã kiểm tra")
    for waiting, title in ((False, "Hỏng hoặc mất"), (True, "Còn dở dang, lần chạy ingest sau sẽ làm tiếp")):
        rows = [(one.subject, one.message) for one in found.findings if one.waiting is waiting]
        if rows:
            printing.table(("Đối tượng", "Vấn đề"), rows, title=title)
    if not found.findings:
        typer.echo("Dữ liệu khớp nhau: không mất, không thừa, không còn dở dang.")

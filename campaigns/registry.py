"""The unit registry: ``units.csv``, one line a unit, edited by people in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from campaigns.checks import look
from campaigns.errors import CampaignError
from campaigns.model import Unit

HEADER = ["id", "name", "group", "aliases", "district", "expected", "verified", "note"]
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_YES_NO = {"yes": True, "no": False}


def read_units(path: Path, groups: set[str]) -> tuple[Unit, ...]:
    """The units of ``path`` in file order.

    Raises `CampaignError` for a line that is not understood, an id used twice, a group outside ``groups``, or a name
    that two units share (compared without case, diacritics and punctuation, as file names are written).
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")  # Excel writes a byte order mark
    except UnicodeDecodeError as error:
        raise CampaignError.at(path, f"byte {error.start}", "không phải UTF-8") from error
    except OSError as error:
        raise CampaignError.at(path, "", f"không đọc được ({error.strerror})") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    units: list[Unit] = []
    ids: dict[str, int] = {}
    owners: dict[str, tuple[str, int]] = {}
    try:
        if next(reader, None) != HEADER:
            raise CampaignError.at(path, "dòng 1", f"dòng đầu phải là “{','.join(HEADER)}”")
        line = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                unit = _unit(cells, groups, path, line)
                if unit.id in ids:
                    raise CampaignError.at(path, f"dòng {line}, cột id", f"“{unit.id}” đã có ở dòng {ids[unit.id]}")
                ids[unit.id] = line
                _claim_names(unit, owners, path, line)
                units.append(unit)
            line = reader.line_num + 1
    except csv.Error as error:
        raise CampaignError.at(path, f"dòng {reader.line_num}", f"không đúng định dạng CSV ({error})") from error
    return tuple(units)


def _unit(cells: list[str], groups: set[str], path: Path, line: int) -> Unit:
    if len(cells) != len(HEADER):
        raise CampaignError.at(path, f"dòng {line}", f"có {len(cells)} ô, phải có {len(HEADER)} ô")
    row = {name: cell.strip() for name, cell in zip(HEADER, cells, strict=True)}

    def refuse(column: str, problem: str) -> CampaignError:
        return CampaignError.at(path, f"dòng {line}, cột {column}", problem)

    if not _ID.fullmatch(row["id"]):
        raise refuse("id", f"“{row['id']}” chỉ được gồm chữ không dấu, chữ số và dấu gạch nối")
    if not row["name"]:
        raise refuse("name", "để trống")
    if row["group"] not in groups:
        raise refuse("group", f"không có nhóm “{row['group']}”; các nhóm: {', '.join(sorted(groups))}")
    for column in ("expected", "verified"):
        if row[column] not in _YES_NO:
            raise refuse(column, f"“{row[column]}” phải là yes hoặc no")
    return Unit(
        id=row["id"],
        name=row["name"],
        group=row["group"],
        aliases=tuple(alias for part in row["aliases"].split(";") if (alias := part.strip())),
        district=row["district"] or None,
        expected=_YES_NO[row["expected"]],
        verified=_YES_NO[row["verified"]],
        note=row["note"],
    )


def _claim_names(unit: Unit, owners: dict[str, tuple[str, int]], path: Path, line: int) -> None:
    for name in (unit.name, *unit.aliases):
        owner, owner_line = owners.setdefault(look(name), (unit.id, line))
        if owner != unit.id:
            raise CampaignError.at(
                path, f"dòng {line}", f"tên “{name}” không phân biệt được với đơn vị {owner} (dòng {owner_line})"
            )

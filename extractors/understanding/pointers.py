"""Answers that stand elsewhere, told in a clerk's own words: "Chung văn bản với mục 1", "Xem dòng Thư viện số".

The words before the place may only tell that it is the same or where to look; a word more is an answer.
"""

from __future__ import annotations

import re
from typing import Literal

from extractors.understanding.ground.folding import fold, squeeze

# words that only tell what is meant, that it is the same, or that it was told
_WORD = (
    r"(?:xem|nhu|y|giong|tuong tu|theo|tai|o|trong|chung|cung|voi|vao|gop|ghep|lap lai|dung|tinh|da|duoc|roi|neu|noi|"
    r"ghi|nam|the hien|trung|lay|trinh bay|bao cao|nhap|dua|de|viet|ke|khai|thong ke|kien nghi|van|luon|het|deu|sang|"
    r"them|lai|cac|nhung|mot|so|van ban|cong van|quyet dinh|ke hoach|so lieu|kinh phi|tien|noi dung|ket qua|viec|"
    r"kho khan|de xuat|chi tiet|cu the|tra loi|co|PHAN|MUC|phan|ben|khac|tren|duoi|nay|ca)"
)
_LINKS = re.compile(
    r"\b(?:xem|nhu|giong|tuong tu|theo|tai|o|trong|chung|cung|gop|ghep|lap lai|trung|neu|noi|ghi|nam|the hien|bao cao|"
    r"trinh bay|van|vao|voi|kien nghi)\b"
)
# ô, mục and phần keep their marks where the text has any: "ở", "mức", "mực" name no place
_PLACE = r"(?:MUC|O|dong|cot|PHAN|bang|phu luc|noi dung|nhiem vu|stt|hang muc|bieu|sheet|trang|hang)"
_ORDINAL = r"(?:thu (?:nhat|hai|ba|bon|tu|nam|sau|bay|tam|chin|muoi)|mot|hai|ba|bon|bay|tam|chin|muoi|dau tien|dau)"
_NUMBER = rf"(?:so\s+)?(?:[0-9]+(?:\.[0-9]+)*|[ivx]+(?:\.[0-9]+)*|{_ORDINAL})"
_WHERE = r"(?:o tren|tren|o duoi|duoi|ben canh|ben|truoc|ke tren|lien tren|phia tren|phia duoi)"
_AFTER = r"(?:\s+(?:kem theo|dinh kem|kem|o tren|tren|duoi|phia tren|cua bao cao|bao cao|nay|roi))*"
_PLACED = re.compile(
    rf"^(?:{_WORD}\s+)*{_PLACE}\s+(?:{_NUMBER}(?:\s*(?:,|va|-|den)\s*(?:{_PLACE}\s+)?{_NUMBER})*|"
    rf"{_WHERE}){_AFTER}(?:\s+{_WORD})*$"
)
_UPON = re.compile(
    r"^(?:cung|chung|nhu|theo|xem|van)(?: cac)? (?:van ban|cong van|ke hoach|noi dung|so lieu) tren$|"
    r"^(?:xem|y nhu|nhu|giong|theo|tuong tu|(?:da )?(?:neu|ghi|noi|ke|viet|bao cao|trinh bay))(?: o)?(?: phia|"
    r" ben)? tren$"
)
# By its title instead of its number; words that open with "mục" or "phần" and name no place are left out.
_TITLED = re.compile(
    r"^(?:(?:xem|nhu|giong|tuong tu)(?:\s+(?:o|tai|trong|them|chi tiet|ben))*|(?:(?:da|"
    r"duoc)\s+)*(?:ghi|gop|tinh|neu|trinh bay|"
    r"bao cao|the hien|ke|viet|nam|chung|cung|nhap)(?:\s+(?:chung|luon|het|roi|chi tiet|ro))*\s+(?:o|tai|vao|trong|"
    r"voi))\s+(?:MUC|dong|cot|PHAN|O)\s+(?!(?:mem|lon|tieu|dich|thuong|nhieu|dong|may|doi|ung|"
    r"cung)\b)(?:[a-z]+ ?){1,9}"
    rf"(?:(?<= )(?:o|tai|trong|cua) {_PLACE} {_NUMBER})?$"
)
_ANOTHER = re.compile(
    r"^(?:[a-z]+ ){0,8}(?:de nghi|xin|vui long) (?:xem|lay|tham khao)(?: so lieu| noi dung)? (?:theo|tai|o|"
    r"trong) (?:bao cao|PHAN|MUC|bang|phu luc|van ban)(?: [a-z]+){0,10}$"
)
_NO_MORE = re.compile(
    r"^(?:khong|ko) (?:tach|ghi|neu|nhac|lap|tinh|bao cao|viet|ke|trinh bay)(?: lai| rieng| them| nua)*$"
)
_SIGNS = {"mục": "MUC", "phần": "PHAN", "ô": "O"}
_BARE_SIGNS = {"muc": "MUC", "phan": "PHAN"}


def pointer(text: str) -> Literal["by_reference"] | None:
    """``by_reference`` where ``text``, one clause, only says where the answer stands."""
    low = re.sub(r"[()\[\]“”\"'*./]+$|[()\[\]“”\"'*]", " ", text.lower())
    table = _SIGNS if low != fold(low) else _BARE_SIGNS
    flat = squeeze(re.sub(r"\w+", lambda word: table.get(word[0]) or fold(word[0]), low)).strip(" .,;:")
    head, *rest = (part.strip() for part in flat.split(", "))
    if rest and all(_NO_MORE.match(part) for part in rest):
        flat = head
    found = (
        (_PLACED.match(flat) and _LINKS.search(flat))
        or _UPON.match(flat)
        or _TITLED.match(flat)
        or _ANOTHER.match(flat)
    )
    return "by_reference" if found else None

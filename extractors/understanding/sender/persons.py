"""Names of persons as they stand in a signature: capitals, degrees before them, and no word of an institution."""

from __future__ import annotations

import re

from extractors.understanding.ground.folding import CAPITAL_LETTERS, SMALL_LETTERS, fold, squeeze

_DEGREE = (
    r"(?:(?:ThS|Ths|THS|TS|Ts|PGS|GS|CN|KS|NGƯT|NGND|BS|Tiến sĩ|Thạc sĩ|"
    r"Cử nhân|Kỹ sư|Bác sĩ|Nữ tu|Linh mục|Sơ|Ni sư|Đại đức|Ông|Bà)\s*[.,]?\s*)*"
)
_C, _S = CAPITAL_LETTERS, SMALL_LETTERS
_NIE = rf"[{_C}]['’][{_C}][{_S}]+"  # "H'Liên"
_NAME = re.compile(
    rf"^{_DEGREE}((?:[{_C}][{_S}]+|{_NIE}|[{_C}]{{2,}}|[YH])(?:[\s-]+(?:[{_C}][{_S}]*|{_NIE}|[{_C}]{{1,}})){{1,6}})$"
)
_NOT_A_NAME = re.compile(
    r"\b(?:noi nhan|phu luc|giam doc|chu tich|bao cao|ky ten|da ky|dong dau|so gd|thanh pho|ho chi minh|uy ban|"
    r"giao duc|muc luc|noi dung|ket qua|stt|nhan dan|"
    r"to truong|van phong|chuyen vien|ke toan|thu ky)\b|"
    r"^(?:luu vt|luu van|kinh (?:gui|trinh)|van ban|ubnd|viet nam)\b"
)
# words of institutions and dates that names hold too once their marks are gone (Thiều, Trương, Phong)
_NOT_A_NAME_SPELLED = re.compile(
    r"^(?:trường|phòng|phó (?:hiệu|trưởng|giám|chủ|chánh|phòng|ban)|hiệu|quận|huyện|trung tâm)\s|^trung tâm$|"
    r"\b(?:hiệu trưởng|trưởng (?:phòng|ban|bộ phận)|thủ trưởng|người (?:lập|báo|viết|tổng)|đơn vị|ngày|tháng)\b"
)


def is_name(text: str) -> bool:
    """Whether ``text`` is the name of a person and nothing else."""
    named = _NAME.match(squeeze(text))
    return bool(named) and not (_NOT_A_NAME.search(fold(text)) or _NOT_A_NAME_SPELLED.search(text.lower()))

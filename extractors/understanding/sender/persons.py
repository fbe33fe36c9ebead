"""Names of persons as they stand in a signature: capitals, degrees before them, and no word of an institution."""

from __future__ import annotations

import re

from extractors.understanding.ground.folding import CAPITAL_LETTERS, SMALL_LETTERS, fold, squeeze, tidy

_DEGREE = (
    r"(?:(?:T[hH]\.?[sS]|T\.?S|Ts|PGS|GS|CN|KS|NGƯT|NGND|B[sS]|CK\s?(?:I{1,2}|[12])|NCS|Tiến s[ĩỹ]|Thạc s[ĩỹ]|"
    r"Cử nhân|Kỹ sư|Bác sĩ|Nữ tu|Linh mục|Sơ|Ni sư|Đại đức|Ông|Bà)\s*[.,]?\s*)*"
)
_C, _S = CAPITAL_LETTERS, SMALL_LETTERS
_NIE = rf"[{_C}]['’][{_C}]?[{_S}]+"  # "H'Liên", "K'Brơi"
_NAME = re.compile(
    rf"^{_DEGREE}((?:[{_C}][{_S}]+|{_NIE}|[{_C}]{{2,}}|[YH])(?:[\s-]+(?:[{_C}][{_S}]*|{_NIE}|[{_C}]{{1,}}|thị|văn)){{1,6}})$"
)
# Words of institutions and of a form. The marks count where there are any: "Văn Phong", "Thu Kỳ" are persons.
_NOT_A_NAME = re.compile(
    r"\b(?:nơi nhận|phụ lục|giám đốc|chủ tịch|báo cáo|ký tên|đã ký|đóng dấu|sở gd|hồ chí minh|[uủ][yỷ] ban|"
    r"giáo dục|đào tạo|mục lục|stt|nhân dân|hiệu trưởng|trưởng (?:phòng|ban|bộ phận)|thủ trưởng|"
    r"người (?:lập|báo|viết|tổng)|đơn vị)\b|"
    r"^(?:ngày|tháng|thành phố|nội dung|kết quả|tổ trưởng|văn phòng|chuyên viên|kế toán|thư ký|"
    r"lưu (?:vt|văn thư|văn phòng)|kính (?:gửi|trình)|văn bản|ubnd|việt nam|trung tâm)\b|"
    r"^(?:trường|phòng|phó (?:hiệu|trưởng|giám|chủ|chánh|phòng|ban)|hiệu|quận|huyện)\s(?!thị\s)"
)
# the same without marks, as a typist or a scanned page leaves them out
_INSIDE_BARE = re.compile(
    r"\b(?:noi nhan|phu luc|giam doc|chu tich|bao cao|ky ten|da ky|dong dau|so gd|ho chi minh|uy ban|"
    r"giao duc|dao tao|muc luc|stt|nhan dan|hieu truong|thu truong|don vi)\b"
)
_FIRST_BARE = re.compile(
    r"^(?:to truong|van phong|chuyen vien|ke toan|thu ky|luu (?:vt|van thu|van phong)|kinh (?:gui|trinh)|van ban|"
    r"trung tam|truong phong)\b"
)


def is_name(text: str) -> bool:
    """Whether ``text`` is the name of a person and nothing else."""
    if not _NAME.match(squeeze(text)) or _NOT_A_NAME.search(tidy(text).lower()):
        return False
    folded = fold(text)
    bare = text.isascii()
    return not ((bare or text.isupper()) and _INSIDE_BARE.search(folded)) and not (bare and _FIRST_BARE.search(folded))

"""The kind of answer is that of the whole text, never of a phrase inside it."""

from __future__ import annotations

import re

import pytest

from extractors.understanding.status import status_of

CASES = {
    "none": """Không có|Không|không.|- Không có|Chưa phát sinh|Chưa phát sinh kinh phí|Không phát sinh|0|0 đồng|-|/
Không tốn kém|Không mất tiền
Không có khó khăn, vướng mắc|Không có ý kiến gì thêm|Không có nội dung này|Không thuộc nhiệm vụ của đơn vị""",
    "not_yet": """Chưa thực hiện|Chưa triển khai.|Chưa|Chưa có|(chưa thực hiện)
Chưa có kinh phí|Chưa bố trí kinh phí|Đơn vị chưa thực hiện nội dung này
Chưa triển khai do chưa có chủ trương|Chưa triển khai, chờ hướng dẫn của Bộ""",
    "by_reference": """như mục 1|(Như trên)|nt|-nt-|N.T|xem mục II.1|Như nội dung 1, 2|tương tự mục 3|"
Đã nêu ở mục 1|Như đã báo cáo ở phần trên|Xem phụ lục kèm theo|Như mục.1|như cột văn bản chỉ đạo
tính chung ở mục trên|Chung với dòng trên""",
    "no_answer": "|   |...|……|___|.....",
    "answered": """Chưa có thiết bị.
Không có kinh phí nên chưa thực hiện được phòng STEM|Có|x|✓|100%|Bảng tương tác|Kế hoạch 12/KH-THPT
Chưa triển khai được phòng STEM. Đang lập kế hoạch mua sắm.|Theo Kế hoạch số 939/KH-UBND|Đang triển khai
Không khó khăn gì lớn, chỉ thiếu máy""",
}
LINES = {
    "- Ngân sách: không\n- XHH: không có": "none",
    "Ngân sách: 20 triệu\nXHH: Không có": "answered",
    "- \n- ": "no_answer",
    "Nguồn ngân sách:\nNguồn XHH:": "no_answer",
}


@pytest.mark.parametrize(("text", "status"), LINES.items())
def test_answers_of_several_lines(text: str, status: str) -> None:
    assert status_of(text) == status


@pytest.mark.parametrize(
    ("text", "status"), [(text, status) for status, texts in CASES.items() for text in re.split(r"[|\n]", texts)]
)
def test_status(text: str, status: str) -> None:
    assert status_of(text) == status


def test_the_forms_own_words_do_not_answer() -> None:
    template = ("Các mục tiêu/chỉ tiêu chủ yếu", "Giải pháp chủ yếu")
    assert status_of("- Các mục tiêu/chỉ tiêu chủ yếu;\n- Giải pháp chủ yếu:", template) == "no_answer"
    assert status_of("- Các mục tiêu/chỉ tiêu chủ yếu: 100% lớp\n- Giải pháp chủ yếu:", template) == "answered"
    assert status_of("- Các mục tiêu/chỉ tiêu chủ yếu: không có\n- Giải pháp chủ yếu: không", template) == "none"

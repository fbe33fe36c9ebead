"""Why a file was refused: stable codes for programs, one Vietnamese sentence for people."""

from __future__ import annotations

REASONS: dict[str, str] = {
    "not_found": "Không tìm thấy tệp.",
    "empty_file": "Tệp rỗng (0 byte), không có nội dung để đọc.",
    "too_large": "Tệp quá lớn so với giới hạn cho phép.",
    "encrypted": "Tệp được đặt mật khẩu; đề nghị đơn vị gửi lại bản không khóa.",
    "damaged": "Tệp bị hỏng hoặc bị cắt cụt, không mở được; đề nghị đơn vị gửi lại.",
    "unsupported_type": "Loại tệp này chưa được hỗ trợ.",
    "unsafe": "Tệp có cấu trúc bất thường, có thể gây hại nên không được mở.",
    "timeout": "Đọc tệp quá thời gian cho phép.",
    "out_of_memory": "Tệp cần nhiều bộ nhớ hơn giới hạn cho phép.",
    "crashed": "Chương trình đọc tệp dừng đột ngột khi mở tệp này.",
    "no_text": "Không đọc được chữ nào trong tệp.",
    "unreadable": "Không chép được tệp từ hộp đến (lỗi đĩa, mạng hoặc quyền truy cập); sẽ thử lại ở lần chạy sau.",
    "no_converter": "Máy này chưa cài chương trình mở loại tệp này; cách cài: ./baocao doctor.",
    "container": "Tệp nén hoặc thư chứa nhiều tệp; dùng lệnh ingest để nhận từng tệp bên trong.",
    "nothing_inside": "Tệp nén hoặc thư không chứa tệp báo cáo nào đọc được.",
    "too_deep": "Tệp nén lồng nhau quá nhiều lớp nên không được mở tiếp.",
    "vanished": "Tệp biến mất hoặc thay đổi trong khi đang đọc.",
    "internal": "Lỗi ngoài dự kiến khi xử lý tệp; chi tiết có trong nhật ký.",
}


class Rejected(Exception):
    """A file cannot be read. ``code`` is a key of `REASONS`; ``detail`` adds what is particular to this file."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        self.detail = detail
        super().__init__(code, detail)

    @property
    def message(self) -> str:
        """One sentence in Vietnamese for the operator."""
        reason = REASONS[self.code]
        return f"{reason} ({self.detail})" if self.detail else reason

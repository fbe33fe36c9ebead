"""Words of money and of things counted, as officials of the education sector write them."""

from __future__ import annotations


def _phrases(text: str) -> tuple[str, ...]:
    """Phrases parted by semicolons."""
    return tuple(" ".join(phrase.split()) for phrase in text.split(";"))


BUDGET = _phrases(
    """
    ngan sach; ngan sach nha nuoc; nsnn; nstp; nsq; chi thuong xuyen; kinh phi thuong xuyen; nguon thuong xuyen;
    khong thuong xuyen; quy phat trien su nghiep; quy phat trien hoat dong su nghiep; dau tu cong; von su nghiep;
    nguon su nghiep; kinh phi su nghiep; kinh phi tu chu; kinh phi khong tu chu; nguon tu chu; nguon khong tu chu;
    giao tu chu; kinh phi duoc cap; kinh phi nha nuoc; von nha nuoc; muc tieu quoc gia
    """
)
"""Names of public money, folded."""

AUTHORITIES = frozenset(("quận", "huyện", "phố", "sở", "ubnd", "tỉnh"))
GRANT = _phrases("cấp; chi; bố trí; phân bổ; đầu tư; giao")
"""An authority and what it does with public money: "huyện cấp", "Thành phố đã bố trí"; with their marks."""

SOCIALISED = _phrases(
    """
    xhh; xa hoi hoa; cmhs; phhs; cha me hoc sinh; phu huynh; manh thuong quan; nha hao tam; cuu hoc sinh; cuu hoc vien;
    cuu sinh vien; ban dai dien; hoi khuyen hoc; nha tai tro; hoi cha me; doanh nghiep; viet kieu
    """
)
"""Givers and names of money raised outside the budget, folded."""

SOCIALISED_SPELLED = _phrases(
    """
    tài trợ; tặng; biếu; hiến tặng; ủng hộ; đóng góp; vận động; quyên góp; hảo tâm;
    trao tặng; cho mượn; dân góp; tự góp; góp tiền
    """
)
"""Acts of giving; with their marks, for without them they read as other words."""

COUNTED = _phrases(
    """
    học sinh; học viên; sinh viên; trẻ; giáo viên; cán bộ; cán bộ quản lý; nhân viên; viên chức; người; người dân;
    lượt người; lượt; lượt học sinh; lượt giáo viên; lượt học viên; lượt truy cập; nông dân; thành viên; phụ
    huynh; hộ; trường; trường học; trường thpt; trường thcs; trường tiểu học; trường mầm non; cơ sở giáo dục; đơn
    vị; trung tâm; trung tâm học tập cộng đồng; phường; xã; thị trấn; quận; huyện; lớp; lớp học; khóa; khóa học;
    khoá; chuyên đề; buổi; tiết; tiết dạy; ca; phòng; phòng học; phòng máy; phòng máy tính; phòng thí nghiệm;
    phòng thực hành; phòng học thông minh; phòng bộ môn; phòng stem; máy; máy tính; máy vi tính; máy tính bảng;
    máy chủ; máy chiếu; máy in; màn hình; màn hình tương tác; bảng tương tác; tivi; ti vi; bộ; bộ thiết bị; bộ
    robot; robot; thiết bị; camera; đường truyền; đường cáp quang; điểm phát; đầu sách; bản sách; cuốn; quyển; tài
    liệu; học liệu; bài giảng; bài giảng điện tử; video; video bài giảng; câu hỏi; đề; đề kiểm tra; tài khoản; hồ
    sơ; học bạ; phần mềm; ứng dụng; hệ thống; câu lạc bộ; clb; đội; dự án; sản phẩm; đề tài; giải; giải thưởng;
    cuộc thi; giải đấu; huy chương; kế hoạch; văn bản; quyết định; công văn; hợp đồng; giao dịch; tin bài; lớp bồi
    dưỡng; lớp tập huấn; đợt; đợt tập huấn; hội thảo; hội nghị
    """
)
"""What figures count, with marks."""

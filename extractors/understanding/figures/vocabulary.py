"""Words of money and of things counted, as officials of the education sector write them."""

from __future__ import annotations


def _phrases(text: str) -> tuple[str, ...]:
    """Phrases parted by semicolons."""
    return tuple(" ".join(phrase.split()) for phrase in text.split(";"))


BUDGET = _phrases(
    """
    ngan sach; ngan sach nha nuoc; nsnn; nstp; nsq; nsh; nsx; nsp; chi thuong xuyen; kinh phi thuong xuyen; nguon
    thuong xuyen; hoat dong thuong xuyen; khong thuong xuyen; quy phat trien su nghiep; quy phat trien hoat dong su
    nghiep; quy pthdsn; dau tu cong; von su nghiep; nguon su nghiep; kinh phi su nghiep; kinh phi tu chu; kinh phi
    khong tu chu; nguon tu chu; nguon khong tu chu; giao tu chu; kinh phi duoc cap; kinh phi duoc giao; kinh phi nha
    nuoc; von nha nuoc; nha nuoc; muc tieu quoc gia; du toan duoc giao; du toan giao; cai cach tien luong; kich cau dau
    tu; cong quy; nguon kinh phi 12; nguon kinh phi 13; nguon 12; nguon 13; von dau tu xay dung co ban; trung han; tiet
    kiem chi; ket du; kptx; kinh phi tx; kp tx; nguon tx; kp khong tx; kinh phi khong tx; kp thuong xuyen; kp khong
    thuong xuyen; pthdsn; quy phat trien hdsn; tu kinh phi hoat dong; trong kinh phi hoat dong; bang kinh phi hoat
    dong; nguon kinh phi hoat dong; kinh phi chi hoat dong; duoc tren cap; chi tx; nsdp; nsth; nstw; ngan sach nn;
    kpkhtx; kpktx; von nn; kp duoc giao; kp duoc cap; kp tu chu; kp khong tu chu; kp giao tu chu; kp nha nuoc; du toan
    chi; tu du toan; su dung du toan; khong thuc hien tu chu; thuc hien tu chu; khong giao tu chu; giao khong tu chu;
    bo sung co muc tieu; duoc giao kinh phi; duoc giao du toan; duoc giao von; duoc cap kinh phi; duoc bo tri kinh phi;
    von vay oda; von oda
    """
)
"""Names of public money, folded."""

BUDGET_SPELLED = _phrases("""
    nguồn khoán; giao khoán; khoán chi; kinh phí khoán; tăng thu; nguồn lực công; vốn công; nguồn công
    """)
"""Those that read as other words without their marks: "các khoản chi", "tặng thư viện"."""

NEUTRAL = _phrases(
    """
    quản lý nhà nước; cơ quan nhà nước; doanh nghiệp nhà nước; kho bạc nhà nước; pháp luật nhà nước; góp phần; góp ý;
    đóng góp ý kiến; góp mặt; góp sức; đóng góp tích cực; hội đồng; hội thi; hội nghị; hội thảo; vận động viên; vận
    động học sinh; khen tặng; ủy ban nhân dân; hội đồng nhân dân; nhà nước và nhân dân cùng làm; nhà nước và nhân dân
    cùng; nhà nước và nhân dân; làm chủ đầu tư; là chủ đầu tư; hiến pháp; cống hiến; văn hiến; lãi vay; tiền lãi vay;
    ngày hội; lễ hội; hội trường; hội giảng; hội chợ; hội khỏe; đại hội; hội trại; hội diễn; hội đua; công đoàn viên;
    hội viên; ban tổ chức
    """
)
"""Phrases with a word of the other lists that name no source."""

OWN_INCOME = _phrases(
    """
    nguồn thu sự nghiệp; nguồn thu học phí; nguồn thu dịch vụ; nguồn thu hợp pháp; nguồn thu khác; nguồn thu; thu dịch
    vụ; thu sự nghiệp; tự thu; vốn vay; vay kích cầu; vay vốn; vay ngân hàng; vay; thanh lý; căn tin; tiền học phí
    """
)
"""Money of the unit that is neither: what it takes in, borrows or sells."""

AUTHORITIES = _phrases(
    """
    quận; huyện; phường; xã; thành phố; sở; ubnd; tỉnh; nhà nước; trung ương; cấp trên; chính quyền; chính quyền địa
    phương; hđnd; hội đồng nhân dân; ủy ban; ủy ban nhân dân
    """
)
AUTHORITIES_CAPITAL = frozenset(("Bộ", "PGD", "PGDĐT", "SGD", "SGDĐT", "TP", "TP.HCM"))
"""Who gives public money; those of the second list are common words unless they have their capital."""

OFFICES = frozenset(_phrases("Giáo; GD; GDĐT; GDDT; Tài; TC; TCKH; Kế; Nội; Văn; Quản; Lao; LĐTBXH; Kinh"))
"""What the name of an authority's division goes on with: "Phòng Tài chính", not "Phòng STEM"."""

GRANT = _phrases(
    """
    cấp; chi; bố trí; phân bổ; đầu tư; giao; hỗ trợ; trang bị; rót; lo; bảo đảm; đảm bảo; chuyển; duyệt; phê duyệt; cân
    đối; trích; ghi vốn; dành; thưởng; đài thọ; bỏ; cho; thông qua; bổ sung; giao bổ sung; cấp bổ sung; duyệt chi; bàn
    giao; cấp phát; chuyển giao; góp; đối ứng; đóng góp; ưu tiên
    """
)
"""What an authority does with public money, with marks: "huyện cấp", "Thành phố đã bố trí"."""

PROVIDES = _phrases(
    """
    lắp; lắp đặt; mua; mua sắm; sắm; xây; xây dựng; sửa; làm; nâng cấp; trang bị; tặng; cho; thay
    """
)
"""What is done for a unit by whoever pays: "được quận lắp"."""

MEANWHILE = _phrases(
    """
    đã; đều; được; cũng; sẽ; còn; vừa; có; quan tâm; hằng năm; hàng năm; trực tiếp; thêm; tự nguyện; cùng nhau; chung;
    quyết định; đồng ý; thống nhất; tiếp tục; luôn
    """
)
"""Words that may stand between a giver and what it does."""

BODIES = _phrases(
    """
    công ty; tập đoàn; ngân hàng; hội; quỹ; hãng; câu lạc bộ; clb; chùa; giáo xứ; nhà mạng; nhà xuất bản; liên đoàn;
    công đoàn; đoàn thanh niên; tổ chức; trường đại học; trung tâm anh ngữ; nhóm thiện nguyện; đơn vị kết nghĩa; nhà
    sách; nhà hàng; nhà thuốc; cửa hàng; tiệm; siêu thị; hội quán; đồn biên phòng; bộ đội; nhà máy; xí nghiệp; hợp tác
    xã; văn phòng luật sư; rotary; lions club; vnpt; viettel; mobifone; vinaphone; fpt; microsoft; google; samsung;
    unicef; unesco; nhà đài; đoàn từ thiện; ban liên lạc; dòng họ; nhóm; cơ sở; doanh nghiệp; tư nhân; phòng khám;
    bệnh viện; hiệu sách; quán; quỹ khuyến học
    """
)
BODIES_GIVE = _phrases(
    """
    hỗ trợ; góp; trao; lo; chi; trả; cho; cấp; đầu tư; thưởng; đài thọ; bỏ; trích; chịu; giúp; miễn phí; gửi; lắp; mua
    tặng; rót; chuyển; thanh toán giúp; tài trợ; tặng; ủng hộ; đóng góp; trao tặng; quyên góp
    """
)
PEOPLE = _phrases(
    """
    giáo viên; thầy cô; thầy giáo; cô giáo; cán bộ; đảng viên; học sinh; học viên; sinh viên; người dân; bà con; dân;
    gia đình; nhân dân; cha mẹ; ba mẹ; bố mẹ; các em; em; tiểu thương; nhân viên; viên chức; hộ dân; các hộ; đoàn
    viên; mỗi lớp; các lớp; lớp; chi hội; chi đoàn; anh em; hộ gia đình; học trò; học trò cũ; trò cũ; thầy; người học;
    bạn bè
    """
)
PEOPLE_GIVE = _phrases(
    """
    góp; đóng; nộp; trả; chi trả; lo; trao; tự trang bị; tự mua; hùn; quyên; hỗ trợ; bỏ; chịu; gửi; giúp; hiến; biếu;
    cho mượn; đài thọ; tài trợ; tặng; ủng hộ; đóng góp; trao tặng; quyên góp; tự nguyện
    """
)
"""Who else gives, and what giving is called then, with marks."""

NAMED = frozenset(_phrases("ông; bà; anh; chị; cô; thầy; bác; chú; dì; gia đình; linh mục; sư cô"))
"""Who is called by name: "chị Lan góp"."""

PERSONS = _phrases(
    """
    ph; ông; bà; anh; chị; cô; thầy; nhóm; tập thể; lớp; khóa; cựu; chi hội; hội; chi đoàn; câu lạc bộ; đoàn; sư cô;
    linh mục; một người; phụ huynh; ban liên lạc; dòng họ; bác; chú; shop; dntn; cty; cn; tnhh; tổng công ty
    """
)
"""How else a name begins in a list of those who gave."""

NO_GIVER = frozenset(
    _phrases(
        """
        Trường; Trung; Phòng; Sở; Bộ; Ban; Tổ; Nhà; UBND; THPT; THCS; GDTX; GDNN; PGD; SGD; Quận; Huyện; Phường; Xã;
        Thành; Phố; TP; Tỉnh; Chính; Chương; Đề; Ngân; Kinh; Năm; Chi; Mức; Được; Đã; Để; HĐND; Hội đồng; Cục; Viện;
        Kho; Ủy; Từ; Theo; Mua; Các; Một; Đề
        """
    )
)
"""Capitalised words that belong to no name of a giver."""

SOCIALISED = _phrases(
    """
    xhh; xa hoi hoa; cmhs; phhs; cha me hoc sinh; phu huynh; manh thuong quan; nha hao tam; cuu hoc sinh; cuu hoc
    vien; cuu sinh vien; ban dai dien; hoi khuyen hoc; nha tai tro; hoi cha me; doanh nghiep; viet kieu; may tinh
    cho em; von huy dong; nguon huy dong; ngoai ngan sach; nha dau tu; chu dau tu; luc luong xa hoi;
    nguon luc xa hoi; nguon xa hoi; vien tro; cac nha giao duc; kieu bao; cuu giao chuc; mtq; bdd cmhs; bddcmhs; bdd
    phhs; hoi phu huynh; hoc vien cu; hoc sinh cu; hoc tro cu; luc luong ngoai nha truong; cuu hs; cuu hssv; cuu hv;
    cuu sv; hoi ph; ph hs; hoi phhs; cm hs; hoi cmhs; ban dd; bdd; hs cu; huy dong xa hoi; dong gop xa hoi; xa hoi
    dong gop; xa hoi ung ho; cong dong dong gop; cac mtq; hoi cuu hoc sinh; von xa hoi
    """
)
"""Givers and names of money raised outside the budget, folded."""

SOCIALISED_SPELLED = _phrases(
    """
    tài trợ; tặng; biếu; quyên được; gom góp; hiến tặng; ủng hộ; đóng góp; vận động; quyên góp; hảo tâm; trao tặng; cho
    mượn; dân góp; tự góp; góp tiền; hiến; gây quỹ; hùn; đài thọ; vốn dân; tiền dân; món quà; quà tặng; là quà; quà
    của; chủ trường; từ thiện; quỹ lớp; quỹ phụ huynh; quỹ hội; huy động thêm; còn huy động; tự huy động; phần xã hội;
    nguồn lực tư; vốn tư nhân; nguồn tư nhân
    """
)
"""Acts of giving; with their marks, for without them they read as other words."""

COUNTED = _phrases(
    """
    học sinh; học viên; sinh viên; trẻ; giáo viên; cán bộ; cán bộ quản lý; nhân viên; viên chức; người; người dân;
    lượt người; lượt; lượt học sinh; lượt giáo viên; lượt học viên; lượt truy cập; nông dân; thành viên; phụ huynh;
    hộ; trường; trường học; trường thpt; trường thcs; trường tiểu học; trường mầm non; cơ sở giáo dục; đơn vị; trung
    tâm; trung tâm học tập cộng đồng; phường; xã; thị trấn; quận; huyện; lớp; lớp học; khóa; khóa học; khoá; chuyên
    đề; buổi; tiết; tiết dạy; ca; phòng; phòng học; phòng máy; phòng máy tính; phòng thí nghiệm; phòng thực hành;
    phòng học thông minh; phòng bộ môn; phòng stem; máy; máy tính; máy vi tính; máy tính bảng; máy chủ; máy chiếu; máy
    in; màn hình; màn hình tương tác; bảng tương tác; tivi; ti vi; bộ; bộ thiết bị; bộ robot; robot; thiết bị; camera;
    đường truyền; đường cáp quang; điểm phát; đầu sách; bản sách; cuốn; quyển; tài liệu; học liệu; bài giảng; bài
    giảng điện tử; video; video bài giảng; câu hỏi; đề; đề kiểm tra; tài khoản; hồ sơ; học bạ; phần mềm; ứng dụng; hệ
    thống; câu lạc bộ; clb; đội; dự án; sản phẩm; đề tài; giải; giải thưởng; cuộc thi; giải đấu; huy chương; kế hoạch;
    văn bản; quyết định; công văn; hợp đồng; giao dịch; tin bài; dòng; dòng dữ liệu; bản ghi; trang; trang tài liệu;
    tin nhắn; lượt xem; lượt tải; lớp bồi dưỡng; lớp tập huấn; đợt; đợt tập huấn; hội thảo; hội nghị
    """
)
"""What figures count, with marks."""

THINGS = frozenset(_phrases("ho; luot; dan; tan; ban; nguoi; hoc; do; usd; lit; km; cay; truy; thi; cu; le; ti"))
"""Folded words after which a million is never one of money: "1,7 triệu hồ sơ", "5 tỷ lệ"."""

AFTER_MONEY = frozenset(
    _phrases(
        """
        tu; do; bang; de; cho; mua; nam; va; con; trong; thuoc; kinh; nguon; von; chi; la; duoc; o; tai; nham; voi;
        xhh; ngan; ns; nsnn; xa; cua; den; toi; tren; duoi; moi; mot; gom; bao; da; se; tuong; doi; hang; vao; theo;
        thi; nhung; so; dau; sua; trang; lap; phuc; quy; thang; giai; trich; tien
        """
    )
)
"""Folded words that may follow an amount without currency where nothing before tells that it is money."""

PAYING = frozenset(
    _phrases(
        """
        lay; trao; tang; ung; gop; dong; cap; phu; cha; doanh; cong; hoi; mua; tra; thue; bu; con; nha; quan; huyen;
        so; phuong; ubnd; ngan; bang; tai; van; mot; tang; ca; nhu; nay; kia; nua; roi; thieu; du; chua; khong; ngoai;
        o; cung; day; lap; xay; cai; bao; nang; chuyen; giao; phan; hop; thay; ky; dau; lam; dung; het
        """
    )
)
"""Folded words of paying that may follow a sum without currency."""

"""Units as they are really named: short, misspelled, by another authority, by file name alone; and names of others.

None: nobody in the registry, or not to be told which.
"""

from __future__ import annotations

import pytest

from extractors.document import Block
from tests.understanding.builders import head, p, read

BODY = [p("1. Kiến nghị", bold=True), p("Không có.")]
CITY = "SỞ GIÁO DỤC VÀ ĐÀO TẠO THÀNH PHỐ HỒ CHÍ MINH"
CASES: list[tuple[str | None, str, tuple[Block, ...]]] = []


def by_head(unit: str | None, issuer: str, parent: str = CITY, name: str = "bao cao.docx", number: str = "") -> None:
    CASES.append((unit, name, tuple(head(issuer, parent))))


def by_file(unit: str | None, name: str, *blocks: Block) -> None:
    CASES.append((unit, name, blocks or (p("BÁO CÁO", bold=True),)))


# abbreviations of schools
by_head("THPT-TRAN-PHU", "TRƯỜNG THPT TRẦN PHÚ", "SỞ GDĐT TPHCM")
by_head("THPT-NGUYEN-HUU-CAU", "THPT NGUYỄN HỮU CẦU", "SGDĐT TP.HCM")
by_head("THPT-NGUYEN-THI-MINH-KHAI", "TRƯỜNG THPT NG.T.MINH KHAI")
by_head("THPT-NGUYEN-THI-MINH-KHAI", "TRƯỜNG THPT N.T.MINH KHAI")
by_head("THPT-LE-THI-HONG-GAM", "TRƯỜNG THPT L.T.HỒNG GẤM")
by_head("THPT-CHUYEN-TRAN-DAI-NGHIA", "TRƯỜNG THPT CHUYÊN TRẦN ĐẠI NGHĨA")
by_head("THPT-CHUYEN-TRAN-DAI-NGHIA", "TRƯỜNG THCS-THPT TRẦN ĐẠI NGHĨA")
by_head("THPT-CHUYEN-LE-HONG-PHONG", "TRƯỜNG THPT CHUYÊN\nLÊ HỒNG PHONG")
by_head("THPT-CHUYEN-LE-HONG-PHONG", "THPT LÊ HỒNG PHONG")
by_head("THPT-TEN-LO-MAN", "TRƯỜNG THPT TENLƠMAN")
by_head("THPT-TEN-LO-MAN", "TRƯỜNG THPT TEN-LƠ-MAN")
by_head("THPT-TEN-LO-MAN", "TRƯỜNG THPT TEN LƠMAN")
by_head("THPT-MARIE-CURIE", "TRƯỜNG THPT MARIE-CURIE")
by_head("THPT-MARIE-CURIE", "TRƯỜNG TRUNG HỌC PHỔ THÔNG MARI CURIE")
by_head("TRUNG-HOC-THUC-HANH-DHSP", "TRƯỜNG TRUNG HỌC THỰC HÀNH", "TRƯỜNG ĐẠI HỌC SƯ PHẠM TP. HỒ CHÍ MINH")
by_head("TRUNG-HOC-THUC-HANH-DHSP", "TRƯỜNG TRUNG HỌC THỰC HÀNH ĐẠI HỌC SƯ PHẠM", "TRƯỜNG ĐH SƯ PHẠM TPHCM")
by_head("TRUNG-HOC-THUC-HANH-SAI-GON", "TRƯỜNG TRUNG HỌC THỰC HÀNH SÀI GÒN", "TRƯỜNG ĐẠI HỌC SÀI GÒN")
by_head("TRUNG-HOC-THUC-HANH-SAI-GON", "TRƯỜNG TH THỰC HÀNH SÀI GÒN", "ĐẠI HỌC SÀI GÒN")
by_head("PHO-THONG-NANG-KHIEU-DHQG-HCM", "TRƯỜNG PHỔ THÔNG NĂNG KHIẾU", "ĐẠI HỌC QUỐC GIA TP. HỒ CHÍ MINH")
by_head("PHO-THONG-NANG-KHIEU-DHQG-HCM", "TRƯỜNG PTNK", "ĐHQG TP.HCM")
by_head("THPT-NANG-KHIEU-TDTT-NGUYEN-THI-DINH", "TRƯỜNG THPT NKTDTT NGUYỄN THỊ ĐỊNH")
by_head("THPT-NANG-KHIEU-TDTT-NGUYEN-THI-DINH", "TRƯỜNG THPT NĂNG KHIẾU TDTT NGUYỄN THỊ ĐỊNH")
by_head("THPT-NANG-KHIEU-TDTT-BINH-CHANH", "TRƯỜNG THPT NĂNG KHIẾU TDTT BÌNH CHÁNH")
by_head("THPT-VINH-LOC", "TRƯỜNG THPT VĨNH LỘC")
by_head("THPT-VINH-LOC-B", "TRƯỜNG THPT VĨNH LỘC B")
by_head("THPT-NAM-SAI-GON", "TRƯỜNG MẦM NON, TIỂU HỌC, THCS VÀ THPT NAM SÀI GÒN")
by_head("THPT-NAM-SAI-GON", "TRƯỜNG TH, THCS VÀ THPT NAM SÀI GÒN")
by_head("THCS-THPT-DIEN-HONG", "TRƯỜNG THCS VÀ THPT DIÊN HỒNG")
by_head("THCS-THPT-DIEN-HONG", "TRƯỜNG TRUNG HỌC CƠ SỞ - TRUNG HỌC PHỔ THÔNG DIÊN HỒNG")
by_head("THCS-THPT-SUONG-NGUYET-ANH", "TRƯỜNG THCS-THPT SƯƠNG NGUYỆT ÁNH")
by_head("THCS-THPT-THANH-AN", "TRƯỜNG THCS - THPT THẠNH AN")
by_head("THPT-HUNG-VUONG", "TRƯỜNG THPT HÙNG VƯƠNG")
by_head("THPT-TRUNG-VUONG", "TRƯỜNG THPT TRƯNG VƯƠNG")
by_head("THPT-NGUYEN-HUE", "TRUONG THPT NGUYEN HUE")
by_head("THPT-NGUYEN-HIEN", "TRUONG THPT NGUYEN HIEN", "SO GD&DT TP HCM")
by_head("THPT-NGUYEN-THUONG-HIEN", "TRUONG THPT NGUYEN THUONG HIEN", "SO GD&DT TP HCM")
by_head("THPT-BINH-PHU", "TRƯỜNG TRUNG HỌC PHỔ THÔNG BÌNH PHÚ")
by_head("THPT-TAN-PHONG", "TRƯỜNG THPT TÂN PHONG")
by_head("THPT-PHONG-PHU", "TRƯỜNG THPT PHONG PHÚ")
by_head("THPT-CU-CHI", "TRƯỜNG THPT CỦ CHI")
by_head("THPT-QUANG-TRUNG", "TRƯỜNG THPT QUANG TRUNG")
by_head("THPT-TRUNG-PHU", "TRƯỜNG THPT TRUNG PHÚ")
by_head("THPT-TRUNG-LAP", "TRƯỜNG THPT TRUNG LẬP")
by_head("THPT-LONG-THOI", "TRƯỜNG THPT LONG THỚI, HUYỆN NHÀ BÈ")
by_head("THPT-PHUOC-KIEN", "TRƯỜNG THPT PHƯỚC KIỂNG")
by_head("THPT-DUONG-VAN-DUONG", "TRƯỜNG THPT DƯƠNG VĂN DƯƠNG")
by_head("THPT-DUONG-VAN-THI", "TRƯỜNG THPT DƯƠNG VĂN THÌ")
by_head("THPT-GIONG-ONG-TO", "TRƯỜNG THPT GIỒNG ÔNG TỐ", "SỞ GIÁO DỤC & ĐÀO TẠO TPHCM")
by_head("THPT-TA-QUANG-BUU", "TRƯỜNG PTTH TẠ QUANG BỬU")
by_head("THPT-NGO-GIA-TU", "TRƯỜNG THPT NGÔ GIA TỰ QUẬN 8")
by_head("THPT-VO-TRUONG-TOAN", "TRƯỜNG THPT VÕ TRƯỜNG TOẢN")
by_head("THPT-TRUONG-CHINH", "TRƯỜNG THPT\nTRƯỜNG CHINH")
by_head("THPT-NGUYEN-VAN-CU", "TRUỜNG THPT NGUYỄN VĂN CỪ")
by_head("THPT-NGUYEN-VAN-LINH", "TRƯỜNG THPT NGUYỄN VĂN LlNH")
by_head("THPT-TAN-THONG-HOI", "TRƯỜNG THPT TÂN THÔNG HỘỊ")
by_head("THPT-LE-TRONG-TAN", "TRƯỜNG THPT LẺ TRỌNG TẤN")
# spelling
by_head("THPT-LE-QUY-DON", "TRƯỜNG THPT LÊ QÚY ĐÔN")
by_head("THPT-LE-QUY-DON", "TRƯỜNG THPT LÊ QUÍ ĐÔN")
by_head("THPT-LY-THUONG-KIET", "TRƯỜNG THPT LÍ THƯỜNG KIỆT")
by_head("THPT-MAC-DINH-CHI", "TRƯỜNG THPT MẠC ĐỈNH CHI")
by_head("THPT-VO-THI-SAU", "TRƯỜNG THPT VÕ THI SÁU")
by_head("THPT-PHU-HOA", "TRƯỜNG THPT PHÚ HOÀ")
by_head("THPT-BINH-HUNG-HOA", "TRƯỜNG THPT BÌNH HƯNG HOÀ")
by_head("THPT-THANH-LOC", "TRƯỜNG THPT THẠNH LỘC")
by_head("THPT-THANH-DA", "TRƯỜNG THPT THANH ĐA")
# unknown schools: none
by_head(None, "TRƯỜNG THPT NGUYỄN BỈNH KHIÊM")
by_head(None, "TRƯỜNG THPT NGUYỄN THỊ ĐỊNH")
by_head(None, "TRƯỜNG THCS TRẦN PHÚ", "UBND QUẬN 10")
by_head(None, "TRƯỜNG THCS NGUYỄN HUỆ", "PHÒNG GDĐT QUẬN 4")
by_head(None, "TRƯỜNG TIỂU HỌC NGUYỄN THÁI BÌNH", "UBND QUẬN TÂN BÌNH")
by_head(None, "TRƯỜNG THPT TRẦN PHÚ", "SỞ GIÁO DỤC VÀ ĐÀO TẠO HÀ NỘI")
by_head(None, "TRƯỜNG THPT NGUYỄN HUỆ", "SỞ GIÁO DỤC VÀ ĐÀO TẠO THỪA THIÊN HUẾ")
by_head(None, "TRƯỜNG THPT CHUYÊN LÊ HỒNG PHONG", "SỞ GD&ĐT NAM ĐỊNH")
by_head(None, "TRƯỜNG THPT VIỆT ÚC")
by_head(None, "TRƯỜNG TIỂU HỌC, THCS VÀ THPT QUỐC TẾ Á CHÂU")
by_head(None, "TRƯỜNG THPT NGUYỄN VĂN TRỖI")
by_head(None, "TRƯỜNG THPT TRẦN HƯNG ĐẠO", "SỞ GIÁO DỤC VÀ ĐÀO TẠO TỈNH BÌNH THUẬN")
by_head(None, "PHÒNG GIÁO DỤC VÀ ĐÀO TẠO", "UBND HUYỆN DẦU TIẾNG")
by_head(None, "PHÒNG VĂN HÓA VÀ THÔNG TIN", "UBND QUẬN 3")
by_head(None, "PHÒNG NỘI VỤ", "UBND QUẬN 12")
by_head(None, "TRƯỜNG CAO ĐẲNG KỸ THUẬT CAO THẮNG", "BỘ CÔNG THƯƠNG")
by_head(None, "TRUNG TÂM VĂN HÓA", "UBND QUẬN 6")
# districts
by_head("PGD-Q3", "PHÒNG GIÁO DỤC VÀ ĐÀO TẠO", "ỦY BAN NHÂN DÂN QUẬN 3")
by_head("PGD-Q3", "PHÒNG GD VÀ ĐT", "UBND Q.3")
by_head("PGD-Q3", "PHÒNG GD-ĐT QUẬN BA", "")
by_head("PGD-TD", "ỦY BAN NHÂN DÂN\nTHÀNH PHỐ THỦ ĐỨC", "ỦY BAN NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH")
by_head("PGD-TD", "PHÒNG GIÁO DỤC VÀ ĐÀO TẠO", "UBND TP. THỦ ĐỨC")
by_head("PGD-TD", "PHÒNG GIÁO DỤC VÀ ĐÀO TẠO QUẬN 9", "")
by_head("PGD-BINH-THANH", "UBND QUẬN BÌNH THẠNH\nPHÒNG GIÁO DỤC VÀ ĐÀO TẠO", "")
by_head("PGD-HOC-MON", "PHÒNG GIÁO DỤC VÀ ĐÀO TẠO", "ỦY BAN NHÂN DÂN\nHUYỆN HÓC MÔN")
by_head("PGD-CAN-GIO", "UBND HUYỆN CẦN GIỜ", "THÀNH PHỐ HỒ CHÍ MINH")
by_head("PGD-CU-CHI", "PHÒNG GD&ĐT HUYỆN CỦ CHI", "UBND HUYỆN CỦ CHI", name="Bao cao CC.docx")
by_head("PGD-BINH-TAN", "PGDĐT BÌNH TÂN", "")
by_head("PGD-Q11", "PHÒNG GIÁO DỤC – ĐÀO TẠO", "UỶ BAN NHÂN DÂN QUẬN 11")
by_head("PGD-Q1", "UBND QUẬN 1", "")
by_head("PGD-Q10", "ỦY BAN NHÂN DÂN QUẬN 10", "THÀNH PHỐ HỒ CHÍ MINH", number="1204/UBND-GDĐT")
# offices
by_head("SO-KHTC", "PHÒNG KẾ HOẠCH TÀI CHÍNH", "SỞ GIÁO DỤC VÀ ĐÀO TẠO")
by_head("SO-KHTC", "PHÒNG KH-TC", "SỞ GDĐT")
by_head("SO-GDTRH", "PHÒNG GIÁO DỤC TRUNG HỌC", "SỞ GIÁO DỤC VÀ ĐÀO TẠO")
by_head("SO-GDTH", "PHÒNG GIÁO DỤC TIỂU HỌC", "SỞ GIÁO DỤC VÀ ĐÀO TẠO")
by_head("SO-GDMN", "PHÒNG GDMN", "SỞ GIÁO DỤC VÀ ĐÀO TẠO")
by_head("SO-CTTT", "PHÒNG CHÍNH TRỊ TƯ TƯỞNG", "SỞ GIÁO DỤC VÀ ĐÀO TẠO")
by_head("SO-CTTT", "PHÒNG CHÍNH TRỊ - TƯ TƯỞNG", "SỞ GIÁO DỤC VÀ ĐÀO TẠO")
by_head("SO-VAN-PHONG", "VĂN PHÒNG", "SỞ GIÁO DỤC VÀ ĐÀO TẠO")
by_head("SO-THANH-TRA", "THANH TRA", "SỞ GIÁO DỤC VÀ ĐÀO TẠO")
by_head("SO-KTKD", "PHÒNG KHẢO THÍ VÀ KĐCLGD", "SỞ GIÁO DỤC VÀ ĐÀO TẠO")
by_head("SO-KTKD", "PHÒNG KHẢO THÍ & KIỂM ĐỊNH CHẤT LƯỢNG", "SỞ GIÁO DỤC VÀ ĐÀO TẠO")
by_head("SO-GDTXCNDH", "PHÒNG GDTX - CN - ĐH", "SỞ GIÁO DỤC VÀ ĐÀO TẠO")
by_head("SO-GDTXCNDH", "PHÒNG GIÁO DỤC THƯỜNG XUYÊN, CHUYÊN NGHIỆP VÀ ĐẠI HỌC", "SỞ GIÁO DỤC VÀ ĐÀO TẠO")
by_head("SO-QLNCL", "PHÒNG QUẢN LÝ CƠ SỞ GIÁO DỤC NGOÀI CÔNG LẬP", "SỞ GIÁO DỤC VÀ ĐÀO TẠO")
by_head("SO-QLNCL", "PHÒNG QLCSGD NGOÀI CÔNG LẬP", "SỞ GIÁO DỤC VÀ ĐÀO TẠO")
by_head("SO-TTCTGD", "TRUNG TÂM THÔNG TIN VÀ CHƯƠNG TRÌNH GIÁO DỤC", "SỞ GIÁO DỤC VÀ ĐÀO TẠO")
by_head("SO-TTCTGD", "TRUNG TÂM TT VÀ CTGD", "SỞ GIÁO DỤC VÀ ĐÀO TẠO")
# centres
by_head("GDNN-GDTX-Q5", "TRUNG TÂM GDTX QUẬN 5", "SỞ GIÁO DỤC VÀ ĐÀO TẠO")
by_head("GDNN-GDTX-Q5", "TTGDTX QUẬN 5", "UBND QUẬN 5")
by_head("GDNN-GDTX-Q5", "TRUNG TÂM GIÁO DỤC THƯỜNG XUYÊN", "UBND QUẬN 5")
by_head("GDNN-GDTX-TD", "TRUNG TÂM GDNN-GDTX", "UBND THÀNH PHỐ THỦ ĐỨC")
by_head("GDNN-GDTX-TD", "TRUNG TÂM GDNN – GDTX TP THỦ ĐỨC", "")
by_head("GDNN-GDTX-HOC-MON", "TRUNG TÂM GIÁO DỤC NGHỀ NGHIỆP\n- GIÁO DỤC THƯỜNG XUYÊN", "UBND HUYỆN HÓC MÔN")
by_head("GDNN-GDTX-TAN-PHU", "TT GDNN-GDTX Q. TÂN PHÚ", "UBND QUẬN TÂN PHÚ")
by_head("GDNN-GDTX-BINH-CHANH", "TRUNG TÂM GDNN-GDTX BÌNH CHÁNH", "")
by_head("GDNN-GDTX-Q10", "TRUNG TÂM GD NGHỀ NGHIỆP - GDTX QUẬN 10", "SỞ GDĐT TPHCM")
# file names only
by_file("THPT-GIA-DINH", "BC_GDTM_THPTGiaDinh_2024.docx")
by_file("THPT-GIA-DINH", "thpt gia dinh - bc 2542 (ban cuoi).pdf")
by_file("THPT-PHU-NHUAN", "Trường THPT Phú Nhuận - báo cáo.docx")
by_file("PGD-PHU-NHUAN", "PGD Phu Nhuan_BC.docx")
by_file("PGD-PHU-NHUAN", "phong gddt quan phu nhuan bao cao 3249.docx")
by_file("GDNN-GDTX-PHU-NHUAN", "TTGDNN-GDTX Phu Nhuan bao cao.docx")
by_file("PGD-Q7", "PGD Q7.docx")
by_file(None, "Bao cao 12 noi dung.docx")
by_file(None, "Phu luc 1.docx")
by_file(None, "BC Tan Binh.docx")
by_file(None, "scan_0001.pdf")
by_file("SO-GDTRH", "P.GDTrH tong hop.docx")
by_file("THPT-NGUYEN-AN-NINH", "thptnguyenanninh@hcm.edu.vn - bao cao.docx")
by_file("THPT-BUI-THI-XUAN", "c3buithixuan.tphcm@moet.edu.vn_BC.docx")
by_file("PGD-Q6", "pgdquan6.tphcm@moet.edu.vn_bc.docx")
# signature or opening only
by_file(
    "THPT-HAN-THUYEN",
    "bao cao.docx",
    p("BÁO CÁO", bold=True),
    p(
        "Thực hiện Công văn số 2542/SGDĐT-GDTrH ngày 26/4/2024 của Sở Giáo dục và Đào tạo, "
        "Trường THPT Hàn Thuyên báo cáo như sau:"
    ),
)
by_file(
    "PGD-TAN-PHU",
    "bao cao.docx",
    p("BÁO CÁO", bold=True),
    p(
        "Căn cứ công văn số 2542/SGDĐT-GDTrH, "
        "Phòng Giáo dục và Đào tạo quận Tân Phú báo cáo tình hình thực hiện như sau:"
    ),
)
by_file(
    "GDNN-GDTX-Q7",
    "bao cao.docx",
    p("BÁO CÁO", bold=True),
    p("Trung tâm GDNN-GDTX Quận 7 xin báo cáo kết quả thực hiện Đề án giáo dục thông minh như sau:"),
)
by_file("THPT-AN-LAC", "bao cao.docx", p("BÁO CÁO", bold=True), p("Đơn vị: Trường THPT An Lạc"))
by_file("THPT-AN-LAC", "bao cao.docx", p("BÁO CÁO", bold=True), p("Tên đơn vị báo cáo: THPT An Lạc, quận Bình Tân"))

by_head("PGD-TAN-BINH", "PHÒNG GIÁO DỤC VÀ ĐÀO TẠO", "UBND Q. TÂN BÌNH")
by_head("GDNN-GDTX-TAN-BINH", "TRUNG TÂM GDNN-GDTX QUẬN TÂN BÌNH", "UBND QUẬN TÂN BÌNH")
by_head("THPT-TAN-BINH", "THPT TÂN BÌNH", CITY, name="bao cao quan Tan Phu.docx")
by_head("PGD-BINH-CHANH", "UBND HUYỆN BÌNH CHÁNH", "ỦY BAN NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH")
by_head("THPT-BINH-CHANH", "TRƯỜNG THPT BÌNH CHÁNH")
by_head("THPT-NGUYEN-THAI-BINH", "TRƯỜNG THPT NGUYỄN THÁI BÌNH")
by_head("THPT-PHU-NHUAN", "TRƯỜNG TRUNG HỌC PHỔ THÔNG PHÚ NHUẬN")
by_head("THPT-THU-DUC", "TRƯỜNG THPT THỦ ĐỨC", "SỞ GDĐT TP.HCM")
by_head("THPT-CAN-THANH", "TRƯỜNG THPT CẦN THẠNH")
by_head("THPT-AN-NGHIA", "TRƯỜNG THPT AN NGHĨA, HUYỆN CẦN GIỜ")
by_head("THPT-LE-QUY-DON", "TRƯỜNG THPT LÊ QUÝ ĐÔN - QUẬN 3")
by_head("THPT-NGUYEN-KHUYEN", "TRƯỜNG THPT NGUYỄN KHUYẾN", "")
by_head("THPT-NGUYEN-DU", "THPT NGUYỄN DU")
by_head("THPT-TRAN-QUANG-KHAI", "TRƯỜNG THPT TRẦN QUANG KHẢI", "SGD&ĐT TPHCM")
by_head("THPT-NAM-KY-KHOI-NGHIA", "TRƯỜNG THPT NAM KỲ KHỞI NGHĨA")
by_head("THPT-NAM-KY-KHOI-NGHIA", "TRƯỜNG THPT NAM KÌ KHỞI NGHĨA")
by_head("THPT-NAM-KY-KHOI-NGHIA", "TRƯỜNG THPT NKKN")
by_head("THPT-NGUYEN-HUU-CANH", "TRƯỜNG THPT NGUYỄN HỮU CẢNH")
by_head("THPT-NGUYEN-HUU-HUAN", "TRƯỜNG THPT NGUYỄN HỮU HUÂN")
by_head("THPT-NGUYEN-HUU-THO", "TRƯỜNG THPT NGUYỄN HỮU THỌ")
by_head("THPT-NGUYEN-VAN-TANG", "TRƯỜNG THPT NGUYỄN VĂN TĂNG")
by_head("THPT-LE-THANH-TON", "TRƯỜNG THPT LÊ THÁNH TÔN")
by_head("PGD-Q8", "PHÒNG GIÁO DỤC & ĐÀO TẠO Q8", "UBND Q8")
by_head("PGD-Q4", "PHÒNG GDĐT QUẬN 04", "UBND QUẬN 4")
by_head("PGD-TD", "PHÒNG GDĐT TP.THỦ ĐỨC", "UBND TP.THỦ ĐỨC")
by_head("PGD-TD", "PHÒNG GIÁO DỤC VÀ ĐÀO TẠO", "ỦY BAN NHÂN DÂN\nTHÀNH PHỐ THỦ ĐỨC")
by_head("PGD-GO-VAP", "PHÒNG GIÁO DỤC VÀ ĐÀO TẠO\nQUẬN GÒ VẤP", "")
by_head("GDNN-GDTX-Q12", "TRUNG TÂM\nGIÁO DỤC NGHỀ NGHIỆP - GIÁO DỤC THƯỜNG XUYÊN\nQUẬN 12", "")
by_head("GDNN-GDTX-CU-CHI", "TT GDNN - GDTX CỦ CHI", "UBND HUYỆN CỦ CHI")
by_head("GDNN-GDTX-NHA-BE", "TRUNG TÂM GDNN-GDTX HUYỆN NHÀ BÈ", "SỞ GIÁO DỤC VÀ ĐÀO TẠO")
by_head("SO-GDMN", "PHÒNG GIÁO DỤC MẦM NON", "SỞ GIÁO DỤC VÀ ĐÀO TẠO")
by_head("SO-TCCB", "PHÒNG TCCB", "SỞ GDĐT TP.HCM")
by_head("SO-TCCB", "PHÒNG TỔ CHỨC - CÁN BỘ", "SỞ GDĐT TP.HCM")
by_head("SO-VAN-PHONG", "VĂN PHÒNG SỞ", "SỞ GDĐT TP.HCM")
by_head("SO-TTCTGD", "TRUNG TÂM THÔNG TIN & CHƯƠNG TRÌNH GD", "SỞ GDĐT TP.HCM")
by_head(None, "VĂN PHÒNG", "UBND QUẬN 8")
by_head(None, "TRUNG TÂM GIÁO DỤC NGHỀ NGHIỆP TƯ THỤC ĐÔNG DU", "UBND QUẬN 1")
by_head(None, "THANH TRA", "UBND QUẬN 7")
by_head(None, "TRƯỜNG MẦM NON BẾN THÀNH", "UBND QUẬN 1")
by_head(None, "TRƯỜNG TIỂU HỌC GÒ VẤP", "UBND QUẬN GÒ VẤP")
by_head(None, "TRƯỜNG THCS BÌNH TÂN", "UBND QUẬN BÌNH TÂN")
by_head(None, "PHÒNG TÀI CHÍNH - KẾ HOẠCH", "UBND QUẬN 5")
by_head(None, "PHÒNG LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI", "UBND QUẬN 5")
by_head(None, "UBND PHƯỜNG 5", "UBND QUẬN 5")
by_head(None, "UBND XÃ BÌNH CHÁNH", "UBND HUYỆN BÌNH CHÁNH")
by_head(None, "TRƯỜNG BỒI DƯỠNG GIÁO DỤC QUẬN 3", "UBND QUẬN 3")
by_head(None, "TRƯỜNG CHUYÊN BIỆT TƯƠNG LAI", "UBND QUẬN 1")
by_head(None, "PHÒNG GIÁO DỤC VÀ ĐÀO TẠO", "UBND THÀNH PHỐ BIÊN HÒA")
by_head(None, "PHÒNG GIÁO DỤC VÀ ĐÀO TẠO", "UBND QUẬN BÌNH THỦY")
by_file("THPT-TRAN-VAN-GIAU", "BC THPT Tran Van Giau.doc")
by_file("THPT-VO-VAN-KIET", "thpt_vo_van_kiet_pl2542.xlsx")
by_file("GDNN-GDTX-Q8", "GDNN-GDTX Q8 - BC.docx")
by_file("PGD-NHA-BE", "Phòng GD-ĐT Nhà Bè.pdf")
by_file("PGD-NHA-BE", "PGDNhaBe_BC2542.docx")
by_file("PGD-NHA-BE", "UBND huyen Nha Be tra loi.docx")
by_file(None, "BC gui So GDDT TPHCM.docx")
by_file(None, "CV 2542 SGDDT-GDTrH.docx")
by_file(None, "bao cao de an 3249 quan.docx")
by_file(
    "THPT-DAO-SON-TAY",
    "bao cao.docx",
    p("BÁO CÁO", bold=True),
    p("HIỆU TRƯỞNG TRƯỜNG THPT ĐÀO SƠN TÂY", align="right"),
    p("Nguyễn Văn A", align="right"),
)


@pytest.mark.parametrize("case", CASES, ids=[f"{unit}-{n}" for n, (unit, _, _) in enumerate(CASES)])
def test_unit(case: tuple[str | None, str, tuple[Block, ...]]) -> None:
    unit, name, blocks = case
    match = read(*blocks, *BODY, name=name).unit
    assert match.id == unit


# schools that exist or might, and were not asked: none may be named with confidence
OTHERS = """
Nguyễn Bỉnh Khiêm; Thành Nhân; Thái Bình; Nguyễn Tri Phương; Trần Quốc Tuấn; Hòa Bình; Văn Lang; Bạch Đằng;
Lê Thị Riêng; Nguyễn Văn Trỗi; Bình Trưng; Tân Hưng; Lê Thánh Tông; Nguyễn Hữu Tiễn; Bình Quới; Tân Phú; Phú Lâm;
Nguyễn Thị Định; Trần Văn Giàng; Trần Nhân Tông; Long Bình; Lương Thế Vĩnh; Hùng Vương 2; Tam Bình; Thủ Đức 2;
Vĩnh Lộc A; Lê Minh Xuân 2; Phước Lộc; Nhà Bè; Bình Lợi; Tân Túc B; Nguyễn Văn Linh B
"""


@pytest.mark.parametrize("name", [" ".join(name.split()) for name in OTHERS.split(";")])
def test_a_school_that_was_not_asked_is_never_surely_another(name: str) -> None:
    for kind, parent in (("THPT", CITY), ("THCS VÀ THPT", CITY), ("THCS", "UBND QUẬN 6")):
        match = read(*head(f"TRƯỜNG {kind} {name.upper()}", parent), *BODY).unit
        assert match.id is None or match.confidence < 0.8

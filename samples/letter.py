"""What letter 2542 prints in its appendix, as units copy it into their own."""

ITEMS = {
    1: "Xây dựng cơ sở dữ liệu giáo dục, thực hiện thống kê giáo dục",
    2: "Triển khai hồ sơ điện tử, quản trị điện tử kết hợp hệ thống thanh toán điện tử trong trường học",
    3: "Tổ chức thực hiện các ứng dụng quản lý dạy học, kiểm tra, đánh giá",
    4: "Về quản lý tài sản, cơ sở vật chất",
    5: "Triển khai thực hiện nhiệm vụ xây dựng thư viện thông minh",
    6: "Xây dựng trung tâm thực hành thí nghiệm hiện đại",
    7: (
        "Về đầu tư hạ tầng cơ bản phục vụ phát triển dịch vụ giáo dục thông minh, trang thiết bị, máy tính và một số "
        "mô hình phòng học thông minh phục vụ phát triển dịch vụ giáo dục thông minh."
    ),
    8: "Xây dựng hệ thống giáo dục từ xa, phường xã học tập suốt đời thông minh.",
    9: "Xây dựng nội dung giáo dục thông minh trong trường trung học",
    10: "Tổ chức tập huấn đưa nội dung giảng dạy ứng dụng trí tuệ nhân tạo (AI); coding, blockchain",
    11: "Xây dựng hệ thống khảo thí, kiểm tra đánh giá hiện đại, định hướng nghề nghiệp cho học sinh phổ thông",
    12: "Triển khai Chương trình tự động hóa ứng dụng và STEM robot trong trường trung học",
}

HEADERS = {
    "directives": "Các văn bản chỉ đạo",
    "results": (
        "Kết quả thực hiện:\n- Các mục tiêu/chỉ tiêu chủ yếu;\n- Giải pháp chủ yếu;\nNguồn nhân lực tuyển dụng/đào tạo/"
        "bồi dưỡng;\nKể cả các nội dung thực hiện kết hợp với việc thực hiện có Đề án chuyển đổi số của Thành phố"
    ),
    "development": ("Thực trạng xây dựng đề án, hệ thống quản lý, huy động các nguồn lực đáp ứng các mục tiêu đề án"),
    "funding": (
        "Thực trạng chi ngân sách, vận động xã hội hóa cho các nội dung đề án.\nNguồn vốn ngân sách/nguồn vốn XHH;"
    ),
    "challenges": "Những thuận lợi, khó khăn, hạn chế, bất cập, phân tích nguyên nhân.",
    "proposals": "Đề xuất, kiến nghị giải pháp cụ thể.",
}

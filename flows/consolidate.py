"""The consolidation flow, so that an operator can start it from Prefect's page too."""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from flows import consolidating, settings


@flow(name="consolidate")
def consolidate(out: str, campaign: str | None = None) -> list[str]:
    """Lập bảng tổng hợp (tong-hop.xlsx, answers.json) từ các câu trả lời đã lưu.

    Args:
        out: Thư mục nhận bảng tổng hợp; tạo mới nếu chưa có.
        campaign: Mã đợt báo cáo; để trống là đợt trong cài đặt.
    """
    written = consolidating.run(settings.load({"campaign": campaign}), Path(out))
    return [str(path) for path in written]

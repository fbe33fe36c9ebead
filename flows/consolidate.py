"""The consolidation flow, so that an operator can start it from Prefect's page too."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from prefect import flow
from pydantic import Field

from flows import consolidating, settings

OutFolder = Annotated[str, Field(description="Thư mục nhận bảng tổng hợp; tạo mới nếu chưa có.")]
CampaignId = Annotated[str | None, Field(description="Mã đợt báo cáo; để trống là đợt trong cài đặt.")]


@flow(name="consolidate")
def consolidate(out: OutFolder, campaign: CampaignId = None) -> list[str]:
    """Lập bảng tổng hợp (tong-hop.xlsx, answers.json) từ các câu trả lời đã lưu."""
    written = consolidating.run(settings.load({"campaign": campaign}), Path(out))
    return [str(path) for path in written]

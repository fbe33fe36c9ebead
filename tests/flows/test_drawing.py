"""``extract --draw``: a picture for every step and for what was read, page by page."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from flows import drawing
from tests.extractors import drawing as drawn

pytestmark = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract-ocr is not installed")


def test_steps_of_a_scan_and_blocks_of_a_digital_page(tmp_path: Path) -> None:
    digital = drawn.laid_out([drawn.table([["TT", "Nội dung"], ["1", "Không có"]], (40, 200)), *drawn.prose(1)])
    scan = drawn.picture(digital, dpi=120).convert("RGB")
    scan.save(tmp_path / "quét.png", dpi=(120, 120))
    assert drawing.run(tmp_path / "quét.png", tmp_path / "hình") == 7
    names = sorted(path.name for path in (tmp_path / "hình").iterdir())
    assert names[0] == "trang-001-1-nhan-vao.png"
    assert names[-1] == "trang-001-7-ket-qua.png"
    lines = np.asarray(Image.open(tmp_path / "hình" / "trang-001-6-duong-ke.png").convert("RGB")).astype(int)
    assert (lines[:, :, 0] - lines[:, :, 2] > 150).sum() > 300  # level lines in red
    (tmp_path / "số.pdf").write_bytes(digital)
    assert drawing.run(tmp_path / "số.pdf", tmp_path / "trang") == 1
    result = np.asarray(Image.open(tmp_path / "trang" / "trang-001-7-ket-qua.png").convert("RGB")).astype(int)
    assert (result[:, :, 2] - result[:, :, 0] > 150).sum() > 300  # cells in blue


def test_files_without_pages_are_not_drawn(tmp_path: Path) -> None:
    path = tmp_path / "báo cáo.txt"
    path.write_text("Báo cáo kết quả thực hiện", encoding="utf-8")
    assert drawing.run(path, tmp_path / "hình") == 0
    assert not (tmp_path / "hình").exists()

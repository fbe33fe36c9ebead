"""Reports read once for all tests of the page; each test works on a copy of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import pytest

from storage.users import Role
from tests.review.e2e.site import INBOX, Site

CHROMIUM = "/usr/bin/chromium"

PEOPLE: tuple[tuple[str, Role, str], ...] = (
    ("lan", "admin", "Nguyễn Thị Lan"),
    ("minh", "reviewer", "Trần Văn Minh"),
    ("van", "operator", "Lê Thị Vân"),
)
DAMAGED = "BC THPT Marie Curie.docx"
"""Letters were lost, in names too, so that nobody can be sure of all of them."""
DAMAGED_LINES = (
    "TRƯ?NG THPT MARIE CURIE",
    "BÁO CÁO",
    "Th?c hi?n Công văn s? 2542/SGDĐT-GDTrH",
    "1. H? th?ng qu?n lý giáo d?c, d?y h?c thông minh",
    "Trư?ng có 12 phòng máy do th?y Nguy?n H?u H?ng và cô Tr?n Th? B?n ph? trách, h?p v? chuy?n đ?i s?.",
    "2. Thu?n l?i, khó khăn",
    "Máy c?a t? H?n và t? L?c đã h?ng.",
)
SCAN = "PGD Can Gio - BC va phu luc.pdf"
"""Two scanned pages with the appendix."""
HOSTILE = "kich ban.txt"
HOSTILE_TEXT = """TRƯỜNG THPT MARIE CURIE
BÁO CÁO
Thực hiện Công văn số 2542/SGDĐT-GDTrH
1. Hệ thống quản lý giáo dục, dạy học thông minh
Trường dùng <script>document.title = 'đã chạy'</script> và <img src=x onerror="document.title='chạy'"> trong 12 phòng.
2. Thuận lợi, khó khăn
Không có "khó khăn" nào & <b>không</b> có gì thêm.
"""


@pytest.fixture(scope="session")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Word file `DAMAGED`."""
    document = docx.Document()
    for line in DAMAGED_LINES:
        document.add_paragraph(line)
    path = tmp_path_factory.mktemp("damaged") / DAMAGED
    document.save(str(path))
    return path


@pytest.fixture(scope="session")
def read_once(damaged: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Never served itself."""
    folder = tmp_path_factory.mktemp("review")
    hostile = folder / HOSTILE
    hostile.write_text(HOSTILE_TEXT, encoding="utf-8")
    site = Site(folder / "var")
    site.read([damaged, INBOX / SCAN, hostile])
    for user in PEOPLE:
        site.add_user(*user)
    return site


@pytest.fixture
def site(read_once: Site, tmp_path: Path) -> Iterator[Site]:
    shutil.copytree(read_once.data, tmp_path / "var", ignore=shutil.ignore_patterns("prefect"))
    with Site(tmp_path / "var").served() as served:
        yield served


@pytest.fixture
def empty_site(tmp_path: Path) -> Iterator[Site]:
    """People, and nothing received yet."""
    site = Site(tmp_path / "var")
    site.data.mkdir(mode=0o700)
    for user in PEOPLE:
        site.add_user(*user)
    with site.served() as served:
        yield served


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's chromium, without a window and without calls of its own to anywhere."""
    from playwright.sync_api import expect, sync_playwright

    if not Path(CHROMIUM).exists():
        pytest.fail("chromium is missing; ./baocao test installs it")
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-quic", "--disable-background-networking"]
        )
        yield started
        started.close()


@pytest.fixture
def new_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens pages of browsers that know nothing of each other; errors of their scripts fail the test."""
    contexts, errors = [], []

    def opened(width: int = 1280, height: int = 800) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not errors, errors

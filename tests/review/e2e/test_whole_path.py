"""The whole work in a browser: log in, upload a damaged Word file and a scan, correct them, consolidate; what was
corrected is in the workbook. Once with the mouse, once by keyboard alone."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.review.e2e.conftest import DAMAGED, SCAN
from tests.review.e2e.site import INBOX, PASSWORD, Site, log_in

pytestmark = pytest.mark.slow

NewPage = Callable[..., Any]
MOVED = "Tư vấn 905 học sinh lớp 9"
LONG_MS = 240_000  # an ingest or a consolidation on a busy machine


def test_with_the_mouse(empty_site: Site, damaged: Path, new_page: NewPage) -> None:
    page = new_page()
    log_in(page, empty_site, "minh", "/operator")
    page.set_input_files("[data-testid=files]", [damaged, INBOX / SCAN])
    page.locator("[data-testid=upload][data-state=sent]").nth(1).wait_for()
    page.click("[data-testid=start-ingest]")
    page.wait_for_selector("[data-testid=progress][data-running=no]", timeout=LONG_MS)
    expect(page.locator("[data-testid=file][data-state=processed]")).to_have_count(2)
    page.click("[data-testid=to-queue]")

    # A letter that was lost gets another of its readings.
    page.locator("[data-testid=open]", has_text=DAMAGED).click()
    fix = page.locator(".fix.unsure").first
    answer = fix.locator("xpath=ancestor::article")
    identity, before = answer.get_attribute("id"), _said(answer)
    fix.click()
    readings = answer.locator("[data-testid=readings]:visible button[name=choice]")
    word = readings.nth(1).inner_text().split()[1]
    readings.nth(1).click()
    page.wait_for_selector(f"#{identity}", state="detached")
    corrected = page.locator("article[aria-current]")
    fixed = _said(corrected)
    assert fixed != before and word in fixed
    expect(corrected.locator(".level")).to_contain_text("người đã duyệt")

    # Confirming it leads to the other document; there a cell moves to another item.
    page.click("[data-testid=confirm]")
    page.wait_for_selector(f"h1:has-text('{SCAN}')")
    cell = page.locator("article", has_text=MOVED).first
    cell.locator(".place").click()
    cell.get_by_role("button", name="Chuyển").click()
    form = page.locator("[data-testid=form-move]")
    form.locator("[name=where]").select_option("item:4")
    form.locator("[name=column]").select_option("development")
    form.locator("[data-testid=save]").click()
    page.locator("article[aria-current]", has_text=MOVED).filter(has_text="Mục 4 ·").wait_for()
    page.click("[data-testid=confirm]")
    page.wait_for_url(f"{empty_site.url}/")  # nothing waits any more

    page.click("[data-testid=nav-operator]")
    page.click("[data-testid=consolidate]")
    page.wait_for_selector("[data-testid=progress][data-running=no]", timeout=LONG_MS)
    page.click("[data-testid=to-outputs]")
    with page.expect_download() as download:
        page.click("[data-testid='output-tong-hop.xlsx']")
    _in_the_workbook(download.value.path(), fixed)


def test_by_keyboard_alone(empty_site: Site, damaged: Path, new_page: NewPage) -> None:
    page = new_page()
    keys = page.keyboard
    page.goto(f"{empty_site.url}/login")
    keys.type("minh")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    page.wait_for_selector("[data-testid=nav-operator]")
    _shown(page)
    keys.press("g")
    keys.press("n")
    page.wait_for_selector("[data-testid=files]", state="attached")
    _shown(page)
    _chooser(page, "o").set_files([damaged, INBOX / SCAN])
    page.locator("[data-testid=start-ingest]:enabled", has_text="2 tệp").wait_for()
    _tab_to(page, "[data-testid=start-ingest]")
    keys.press("Enter")
    page.wait_for_selector("[data-testid=progress][data-running=no]", timeout=LONG_MS)
    _shown(page)
    keys.press("g")
    keys.press("d")

    page.wait_for_selector("[data-testid=open]")
    _shown(page)
    _step_to(page, f"[data-testid=open]:focus:has-text('{DAMAGED}')")
    keys.press("Enter")
    page.wait_for_selector("article[aria-current][data-open]")  # the first answer to look at is selected
    _shown(page)
    keys.press("c")  # its doubtful letters
    word = page.locator("[data-testid=readings]:visible button[name=choice]").nth(1).inner_text().split()[1]
    identity = page.locator("article[aria-current]").get_attribute("id")
    keys.press("2")
    page.wait_for_selector(f"#{identity}", state="detached")
    fixed = _said(page.locator("article[aria-current]"))
    assert word in fixed

    keys.press("Shift+X")
    page.wait_for_selector(f"h1:has-text('{SCAN}')")
    page.wait_for_selector("article[aria-current]")
    _shown(page)
    _step_to(page, f"article[aria-current]:has-text('{MOVED}')")
    _move(page)
    keys.press("z")  # taken back, and done again
    page.locator("article[aria-current]", has_text=MOVED).filter(has_text="Mục 11 ·").wait_for()
    _move(page)
    keys.press("?")
    expect(page.locator("#help")).to_be_visible()
    keys.press("Escape")
    keys.press("Shift+X")
    page.wait_for_url(f"{empty_site.url}/")
    _shown(page)

    keys.press("g")
    keys.press("n")
    page.wait_for_selector("[data-testid=consolidate]")
    _shown(page)
    _tab_to(page, "[data-testid=consolidate]")
    keys.press("Enter")
    page.wait_for_selector("[data-testid=progress][data-running=no]", timeout=LONG_MS)
    _tab_to(page, "[data-testid=to-outputs]")
    keys.press("Enter")
    page.wait_for_selector("[data-testid='output-tong-hop.xlsx']")
    _shown(page)
    _tab_to(page, "[data-testid='output-tong-hop.xlsx']")
    with page.expect_download() as download:
        keys.press("Enter")
    _in_the_workbook(download.value.path(), fixed)


def _shown(page: Any) -> None:
    """Wait until the page is painted: chromium drops keys that are pressed before."""
    page.wait_for_load_state("load")
    page.evaluate("() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))")


def _chooser(page: Any, key: str) -> Any:
    """The window for choosing files that ``key`` opens; a busy browser may not have listened yet."""
    from playwright.sync_api import TimeoutError as Late

    for _ in range(5):
        try:
            with page.expect_file_chooser(timeout=10_000) as chooser:
                page.keyboard.press(key)
            return chooser.value
        except Late:
            continue
    raise AssertionError(f"{key} opens no window for choosing files")


def _move(page: Any) -> None:
    """The selected answer to item 4, its column one further down the list."""
    keys = page.keyboard
    keys.press("m")
    page.wait_for_selector("[data-testid=form-move] [name=where]:focus")
    keys.type("4. ")
    keys.press("Tab")
    keys.press("ArrowDown")
    keys.press("Control+Enter")
    page.locator("article[aria-current]", has_text=MOVED).filter(has_text="Mục 4 ·").wait_for()


def _tab_to(page: Any, selector: str) -> None:
    for _ in range(60):
        if page.locator(f"{selector}:focus").count():
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by Tab")


def _step_to(page: Any, selector: str) -> None:
    for _ in range(120):
        if page.locator(selector).count():
            return
        page.keyboard.press("j")
    raise AssertionError(f"{selector} cannot be reached by j")


def _said(answer: Any) -> str:
    return str(answer.locator(".said.repaired").inner_text())


def _in_the_workbook(path: Path, fixed: str) -> None:
    """The corrected answer stands in it, and the moved one on the line of item 4."""
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), read_only=True)
    lines = [[str(cell or "") for cell in row] for sheet in book for row in sheet.iter_rows(values_only=True)]
    assert any(fixed in cell for line in lines for cell in line)
    moved = [line for line in lines if any(MOVED in cell for cell in line)]
    assert moved and all(any(cell.startswith("4. ") for cell in line) for line in moved), moved

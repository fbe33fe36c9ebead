"""The document view in a real browser: places, conflicts, hostile reports, every kind of change, accessibility."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.review.e2e.conftest import DAMAGED, HOSTILE, SCAN
from tests.review.e2e.site import Site, log_in

pytestmark = pytest.mark.slow

NewPage = Callable[..., Any]


def resting(locator: Any) -> Any:
    """Where something is once the page has come to rest."""
    before = None
    while (box := locator.bounding_box()) != before or box is None:
        before = box
        locator.page.wait_for_timeout(150)
    return box


def test_places_light_up_both_ways(site: Site, new_page: NewPage) -> None:
    page = new_page()
    log_in(page, site, "minh", f"/documents/{site.report_id(SCAN)}")
    answer = page.locator("article", has_text="640 máy tính").first
    answer.locator(".place").click()
    lit = page.locator("rect.lit")
    lit.wait_for()  # one alone, or this raises
    assert lit.get_attribute("data-for") == answer.get_attribute("id")
    page.wait_for_function("document.querySelector('.leaf img').complete")
    box, paper = resting(lit), resting(page.locator("#paper"))
    assert paper["y"] <= box["y"] and box["y"] + box["height"] <= paper["y"] + paper["height"]

    # Another place on the page: its answer opens.
    other = page.locator("article", has_text="Thu không tiền mặt 78%").first
    rect = resting(page.locator(f"rect[data-for={other.get_attribute('id')}]"))
    page.mouse.click(rect["x"] + rect["width"] / 2, rect["y"] + rect["height"] / 2)
    page.wait_for_selector(f"#{other.get_attribute('id')}[aria-current=true]")
    assert "lit" in page.locator(f"rect[data-for={other.get_attribute('id')}]").get_attribute("class")

    # A file without pages shows its words, the answer's block lit up.
    page.goto(f"{site.url}/documents/{site.report_id(DAMAGED)}")
    answer = page.locator("#answers article", has_text="12 phòng máy").first
    answer.locator(".place").click()
    page.locator(".words .lit", has_text="12 phòng máy").first.wait_for()
    block = page.locator(".words [data-block]", has_text="Máy c?a t?").last
    block.click()
    page.locator("article[aria-current]", has_text="Máy của").wait_for()


def test_two_browsers_editing_the_same_cell(site: Site, new_page: NewPage) -> None:
    path = f"/documents/{site.report_id(SCAN)}"
    lan, minh = new_page(), new_page()
    log_in(lan, site, "lan", path)
    log_in(minh, site, "minh", path)
    expect(minh.locator("[data-testid=held]")).to_contain_text("Nguyễn Thị Lan")  # who came second is told
    for page, text in ((lan, "640 máy tính, 12 máy chiếu."), (minh, "641 máy tính.")):
        cell = page.locator("article", has_text="640 máy tính").first
        cell.locator(".place").click()
        page.keyboard.press("e")
        page.locator("[data-testid=form-edit] textarea").fill(text)
    lan.keyboard.press("Control+Enter")
    lan.locator("article[aria-current]", has_text="12 máy chiếu").wait_for()
    with minh.expect_response(lambda answer: answer.request.method == "POST" and "/answers/" in answer.url) as told:
        minh.keyboard.press("Control+Enter")
    assert told.value.status == 409
    conflict = minh.locator("[data-testid=conflict]")
    expect(conflict.locator("[data-testid=theirs]")).to_have_text("640 máy tính, 12 máy chiếu.")
    expect(conflict.locator("[data-testid=mine]")).to_have_text("641 máy tính.")
    expect(conflict).to_contain_text("Nguyễn Thị Lan")
    minh.click("[data-testid=keep-theirs]")
    minh.locator("article[aria-current]", has_text="12 máy chiếu").wait_for()
    expect(minh.locator("[data-testid=form-edit]")).to_have_count(0)

    # The lease can be taken over, and the first is then told.
    minh.keyboard.press("Shift+T")
    minh.wait_for_selector("[data-testid=held]", state="detached")
    lan.reload()
    expect(lan.locator("[data-testid=held]")).to_contain_text("Trần Văn Minh")


def test_scripts_in_a_report_are_text(site: Site, new_page: NewPage) -> None:
    page = new_page()
    log_in(page, site, "minh", f"/documents/{site.report_id(HOSTILE)}")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#answers")).to_contain_text("<script>document.title")
    expect(page.locator("#paper")).to_contain_text("<script>document.title")
    expect(page.locator("#paper")).to_contain_text("onerror=")
    assert "chạy" not in page.title()
    assert page.locator("#document script, #document img[src=x]").count() == 0


def test_add_split_withdraw_and_the_rest_of_the_letter(site: Site, new_page: NewPage) -> None:
    page = new_page(768, 1024)
    log_in(page, site, "minh", f"/documents/{site.report_id(SCAN)}")
    keys = page.keyboard

    loose = page.locator("[data-testid=loose]", has_text="Lưu: VT").first
    loose.locator(".said").click()
    keys.press("m")
    form = page.locator("[data-testid=form-new]")
    form.locator("[name=where]").select_option("item:12")
    form.locator("[name=column]").select_option("funding")
    keys.press("Control+Enter")
    page.locator("article[aria-current]", has_text="Mục 12").wait_for()
    expect(page.locator("article[aria-current]")).to_contain_text("Lưu: VT")
    expect(page.locator("[data-testid=loose]", has_text="Lưu: VT").first).to_contain_text("đã xếp")

    # Split it: two answers, then the second is withdrawn and brought back by undo.
    keys.press("s")
    form = page.locator("[data-testid=form-split]")
    form.locator("[name=kept]").fill("Lưu")
    form.locator("[name=text]").fill("VT, phần tách ra")
    keys.press("Control+Enter")
    page.locator("article[aria-current]", has_text="VT, phần tách ra").wait_for()
    keys.press("r")
    page.locator("[data-testid=withdrawn]", has_text="VT, phần tách ra").wait_for()
    keys.press("z")
    page.locator("[data-testid=answer]", has_text="VT, phần tách ra").wait_for()
    expect(page.locator("[data-testid=withdrawn]")).to_have_count(0)

    # Words of one's own, at a point that says nothing yet.
    keys.press("t")
    form = page.locator("[data-testid=form-new]")
    form.locator("[name=where]").select_option("point:school.1")
    form.locator("[name=text]").fill("Thêm bởi người duyệt")
    keys.press("Control+Enter")
    page.locator("article[aria-current]", has_text="Thêm bởi người duyệt").wait_for()

    page.fill("[data-testid=head-number]", "333/BC-GDĐT")
    keys.press("Control+Enter")
    page.locator("text=Máy đọc: 332/BC-GDĐT").wait_for()
    page.fill("[data-testid=head-date]", "3/5/2024")
    keys.press("Enter")
    page.locator("text=Máy đọc: 02/05/2024").wait_for()
    page.fill("[data-testid=unit]", "Phòng GDĐT Quận 5")
    keys.press("Enter")

    keys.press("Escape")
    page.locator("article .place").first.click()
    before = page.locator("article.person").count()
    keys.press("Shift+A")
    page.locator("article.person").nth(before + 10).wait_for()

    keys.press("l")
    told = page.locator("[data-testid=history]")
    told.wait_for()
    words = told.inner_text()
    for expected in ("Thêm câu trả lời", "Tách câu trả lời", "Rút bỏ", "Hoàn tác", "Sửa phần đầu văn bản", "Chấp nhận"):
        assert expected in words
    assert "Trần Văn Minh" in words


def test_a_chosen_reading_is_remembered_with_two_more_keys(site: Site, new_page: NewPage) -> None:
    page = new_page()
    log_in(page, site, "minh", f"/documents/{site.report_id(DAMAGED)}")
    page.wait_for_selector("article[aria-current][data-open]")
    page.keyboard.press("c")
    page.locator("[data-testid=readings]:visible").wait_for()
    page.keyboard.press("2")
    chosen = page.locator("article.person .fix.chosen[aria-expanded=true]")
    chosen.wait_for()
    page.keyboard.press("b")
    phrase = page.locator("[data-testid=phrase]:focus").input_value()
    assert chosen.inner_text() in phrase
    page.keyboard.press("Enter")
    page.locator("[data-testid=remembered]", has_text=phrase).wait_for()
    page.goto(f"{site.url}/phrases")
    expect(page.locator("main")).to_contain_text(phrase)


def test_keys_pressed_fast_each_count_once(site: Site, new_page: NewPage) -> None:
    page = new_page()
    log_in(page, site, "minh", f"/documents/{site.report_id(SCAN)}")
    page.wait_for_selector("article[aria-current]")
    first = page.locator("article[data-answer]").first
    first.locator(".place").click()
    named = [page.locator("article[data-answer]").nth(n).inner_text().split("\n")[0] for n in range(6)]
    page.evaluate(
        """() => { for (let n = 0; n < 5; n += 1) document.activeElement.dispatchEvent(
            new KeyboardEvent('keydown', { key: 'a', bubbles: true, cancelable: true })); }"""
    )
    page.locator("article.person").nth(4).wait_for()
    page.locator("#answers:not([aria-busy])").wait_for()
    expect(page.locator("article[aria-current] .place")).to_have_text(named[5], use_inner_text=True)
    expect(page.locator("article.person")).to_have_count(5)
    expect(page.locator("[data-testid=conflict]")).not_to_be_visible()


def test_nothing_serious_for_axe(site: Site, new_page: NewPage) -> None:
    page = new_page()
    log_in(page, site, "minh", f"/documents/{site.report_id(DAMAGED)}")
    check = lambda what: _no_serious(page, what)  # noqa: E731
    check("words")
    page.keyboard.press("c")
    check("readings")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.wait_for_selector("[data-testid=form-edit]")
    check("form")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    check("help")
    page.keyboard.press("Escape")
    page.goto(f"{site.url}/documents/{site.report_id(SCAN)}")
    page.wait_for_selector("rect.lit")
    for part in ("f", "l"):
        page.keyboard.press(part)
    page.set_viewport_size({"width": 768, "height": 1024})
    check("pictures on a tablet")


def _no_serious(page: Any, what: str) -> None:
    import axe_playwright_python

    source = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(source)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    serious = [
        (one["id"], one["impact"], [node["target"] for node in one["nodes"]][:3], one["nodes"][0].get("failureSummary"))
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert not serious, (what, serious)

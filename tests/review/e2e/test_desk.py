"""The pages around the documents in a browser: nothing serious for axe, nothing too wide, everything by key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import axe_playwright_python
import httpx
import pytest
from playwright.sync_api import expect

from storage.users import TRIES
from tests.processes import wait_until
from tests.review.e2e.conftest import SCAN
from tests.review.e2e.site import INBOX, PASSWORD, Site

pytestmark = pytest.mark.slow
NewPage = Callable[..., Any]
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
PAGES = (
    "/", "/?state=all", "/?state=rejected", "/operator", "/operator/files", "/grid", "/grid/units",
    "/grid/units/SO-GDTXCNDH", "/grid/units/SO-VAN-PHONG", "/grid/items/1", "/search", "/search?q=kinh phi", "/users",
    "/phrases", "/account", "/nowhere",
)  # fmt: skip


def enter(page: Any, site: Site, name: str) -> None:
    page.goto(f"{site.url}/login")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("[data-testid=login]")
    page.wait_for_selector("[data-testid=logout]")


def serious(page: Any) -> list[Any]:
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        (one["id"], [node["target"] for node in one["nodes"]][:3], one["nodes"][0].get("failureSummary"))
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("width", [1280, 768])
def test_pages_are_accessible_and_fit(site: Site, new_page: NewPage, width: int) -> None:
    page = new_page(width=width, height=900)
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(f"{site.url}/login")
    assert serious(page) == []
    enter(page, site, "lan")
    for address in PAGES:
        page.goto(f"{site.url}{address}")
        assert serious(page) == [], address
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, (address, overflow)  # wide tables scroll in their own frame
    assert refused == []


def test_the_queue_by_key(site: Site, new_page: NewPage) -> None:
    page = new_page()
    enter(page, site, "minh")
    keys = page.keyboard
    keys.press("?")
    expect(page.locator("#help")).to_be_visible()
    assert serious(page) == []
    keys.press("Escape")
    for key in ("j", "x", "j", "x"):
        keys.press(key)
    expect(page.locator("[data-counted=chosen]")).to_have_text("2")
    keys.press("k")
    page.wait_for_function("document.querySelector('[data-testid=row]').contains(document.activeElement)")
    page.once("dialog", lambda asked: asked.accept())
    page.focus("[data-testid=bulk-confirmed]")
    keys.press("Enter")
    expect(page.locator("[data-testid=done]")).to_contain_text("2 tài liệu")
    expect(page.locator("[data-testid=tab-confirmed] .count")).to_have_text("2")
    keys.press("/")
    keys.type("thu vien")
    keys.press("Enter")
    page.wait_for_selector("[data-testid=hit]")
    expect(page.locator("mark")).not_to_have_count(0)
    keys.press("j")
    keys.press("Enter")
    page.wait_for_url("**/documents/*")
    keys.press("g")
    keys.press("m")
    page.wait_for_url("**/grid")


def test_from_a_cell_of_the_matrix_to_its_source(site: Site, new_page: NewPage) -> None:
    page = new_page()
    enter(page, site, "van")
    page.goto(f"{site.url}/grid/units")
    page.get_by_role("link", name="Đã trả lời").first.click()
    page.wait_for_url("**/grid/units/*#c-*")
    target = page.locator("td:target")
    expect(target).to_be_visible()
    target.locator("[data-testid=to-source]").first.click()
    page.wait_for_url("**/documents/*#answer-*")
    expect(page.locator(page.evaluate("location.hash"))).to_be_visible()


def test_files_are_uploaded_and_taken_back(site: Site, new_page: NewPage, tmp_path: Path) -> None:
    page = new_page()
    enter(page, site, "van")
    page.goto(f"{site.url}/operator")
    lock = tmp_path / "~$bao cao.docx"
    lock.write_bytes(b"x")
    page.set_input_files("[data-testid=files]", [INBOX / SCAN, INBOX / "PL.xlsx", lock])
    page.locator("[data-testid=start-ingest]", has_text="2 tệp").wait_for()
    expect(page.locator("[data-testid=upload-sum]")).to_have_text("Đã gửi 2/3 tệp, 1 tệp không gửi được")
    expect(page.locator("[data-testid=upload][data-state=failed]")).to_contain_text("không phải báo cáo")
    assert serious(page) == []
    page.get_by_role("button", name="Bỏ PL.xlsx").click()
    page.locator("[data-testid=start-ingest]", has_text="1 tệp").wait_for()
    (folder,) = (site.data / "uploads").iterdir()
    assert wait_until(lambda: [path.name for path in folder.iterdir()] == [SCAN], 10)
    # Dropped as from the desktop.
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["TRƯỜNG THPT GIA ĐỊNH\\nBÁO CÁO"], "thả vào.txt"));
          const dropped = { dataTransfer: data, bubbles: true, cancelable: true };
          document.getElementById("drop").dispatchEvent(new DragEvent("drop", dropped));
        }"""
    )
    page.locator("[data-testid=start-ingest]", has_text="2 tệp").wait_for()
    assert {path.name for path in folder.iterdir()} == {SCAN, "thả vào.txt"}


def test_behind_a_proxy_that_ends_tls(site: Site) -> None:
    """The proxy on this machine says how the browser came and from where; nobody else is believed."""
    with httpx.Client(base_url=site.url, headers={"Sec-Fetch-Site": "same-origin"}) as client:
        data = {"name": "minh", "password": PASSWORD}
        plain = client.post("/login", data=data)
        assert plain.status_code == 303 and "Secure" not in plain.headers["set-cookie"]
        forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
        answer = client.post("/login", data=data, headers=forwarded)
        assert "Secure" in answer.headers["set-cookie"] and "HttpOnly" in answer.headers["set-cookie"]
        assert answer.headers["strict-transport-security"]
        assert "server" not in answer.headers
        wrong = {"name": "minh", "password": "sai-mat-khau"}
        for _ in range(TRIES):
            assert client.post("/login", data=wrong, headers=forwarded).status_code == 401
        assert client.post("/login", data=data, headers=forwarded).status_code == 429
        elsewhere = forwarded | {"X-Forwarded-For": "203.0.113.10"}
        assert client.post("/login", data=data, headers=elsewhere).status_code == 303  # others are not locked out

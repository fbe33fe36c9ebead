"""The mailbox as a source of reports, against a real IMAP server."""

from __future__ import annotations

import email.message
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows import consistency, mailbox, settings, workplace
from flows.inbox import InboxError
from flows.mailbox import Mailbox
from flows.settings import Settings
from tests import imap_server
from tests.imap_server import ImapServer

SAMPLE = Path(__file__).parents[2] / "samples" / "inbox" / "BC_GDTM_THPT_Bui_Thi_Xuan.docx"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LIMIT = 1 << 20
USERS = ("phong-gd", "moved", "big", "restarted", "night", "broken", "nobody-home")


@pytest.fixture(scope="module")
def server() -> Iterator[ImapServer]:
    with imap_server.dovecot(*USERS) as running:
        yield running


@pytest.fixture(autouse=True)
def trusted(server: ImapServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))


def opened(server: ImapServer, user: str, secret: str = imap_server.PASSWORD, **more: Any) -> Mailbox:
    return Mailbox(mailbox.address(server.url(user)), secret, **{"max_bytes": LIMIT, **more})


def letter(subject: str, text: str = "", attached: dict[str, bytes] | None = None, number: int = 1) -> bytes:
    made = email.message.EmailMessage()
    made["From"], made["To"], made["Subject"] = "truong@example.vn", "so@example.vn", subject
    made["Message-ID"], made["Date"] = f"<{number}.{hash(subject)}@example.vn>", "Thu, 2 May 2024 08:00:00 +0700"
    made.set_content(text)
    for name, data in (attached or {}).items():
        made.add_attachment(data, maintype="application", subtype=WORD.partition("/")[2], filename=name)
    return made.as_bytes(policy=made.policy.clone(linesep="\r\n"))


def test_letters_come_bit_for_bit_and_once(server: ImapServer) -> None:
    sent = [letter("Báo cáo quý I", "Đã thực hiện."), b"Subject: no id\r\n\r\n" + b"\xff\x01 raw \xe9\r\n" * 3]
    server.deliver("phong-gd", *sent)
    box = opened(server, "phong-gd")
    assert len(box) == 2
    got, names, places = [], [], []
    for item in box:
        assert item.refusal is None
        got.append(item.file.read_bytes())
        names.append(item.name)
        places.append(item.place)
        box.taken(item, whole=True)
    assert [hashlib.sha256(one).digest() for one in got] == [hashlib.sha256(one).digest() for one in sent]
    assert names == ["Báo cáo quý I.eml", "no id.eml"]
    assert places[0].startswith(f"imaps://phong-gd@localhost:{server.port}/INBOX/1.") and len(set(places)) == 2
    assert imap_server.PASSWORD not in str(places)
    box.close()
    assert len(opened(server, "phong-gd")) == 0
    marks = [flags for flags, _ in server.letters("phong-gd")]
    assert len(marks) == 2 and all(mailbox.KEYWORD in flags and "Seen" not in flags for flags in marks)


def test_letters_are_moved_where_a_folder_is_named(server: ImapServer) -> None:
    server.deliver("moved", letter("một"), letter("hai"))
    box = opened(server, "moved", done="Đã nhận/2024 & sau")
    first, *_ = list(box)
    box.taken(first, whole=True)
    assert len(server.letters("moved")) == 1 and len(server.letters("moved", "Đã nhận/2024 & sau")) == 1
    assert len(opened(server, "moved", done="Đã nhận/2024 & sau")) == 1


def test_a_letter_that_is_too_large_costs_only_itself(server: ImapServer) -> None:
    server.deliver("big", letter("lớn", "x" * 70 + "\n", {"a.docx": b"0" * (LIMIT + 1)}), letter("nhỏ"))
    items = {item.name: item.refusal and item.refusal.code for item in opened(server, "big")}
    assert items == {"lớn.eml": "too_large", "nhỏ.eml": None}


def test_a_connection_that_was_lost_is_made_again(server: ImapServer) -> None:
    """A night is long: the server may be restarted between two letters."""
    server.deliver("restarted", letter("một"), letter("hai"))
    box = opened(server, "restarted")
    for item in box:
        server.stop()
        server.start()
        box.taken(item, whole=True)
    assert len(opened(server, "restarted")) == 0
    server.deliver("restarted", letter("ba"), letter("bốn"))
    box = opened(server, "restarted")
    server.stop()
    try:
        with pytest.raises(InboxError, match="Không mở được hộp thư"):
            list(box)
    finally:
        server.start()
    assert len(opened(server, "restarted")) == 2


def test_what_keeps_a_mailbox_shut_is_said(server: ImapServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(InboxError, match="Không mở được hộp thư") as wrong:
        opened(server, "phong-gd", "sai mật khẩu")
    assert "sai mật khẩu" not in str(wrong.value)
    with pytest.raises(InboxError, match="Không mở được"):
        Mailbox(mailbox.address(server.url("phong-gd", "Không có")), imap_server.PASSWORD, max_bytes=LIMIT)
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(InboxError, match="Chứng chỉ TLS"):
        opened(server, "phong-gd")
    for url in ("imap://a@b/INBOX", "imaps://b/INBOX", "imaps://a:secret@b/INBOX", "https://a@b/"):
        with pytest.raises(ValueError):
            mailbox.address(url)
    assert mailbox.address("imaps://a%40b.vn@mail.b.vn/H%E1%BB%99p").folder == "Hộp"
    monkeypatch.delenv("BAOCAO_MAILBOX_PASSWORD", raising=False)
    with pytest.raises(InboxError, match="BAOCAO_MAILBOX_PASSWORD"):
        mailbox.password(None)
    with pytest.raises(InboxError, match="tệp mật khẩu"):
        mailbox.password(tmp_path / "no file")
    (tmp_path / "secret").write_text("bí mật\n")
    assert mailbox.password(tmp_path / "secret") == "bí mật"


def use(server: ImapServer, user: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    (tmp_path / "secret").write_text(imap_server.PASSWORD)
    monkeypatch.setenv("BAOCAO_INBOX", server.url(user))
    monkeypatch.setenv("BAOCAO_MAILBOX_PASSWORD_FILE", str(tmp_path / "secret"))
    return settings.load()


def ingest() -> dict[str, Any]:
    from flows.ingest import ingest_inbox

    return ingest_inbox()


@pytest.mark.slow
def test_a_night_takes_the_mailbox_and_the_folder(
    prefect: None, place: Settings, server: ImapServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    report, text = SAMPLE.read_bytes(), "Trường THPT Lê Quý Đôn báo cáo: các nội dung đều đã triển khai trong năm học."
    server.deliver(
        "night",
        letter("Báo cáo của trường", "Kính gửi Sở.", {"bc.docx": report}),
        letter("Không đính kèm", text),
        letter("Gửi lại", "Trường gửi lại.", {"bc lần 2.docx": report}),
        letter("Hỏng", "Kính gửi Sở.", {"hỏng.docx": report[:3000]}),
        b"\xff\xfe\x00 this is no letter",
    )
    (place.inbox / "a.txt").write_text(text + " Hết.")
    used = use(server, "night", monkeypatch, tmp_path)
    assert used.inbox == place.inbox  # the folder is read as well
    summary = ingest()
    found = {file["name"]: file["state"] for file in summary["files"]}
    assert found["Báo cáo của trường.eml/bc.docx"] == "processed"
    assert found["Không đính kèm.eml"] == "processed" and found["a.txt"] in ("processed", "partial")
    assert (found["Gửi lại.eml/bc lần 2.docx"], found["Gửi lại.eml"]) == ("duplicate", "duplicate")
    assert found["Hỏng.eml"] == "rejected" and found["Hỏng.eml/hỏng.docx"] == "rejected"
    opened = workplace.at(used)
    before = opened.repository.reports(place.campaign)
    # What was refused stays to be seen, the rest is not fetched again; nothing was deleted.
    assert len(server.letters("night")) == 5
    again = ingest()
    names = {file["name"] for file in again["files"]}
    assert "Hỏng.eml" in names and "Báo cáo của trường.eml" not in names
    # Delivered a second time, it is the same arrival and read no second time.
    arrivals = list(opened.repository.arrivals(place.campaign))
    server.deliver("night", letter("Báo cáo của trường", "Kính gửi Sở.", {"bc.docx": report}))
    states = {file["name"]: file["state"] for file in ingest()["files"]}
    assert opened.repository.reports(place.campaign) == before, states
    assert consistency.check(opened).findings == []
    assert len(list(opened.repository.arrivals(place.campaign))) >= len(arrivals)


@pytest.mark.slow
def test_a_mailbox_that_is_away_fails_the_run_and_not_the_folder(
    prefect: None, place: Settings, server: ImapServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use(server, "nobody-home", monkeypatch, tmp_path)
    monkeypatch.setenv("BAOCAO_INBOX", "imaps://nobody-home@localhost:1/INBOX")
    (place.inbox / "a.txt").write_text("Trường THPT Lê Quý Đôn báo cáo: đã triển khai đủ các nội dung được giao.")
    with pytest.raises(InboxError, match="Không mở được hộp thư"):
        ingest()
    (arrival,) = workplace.at(settings.load()).repository.arrivals(place.campaign)
    assert arrival.name == "a.txt" and arrival.state in ("processed", "partial")

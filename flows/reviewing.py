"""``./baocao review``: the review page on this machine's settings, and its first admin."""

from __future__ import annotations

import contextlib
import getpass
import sys

import typer

from flows import monitoring, scratch, stopping, workplace
from flows.operations import Operations
from flows.settings import Settings
from review import reasons, serving
from review.place import Place
from storage.users import UserError, Users


def run(settings: Settings) -> None:
    """Serve the page until interrupted; what it started ends with it, and is taken up when it starts again."""
    stopping.by_exception()
    scratch.enter(settings.data_dir)
    operations = Operations(settings)
    place = place_at(settings, operations)
    if not any(user.role == "admin" and user.active for user in Users(place.engine).all()):
        hint = "Chưa có người quản trị. Ở một cửa sổ khác, hãy chạy: ./baocao review --create-admin TÊN"
        typer.echo(hint, err=True)
    typer.echo(f"Trang duyệt báo cáo: http://{settings.review_address}", err=True)
    reasons.catch_up_meanwhile(place.repository, place.campaign)
    operations.resume()
    try:
        with contextlib.suppress(KeyboardInterrupt), monitoring.served(settings):
            serving.start(place, settings.review_address)
    finally:
        operations.stop()


def place_at(settings: Settings, operations: Operations) -> Place:
    """What the page works with; the database is made when it is missing."""
    here = workplace.at(settings)
    return Place(
        engine=here.repository.engine,
        repository=here.repository,
        originals=here.originals,
        campaign=here.campaign,
        data_dir=settings.data_dir,
        operations=operations,
    )


def create_admin(settings: Settings, name: str) -> None:
    """An admin with a password typed twice, or read from the first line of stdin. Raises `UserError`."""
    if sys.stdin.isatty():
        password = getpass.getpass("Mật khẩu (ít nhất 10 ký tự): ")
        if getpass.getpass("Nhập lại mật khẩu: ") != password:
            raise UserError("Hai lần nhập không giống nhau.")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    users = Users(workplace.at(settings).repository.engine)
    user = users.create(name, name, "admin", password, actor=None)
    typer.echo(f"Đã tạo người quản trị {user.name}.", err=True)

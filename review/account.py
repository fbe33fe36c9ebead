"""Logging in and out, and one's own password."""

from __future__ import annotations

import math
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from review.access import COOKIE, Anyone
from review.pages import page
from review.place import Here
from storage.users import LONGEST, BadCredentials, TooManyAttempts, UserError, Users

router = APIRouter()
Text = Annotated[str, Form(max_length=1000)]


@router.get("/login")
def show_login(request: Request, next: str = "/") -> Response:
    return page(request, "login.html", next=_inside(next), error="", name="")


@router.post("/login")
def log_in(request: Request, place: Here, name: Text, password: Text, next: Text = "/") -> Response:
    address = request.client.host if request.client else ""
    try:
        _, token = Users(place.engine).log_in(name, password, address)
    except BadCredentials:
        error = "Tên đăng nhập hoặc mật khẩu không đúng."
        return page(request, "login.html", 401, next=_inside(next), error=error, name=name)
    except TooManyAttempts as limit:
        seconds = max(1, math.ceil(limit.wait.total_seconds()))
        error = f"Đã thử sai quá nhiều lần. Hãy đợi {math.ceil(seconds / 60)} phút rồi thử lại."
        answer = page(request, "login.html", 429, next=_inside(next), error=error, name=name)
        answer.headers["Retry-After"] = str(seconds)
        return answer
    answer_to = RedirectResponse(_inside(next), 303)
    answer_to.set_cookie(
        COOKIE, token, max_age=int(LONGEST.total_seconds()), httponly=True, samesite="lax", secure=_https(request)
    )
    return answer_to


@router.post("/logout")
def log_out(request: Request, place: Here) -> Response:
    if token := request.cookies.get(COOKIE):
        Users(place.engine).log_out(token)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=_https(request))
    return answer


@router.get("/account")
def show_account(request: Request, _: Anyone) -> Response:
    return page(request, "account.html", error="", done=False)


@router.post("/account/password")
def change_password(request: Request, place: Here, user: Anyone, old: Text, new: Text, again: Text) -> Response:
    error = ""
    if not Users(place.engine).password_is(user.id, old):
        error = "Mật khẩu hiện tại không đúng."
    elif new != again:
        error = "Hai lần nhập mật khẩu mới không giống nhau."
    else:
        try:
            Users(place.engine).set_password(user.id, new, actor=user.name, keep=request.cookies.get(COOKIE))
        except UserError as refused:
            error = str(refused)
    return page(request, "account.html", 422 if error else 200, error=error, done=not error)


def _https(request: Request) -> bool:
    """Whether the browser came over TLS; behind a proxy on this machine its X-Forwarded-Proto says so."""
    return request.url.scheme == "https"


def _inside(address: str) -> str:
    """An address of this page: nobody is led elsewhere after logging in."""
    plain = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if plain and address.isascii() else "/"

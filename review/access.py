"""Who is asking, and what they may do. A route says so by the type of a parameter: `Anyone`, `Reviewer`, `Admin`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from review.place import place_of
from storage.users import Role, User, Users

COOKIE = "baocao_session"
_RANK: dict[Role, int] = {"operator": 0, "reviewer": 1, "admin": 2}


class NotLoggedIn(Exception):
    """The visitor is sent to the log-in page."""


_LARGEST_ID = 2**31 - 1


def small_numbers(request: Request) -> None:
    """Answers 404 for a number in the address that is larger than any id: databases refuse to compare with it."""
    numbers = (str(value).lstrip("+-") for value in request.path_params.values())
    if any(one.isdecimal() and (len(one) > 10 or int(one) > _LARGEST_ID) for one in numbers):
        raise HTTPException(404)


def visitor(request: Request) -> User | None:
    """The user of the session; None for somebody who is not logged in."""
    token = request.cookies.get(COOKIE)
    request.state.user = Users(place_of(request).engine).of_session(token) if token else None
    user: User | None = request.state.user
    return user


def current_user(request: Request) -> User:
    """The user of the session. Raises `NotLoggedIn`."""
    user = visitor(request)
    if user is None:
        raise NotLoggedIn
    return user


def may(user: User, role: Role) -> bool:
    """A reviewer may do all that an operator may, an admin all that a reviewer may."""
    return _RANK[user.role] >= _RANK[role]


def at_least(role: Role) -> Callable[[User], User]:
    def check(user: Annotated[User, Depends(current_user)]) -> User:
        if not may(user, role):
            raise HTTPException(403, "Tài khoản của bạn không có quyền làm việc này.")
        return user

    return check


Anyone = Annotated[User, Depends(current_user)]
Reviewer = Annotated[User, Depends(at_least("reviewer"))]
Admin = Annotated[User, Depends(at_least("admin"))]

"""The admin's page: who may use the page."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from review.access import Admin
from review.pages import page
from review.place import Here, Place
from storage.users import Role, UserError, Users

router = APIRouter(prefix="/users")
Text = Annotated[str, Form(max_length=1000)]

_SIGNS = "bcdfghjkmnpqrstvwxz23456789"  # no two that look alike; no vowels, so that no names come out


@router.get("")
def show(request: Request, place: Here, _: Admin) -> Response:
    return _page(request, place)


@router.post("")
def create(
    request: Request, place: Here, user: Admin, name: Text, role: Annotated[Role, Form()], full_name: Text = ""
) -> Response:
    """A new user with a password that is shown once."""
    password = new_password()
    try:
        made = Users(place.engine).create(name, full_name, role, password, actor=user.name)
    except UserError as refused:
        tried = {"name": name, "full_name": full_name, "role": role}
        return _page(request, place, 422, error=str(refused), tried=tried)
    return _page(request, place, 201, told=made, password=password)


@router.post("/{user_id}")
def change(
    request: Request,
    place: Here,
    user: Admin,
    user_id: int,
    full_name: Text,
    role: Annotated[Role, Form()],
    active: Annotated[bool, Form()] = False,
) -> Response:
    try:
        Users(place.engine).change(user_id, full_name=full_name, role=role, active=active, actor=user.name)
    except LookupError as error:
        raise HTTPException(404) from error
    except UserError as refused:
        return _page(request, place, 422, error=str(refused))
    return RedirectResponse("/users", 303)


@router.post("/{user_id}/password")
def reset_password(request: Request, place: Here, user: Admin, user_id: int) -> Response:
    """A new password, shown once; whoever is logged in as this user is logged out."""
    users, password = Users(place.engine), new_password()
    known = next((one for one in users.all() if one.id == user_id), None)
    if known is None:
        raise HTTPException(404)
    users.set_password(user_id, password, actor=user.name)
    return _page(request, place, told=known, password=password)


def new_password() -> str:
    """Sixteen signs (about 76 bits) in groups of four."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(4))


def _page(request: Request, place: Place, status: int = 200, **values: Any) -> Response:
    shown = {"error": "", "told": None, "password": "", "tried": {}} | values
    return page(request, "users.html", status, people=Users(place.engine).all(), **shown)

"""Templates: Jinja2 with everything escaped, and the values that every page shows."""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse

from review import words
from review.place import Place, place_of

HERE = Path(__file__).parent
STATIC = HERE / "static"


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """``template`` filled with ``values``, ``user`` (or None), ``place``, ``path`` and what `_environment` adds."""
    place = place_of(request)
    user = getattr(request.state, "user", None)
    filled = environment().get_template(template).render(
        request=request, user=user, place=place, campaign=place.campaign, path=request.url.path, **values
    )  # fmt: skip
    return HTMLResponse(filled, status)


def is_partial(request: Request) -> bool:
    """Whether htmx asks for a part of a page (it swaps the answer in) and not for a whole one."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-boosted") != "true"


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(static=static, words=words)
    made.filters.update(moment=moment, day=day)
    return made


@lru_cache(maxsize=64)
def static(name: str) -> str:
    """The address of a static file; it changes with the content, so that browsers may keep it for long."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def moment(value: dt.datetime | None, place: Place | None = None) -> str:
    """A time as the clock of the letter's office shows it."""
    if value is None:
        return ""
    zone = ZoneInfo(place.campaign.deadline.timezone if place else "Asia/Ho_Chi_Minh")
    return value.astimezone(zone).strftime("%d/%m/%Y %H:%M")


def day(value: dt.date | None) -> str:
    return "" if value is None else value.strftime("%d/%m/%Y")

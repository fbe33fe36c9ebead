"""What every answer and every request goes through: same-origin writes only, and headers that leave browsers no room.

Writes are checked by what the browser itself says (Sec-Fetch-Site, else Origin); a request that says neither comes from
no browser of ours and may not write. Session cookies are SameSite=Lax besides.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
FORBIDDEN = "Yêu cầu không đến từ trang này nên không được thực hiện. Hãy mở lại trang rồi thử lại."


LONGEST_FORM = 4 * 1024 * 1024  # bytes; files come by a route that counts for itself
_COUNTS_ITSELF = re.compile(r"/operator/uploads/[^/]+/files")


class Guard:
    """ASGI middleware; the only place that decides on cross-site requests, security headers and the length of forms."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(scope, MutableHeaders(scope=message))
            await send(message)

        if scope["method"] not in SAFE and not same_origin(Headers(scope=scope)):
            await PlainTextResponse(FORBIDDEN, 403)(scope, receive, guarded)
            return
        if not _COUNTS_ITSELF.fullmatch(scope["path"]):
            receive = _limited(receive)
        await self._app(scope, receive, guarded)


def _limited(receive: Receive) -> Receive:
    """``receive`` that answers 413 to whoever reads more than `LONGEST_FORM` from it."""
    taken = 0

    async def counting() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LONGEST_FORM:
            raise HTTPException(413, "Biểu mẫu gửi lên quá dài.")
        return message

    return counting


def add_headers(scope: Scope, headers: MutableHeaders) -> None:
    headers["Content-Security-Policy"] = POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if scope["scheme"] == "https":
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if scope["path"].startswith("/static/"):
        # An address with a version changes with the content; a module that another one imports has none.
        versioned = scope["query_string"].startswith(b"v=")
        headers["Cache-Control"] = "public, max-age=31536000, immutable" if versioned else "no-cache"
    else:
        headers.setdefault("Cache-Control", "no-store")


def same_origin(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == headers.get("host")

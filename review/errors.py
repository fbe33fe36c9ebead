"""Errors as pages, in Vietnamese; for htmx as a short text that the page shows in its message area."""

from __future__ import annotations

import logging
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from review.access import NotLoggedIn, visitor
from review.pages import is_partial, page
from review.security import add_headers
from storage import Conflict

TITLES = {
    400: "Yêu cầu không đúng",
    403: "Không có quyền",
    404: "Không tìm thấy",
    405: "Không làm được việc này ở đây",
    409: "Đã có người thay đổi trước",
    413: "Quá lớn",
    422: "Dữ liệu gửi lên không đúng",
    429: "Thử quá nhiều lần",
    500: "Lỗi của chương trình",
}
ADVICE = {
    404: "Địa chỉ không đúng, hoặc tài liệu không còn ở đây.",
    409: "Nội dung này vừa được người khác sửa. Hãy tải lại trang để xem bản mới rồi làm lại.",
    422: "Một giá trị bị thiếu hoặc không đúng dạng. Hãy quay lại và kiểm tra.",
    500: "Chương trình gặp lỗi; việc vừa làm có thể chưa được lưu. Hãy thử lại, nếu vẫn lỗi hãy báo người quản trị.",
}
_log = logging.getLogger(__name__)


def install(app: FastAPI) -> None:
    app.add_exception_handler(NotLoggedIn, _log_in)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Conflict, _conflict)
    app.add_exception_handler(Exception, _unexpected)


def failed(request: Request, status: int, detail: str = "") -> Response:
    """The error page; ``detail`` is a Vietnamese sentence in the place of the usual one."""
    title, advice = TITLES.get(status, "Không làm được"), detail or ADVICE.get(status, "")
    template = "error_part.html" if is_partial(request) else "error.html"
    return page(request, template, status, title=title, advice=advice)


def _log_in(request: Request, _: Exception) -> Response:
    wanted = request.url.path if request.method == "GET" else "/"
    if request.method == "GET" and request.url.query:
        wanted += f"?{request.url.query}"
    address = "/login" if wanted == "/" else f"/login?next={quote(wanted, safe='')}"
    if is_partial(request):
        return Response(status_code=401, headers={"HX-Redirect": "/login"})
    return RedirectResponse(address, 303)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if not hasattr(request.state, "user"):
        visitor(
            request
        )  # an address that is not there asks nobody who they are; its page has the navigation all the same
    # FastAPI's own details are in English and stay out of the page.
    own = error.detail if isinstance(error.detail, str) and not error.detail.isascii() else ""
    answer = failed(request, error.status_code, own)
    answer.headers.update(error.headers or {})
    return answer


def _invalid(request: Request, _: Exception) -> Response:
    return failed(request, 422)


def _conflict(request: Request, _: Exception) -> Response:
    return failed(request, 409)


def _unexpected(request: Request, error: Exception) -> Response:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    answer = failed(request, 500)
    add_headers(request.scope, answer.headers)  # this handler runs outside the middleware
    return answer

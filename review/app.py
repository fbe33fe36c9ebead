"""The application: routers, middleware, static files."""

from __future__ import annotations

from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles

from review import account, document_view, errors, grid, health, operator, phrases, queue, search, users
from review.access import small_numbers
from review.pages import STATIC
from review.place import Place
from review.security import Guard

ROUTERS = (queue, document_view, grid, search, operator, phrases, users, account, health)


def create_app(place: Place) -> FastAPI:
    """The review page on ``place``. Nothing is loaded from elsewhere, so the pages that describe the API are off."""
    app = FastAPI(title="baocao", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.place = place
    for module in ROUTERS:
        app.include_router(module.router, dependencies=[Depends(small_numbers)])
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    errors.install(app)
    app.add_middleware(Guard)
    return app

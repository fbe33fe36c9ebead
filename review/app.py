"""The application: routers, middleware, static files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles

from review import account, document_view, errors, grid, health, operator, phrases, queue, search, users
from review.access import small_numbers
from review.document_page import CACHE
from review.page_images import PageImages
from review.pages import STATIC
from review.place import Place
from review.security import Guard

ROUTERS = (queue, document_view, grid, search, operator, phrases, users, account, health)


def create_app(place: Place) -> FastAPI:
    """The review page on ``place``. Nothing is loaded from elsewhere, so the pages that describe the API are off."""
    app = FastAPI(title="baocao", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_running)
    app.state.place = place
    app.state.page_images = PageImages(place.data_dir / CACHE, place.originals)
    for module in ROUTERS:
        app.include_router(module.router, dependencies=[Depends(small_numbers)])
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    errors.install(app)
    app.add_middleware(Guard)
    return app


@asynccontextmanager
async def _running(app: FastAPI) -> AsyncIterator[None]:
    """What draws the originals loads its parsers while the first visitor logs in, and ends with the page."""
    images: PageImages = app.state.page_images
    images.start()
    yield
    images.close()

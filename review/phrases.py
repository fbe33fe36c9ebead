"""What the repair has learned from reviewers, to be seen and taken back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from review.access import Anyone, Reviewer, may
from review.pages import page
from review.place import Here, Place
from storage.phrases import PhraseError, Phrases
from storage.users import User, Users

router = APIRouter(prefix="/phrases")


@router.get("")
def show(request: Request, place: Here, user: Anyone) -> Response:
    return _page(request, place, user)


@router.post("")
def learn(request: Request, place: Here, user: Reviewer, phrase: Annotated[str, Form(max_length=1000)]) -> Response:
    """A name or phrase typed in by hand."""
    try:
        Phrases(place.engine).learn(place.campaign.id, phrase, actor=user.name)
    except PhraseError as refused:
        return _page(request, place, user, 422, error=str(refused), tried=phrase)
    return RedirectResponse("/phrases", 303)


@router.post("/{phrase_id}/withdraw")
def withdraw(place: Here, user: Reviewer, phrase_id: int) -> Response:
    _known(place, phrase_id)
    Phrases(place.engine).withdraw(phrase_id, actor=user.name)
    return RedirectResponse(f"/phrases#phrase-{phrase_id}", 303)


@router.post("/{phrase_id}/restore")
def restore(place: Here, user: Reviewer, phrase_id: int) -> Response:
    _known(place, phrase_id)
    Phrases(place.engine).restore(phrase_id, actor=user.name)
    return RedirectResponse(f"/phrases#phrase-{phrase_id}", 303)


def _known(place: Place, phrase_id: int) -> None:
    if not any(one.id == phrase_id for one in Phrases(place.engine).all(place.campaign.id)):
        raise HTTPException(404)


def _page(
    request: Request, place: Place, user: User, status: int = 200, *, error: str = "", tried: str = ""
) -> Response:
    learned = Phrases(place.engine).all(place.campaign.id)
    return page(
        request,
        "phrases.html",
        status,
        learned=sorted(learned, key=lambda one: one.withdrawn_at is not None),
        files={report.id: report.name for report in place.repository.reports(place.campaign.id)} if learned else {},
        names={one.name: one.full_name for one in Users(place.engine).all()},
        may_change=may(user, "reviewer"),
        error=error,
        tried=tried,
    )

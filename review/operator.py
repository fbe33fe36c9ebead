"""Uploading files, starting an ingest, what became of each file, and the outputs."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse

from extractors.pipeline import PIPELINE_VERSION
from review import uploads
from review.access import Anyone
from review.pages import page
from review.place import Here, Job, JobFile, Place
from storage.received import OUTCOMES, Outcome, ReceivedFile, one_file, received, running_batches
from storage.users import Users

router = APIRouter(prefix="/operator")
Text = Annotated[str, Query(max_length=300)]

_FILES = 50
_JOBS = 8
_FILES_OF_JOB = 300
_MOVED = dt.timedelta(minutes=10)  # a batch of another process in which nothing happens for so long was interrupted
_ORDER = {"rejected": 0, "partial": 1, None: 3, "processed": 4, "duplicate": 5}


class JobView(msgspec.Struct, frozen=True, kw_only=True):
    """A job as it is shown: of a long one the files that need a person come first, ``left_out`` are not shown."""

    job: Job
    files: list[JobFile]
    left_out: int
    counts: dict[str, int]


@router.get("")
def show(request: Request, place: Here, _: Anyone) -> Response:
    """Uploading, what runs, the outputs."""
    return page(request, "operator.html", max_upload=place.max_upload, **_state(place))


@router.get("/state")
def show_state(request: Request, place: Here, _: Anyone) -> Response:
    """What runs and the outputs, anew; the open page asks for it."""
    return page(request, "operator_state.html", **_state(place))


@router.post("/uploads")
def begin_upload(place: Here, _: Anyone) -> Response:
    """A folder for files to come; its id."""
    return JSONResponse({"id": place.operations.new_upload()}, 201)


@router.post("/uploads/{upload_id}/files")
async def upload(request: Request, place: Here, _: Anyone, upload_id: str, name: Text) -> Response:
    """One file, as the body of the request; the name that it got."""
    folder = _upload_folder(place, upload_id)
    announced = request.headers.get("content-length", "")
    size = int(announced) if announced.isdecimal() else None
    stored = await uploads.store(folder, name, size, request.stream(), place.max_upload)
    return JSONResponse({"name": stored}, 201)


@router.post("/uploads/{upload_id}/remove", status_code=204)
def remove(place: Here, _: Anyone, upload_id: str, name: Text) -> None:
    """Take one uploaded file out again, by the name that it got."""
    (_upload_folder(place, upload_id) / uploads.plain_name(name)).unlink(missing_ok=True)


@router.post("/uploads/{upload_id}/start")
def start(place: Here, user: Anyone, upload_id: str) -> Response:
    """Read what was uploaded."""
    folder = _upload_folder(place, upload_id)
    if not any(not path.name.startswith(".") for path in folder.iterdir()):
        raise HTTPException(422, "Chưa có tệp nào để đọc.")
    job_id = place.operations.start_ingest(upload_id, user.name)
    return RedirectResponse(f"/operator/jobs/{job_id}", 303)


@router.post("/consolidate")
def consolidate(place: Here, user: Anyone) -> Response:
    """Write the outputs anew; one that waits already will do."""
    waiting = next((job for job in place.operations.jobs(_JOBS) if job.kind == "consolidate" and job.waiting), None)
    job_id = waiting.id if waiting else place.operations.start_consolidate(user.name)
    return RedirectResponse(f"/operator/jobs/{job_id}", 303)


@router.get("/jobs/{job_id}")
def show_job(request: Request, place: Here, _: Anyone, job_id: str) -> Response:
    return page(request, "operator_job.html", **_job(place, job_id))


@router.get("/jobs/{job_id}/progress")
def show_progress(request: Request, place: Here, _: Anyone, job_id: str) -> Response:
    """How far a job has come; the open page asks for it until it has ended."""
    return page(request, "operator_progress.html", **_job(place, job_id))


@router.get("/outputs/{name}")
def download(place: Here, _: Anyone, name: str) -> Response:
    """An output of the last consolidation, to be saved."""
    path = next((path for path in place.operations.outputs() if path.name == name), None)
    if path is None:
        raise HTTPException(404, "Chưa có kết quả này; hãy lập lại tổng hợp.")
    return FileResponse(path, media_type="application/octet-stream", filename=path.name)


@router.get("/files")
def show_files(
    request: Request,
    place: Here,
    _: Anyone,
    outcome: Literal["", "rejected", "partial", "pending", "processed", "duplicate"] = "",
    q: Text = "",
    page_number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> Response:
    """Every file that ever came in, with what became of it."""
    found = received(
        place.engine,
        place.campaign.id,
        outcome=outcome or None,
        query=q,
        limit=_FILES,
        offset=(page_number - 1) * _FILES,
    )
    units = {unit.id: unit.name for unit in place.campaign.units}
    return page(
        request,
        "operator_files.html",
        found=found,
        outcomes=OUTCOMES,
        outcome=outcome,
        q=q,
        number=page_number,
        pages=max(1, -(-found.total // _FILES)),
        address=_address,
        units=units,
        again=_may_be_read_again,
    )


@router.post("/files/{arrival_id}/again")
def read_again(place: Here, user: Anyone, arrival_id: int) -> Response:
    """Read one file again from its kept original."""
    try:
        arrival = one_file(place.engine, arrival_id)
    except LookupError as error:
        raise HTTPException(404) from error
    if arrival.campaign_id != place.campaign.id:
        raise HTTPException(404)
    if arrival.sha256 is None or arrival.sha256 not in place.originals:
        raise HTTPException(409, "Bản gốc của tệp này không được giữ; hãy gửi lại tệp.")
    upload_id = place.operations.new_upload()
    target = place.operations.upload_folder(upload_id) / uploads.plain_name(arrival.name)
    with place.originals.local(arrival.sha256) as original:
        shutil.copyfile(original, target)
    return RedirectResponse(f"/operator/jobs/{place.operations.start_ingest(upload_id, user.name)}", 303)


def _state(place: Place) -> dict[str, Any]:
    jobs = [_view(job) for job in place.operations.jobs(_JOBS)]
    outputs = [(path.name, path.stat()) for path in place.operations.outputs()]
    since = dt.datetime.now(dt.UTC) - _MOVED
    ingests = any(view.job.kind == "ingest" and view.job.running for view in jobs)
    return {
        "jobs": jobs,
        "running": any(view.job.running for view in jobs),
        "names": _names(place),
        "outputs": [(name, stat.st_size, dt.datetime.fromtimestamp(stat.st_mtime, dt.UTC)) for name, stat in outputs],
        "size": uploads.shown_size,
        # One of ours is among the jobs; the others were started by the schedule, on the command line or elsewhere.
        "batches": [] if ingests else running_batches(place.engine, place.campaign.id, moved_after=since),
    }


def _job(place: Place, job_id: str) -> dict[str, Any]:
    try:
        job = place.operations.job(job_id)
    except LookupError as error:
        raise HTTPException(404, "Không có việc này, hoặc việc đã quá cũ.") from error
    units = {unit.id: unit.name for unit in place.campaign.units}
    return {"view": _view(job), "names": _names(place), "units": units}


def _view(job: Job) -> JobView:
    files = list(job.files)
    if len(files) > _FILES_OF_JOB:
        files = sorted(files, key=lambda file: _ORDER.get(file.state, 2))[:_FILES_OF_JOB]
    counts = Counter[str](file.state for file in job.files if file.state)
    return JobView(job=job, files=files, left_out=len(job.files) - len(files), counts=dict(counts))


def _names(place: Place) -> dict[str, str]:
    return {user.name: user.full_name for user in Users(place.engine).all()}


def _upload_folder(place: Place, upload_id: str) -> Any:
    try:
        return place.operations.upload_folder(upload_id)
    except LookupError as error:
        raise HTTPException(404, "Lượt nhận này đã bắt đầu đọc; hãy tải lại trang rồi gửi tiếp.") from error


def _address(outcome: Outcome | Literal[""], q: str, number: int = 1) -> str:
    values = {"outcome": outcome, "q": q, "page": number if number > 1 else ""}
    query = urlencode({name: value for name, value in values.items() if value})
    return f"/operator/files?{query}" if query else "/operator/files"


def _may_be_read_again(file: ReceivedFile) -> bool:
    """Whether reading it again can change anything: it was refused, or an earlier version of the program read it."""
    if file.sha256 is None or file.outcome == "pending":
        return False
    return file.outcome == "rejected" or (file.pipeline_version or PIPELINE_VERSION) != PIPELINE_VERSION

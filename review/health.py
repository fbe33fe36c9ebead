"""``/healthz`` and ``/metrics``, without a log-in: for the machine's own monitoring.

``/metrics`` answers this machine alone; others are given an address by ``BAOCAO_METRICS_ADDRESS``.
"""

from __future__ import annotations

import ipaddress

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from review import metrics
from review.place import Here

router = APIRouter()


@router.get("/healthz")
def healthz(place: Here) -> Response:
    found = metrics.healthy(place.engine, place.data_dir)
    well = all(state == "ok" for state in found.values())
    return JSONResponse({"status": "ok" if well else "failing", **found}, 200 if well else 503)


@router.get("/metrics")
def show_metrics(request: Request, place: Here) -> Response:
    if not _is_local(request):
        raise HTTPException(404)
    return Response(
        metrics.text(metrics.registry(place.engine, place.campaign.id, place.data_dir)), media_type=metrics.CONTENT_TYPE
    )


def _is_local(request: Request) -> bool:
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False

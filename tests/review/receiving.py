"""Reports on their way into a database for the tests: kept, read and stored as an ingest does, without Prefect."""

from __future__ import annotations

from pathlib import Path

from flows import route
from flows.route import Outcome
from flows.workplace import Workplace


def receive(here: Workplace, path: Path, name: str | None = None) -> Outcome:
    """What became of the file at ``path``, received under ``name``."""
    name = name or path.name
    repository = here.repository
    batch = repository.start_batch(here.campaign.id)
    blob = here.originals.put(path)
    arrival = repository.record_arrival(
        campaign_id=here.campaign.id, name=name, path=str(path), sha256=blob.sha256, size=blob.size, batch_id=batch
    )
    ended = route.keep(blob.sha256, name, route.read(blob.sha256, name, here), here)
    repository.finish_arrival(arrival.id, ended.state, report_id=ended.report_id)
    return ended

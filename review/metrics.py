"""The state of a campaign as Prometheus reads it; asked from the database at each scrape, so that any process can say.

Nothing here is about a person or a document: labels are the campaign and the kinds of outcome.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, Metric, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from storage import gauges

CONTENT_TYPE = CONTENT_TYPE_LATEST
QUANTILES = (0.5, 0.9, 0.99)


class CampaignCollector(Collector):
    """The gauges of one campaign, and the room on the disk of the data directory."""

    def __init__(self, engine: sa.Engine, campaign_id: str, data_dir: Path) -> None:
        self._engine, self._campaign, self._data_dir = engine, campaign_id, data_dir

    def collect(self) -> Iterator[Metric]:
        found = gauges.of_campaign(self._engine, self._campaign)
        yield self._by("baocao_files", "Files received, by outcome; pending: not through yet", "state", found.files)
        yield self._one("baocao_queue_documents", "Documents that wait or are being read", found.queued)
        if found.oldest_queued is not None:
            yield self._one(
                "baocao_queue_oldest_timestamp_seconds",
                "Start of the batch of the first document that waits",
                found.oldest_queued.timestamp(),
            )
        if found.seconds:
            quantiles = {str(share): found.quantile(share) for share in QUANTILES}
            yield self._by("baocao_document_seconds", "Reading of the last 1000 documents", "quantile", quantiles)
        yield self._one("baocao_readings", "Reports that were read", found.readings)
        yield self._one("baocao_reviewed", "Reports whose review has ended", found.reviewed)
        if found.last_started is not None:
            stamp = found.last_started.timestamp()
            yield self._one("baocao_night_last_started_timestamp_seconds", "Start of the last batch", stamp)
        if (last := found.last_batch) is not None:
            stamp = last.finished_at.timestamp()
            yield self._one("baocao_night_last_finished_timestamp_seconds", "End of the last finished batch", stamp)
            yield self._one("baocao_night_seconds", "How long the last finished batch took", last.seconds)
            yield self._by("baocao_night_files", "Files of the last finished batch, by outcome", "state", last.counts)
            yield self._one("baocao_night_rejected_ratio", "Share of its files that were rejected", last.rejected_share)
        disk = shutil.disk_usage(self._data_dir)
        yield self._one("baocao_disk_free_bytes", "Free on the disk of the data directory", disk.free)

    def _one(self, name: str, told: str, value: float) -> Metric:
        family = GaugeMetricFamily(name, told, labels=["campaign"])
        family.add_metric([self._campaign], value)
        return family

    def _by(self, name: str, told: str, label: str, values: dict[str, int] | dict[str, float]) -> Metric:
        family = GaugeMetricFamily(name, told, labels=["campaign", label])
        for key, value in values.items():
            family.add_metric([self._campaign, key], value)
        return family


def registry(engine: sa.Engine, campaign_id: str, data_dir: Path) -> CollectorRegistry:
    """The campaign's gauges, and processor time and memory of this process."""
    made = CollectorRegistry()
    made.register(CampaignCollector(engine, campaign_id, data_dir))
    ProcessCollector(registry=made)
    PlatformCollector(registry=made)
    return made


def text(registry: CollectorRegistry) -> bytes:
    return generate_latest(registry)


def healthy(engine: sa.Engine, data_dir: Path) -> dict[str, str]:
    """What must work, ``ok`` or what is wrong with it."""
    found = {"database": "ok", "data": "ok"}
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT 1 FROM batches LIMIT 1"))
    except sa.exc.SQLAlchemyError as error:
        found["database"] = type(error).__name__  # no more: an error may tell addresses
    if not data_dir.is_dir():
        found["data"] = "missing"
    return found

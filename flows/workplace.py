"""What the steps of a document work with: settings, campaign, originals and database, opened once a process."""

from __future__ import annotations

from functools import lru_cache

import msgspec

import campaigns
from campaigns import Campaign
from flows.retrying import patient
from flows.settings import Settings, make_data_dir
from storage import BlobStore, Jobs, Locks, Repository, locks_beside, open_blobs, open_database


class Workplace(msgspec.Struct, frozen=True, kw_only=True):
    settings: Settings
    campaign: Campaign
    originals: BlobStore
    repository: Repository
    jobs: Jobs
    locks: Locks


@lru_cache(maxsize=4)
def at(settings: Settings) -> Workplace:
    """The workplace for ``settings``; the database is created or migrated when needed.

    Raises `campaigns.CampaignError` and `storage.DatabaseError`, whose messages are for the operator.
    """
    campaign = campaigns.load(settings.campaign)
    make_data_dir(settings)
    engine = open_database(settings.database_url)
    return Workplace(
        settings=settings,
        campaign=campaign,
        originals=open_blobs(settings.blobs_url),
        repository=Repository(engine),
        jobs=Jobs(engine),
        locks=locks_beside(engine),
    )


@lru_cache(maxsize=4)
def patient_at(settings: Settings) -> Workplace:
    """The same for work that nobody waits for: it outlasts a database that is locked or restarted."""
    here = at(settings)
    return msgspec.structs.replace(
        here, repository=patient(here.repository), jobs=patient(here.jobs), locks=patient(here.locks)
    )

"""Importing this module loads all that an extraction needs; the sandbox's fork server does so once for all children."""

from __future__ import annotations

import contextlib

import campaigns
from campaigns.errors import CampaignError
from extractors import intake, reading, restoring
from extractors.understanding import prepare, understand
from extractors.understanding.figures import language
from normalizers import Hints, Run, repair_document

__all__ = ["intake", "reading", "restoring", "understand"]

repair_document([[Run("K? ho?ch n?m h?c")]], Hints())  # reads the language model
reading.load_all()
language.pipeline()
language.money_matcher()
language.counted_phrases()
for campaign_id in campaigns.available():
    with contextlib.suppress(CampaignError):  # said when it is asked for
        prepare(campaigns.load(campaign_id))

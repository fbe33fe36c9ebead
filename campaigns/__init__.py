"""Letters as data: one folder a campaign, holding ``campaign.yaml``, ``units.csv`` and, where known, ``letter.txt``,
``examples.yaml``, ``cells.yaml`` and the classifiers trained from them (``topics.bin`` and others).
"""

from campaigns.loader import CampaignError, available, load
from campaigns.model import Campaign

__all__ = ["Campaign", "CampaignError", "available", "load"]

"""Letters as data: one folder a campaign, holding ``campaign.yaml``, ``units.csv`` and, where known, ``letter.txt``,
``examples.yaml`` and the classifier trained from it, ``topics.bin``.
"""

from campaigns.loader import CampaignError, available, load
from campaigns.model import Campaign

__all__ = ["Campaign", "CampaignError", "available", "load"]

"""Letters as data: one folder a campaign, holding ``campaign.yaml``, ``units.csv`` and, where known, ``letter.txt``,
``examples.yaml`` and the classifiers trained from it, ``topics.bin`` and ``heads.bin``.
"""

from campaigns.loader import CampaignError, available, load
from campaigns.model import Campaign

__all__ = ["Campaign", "CampaignError", "available", "load"]

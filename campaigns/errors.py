"""What is wrong with a campaign's files, said so that the person who wrote them can mend it."""

from __future__ import annotations

from pathlib import Path


class CampaignError(ValueError):
    """A campaign is missing or its files do not hold together; ``str()`` is the Vietnamese message."""

    @classmethod
    def at(cls, path: Path, place: str, problem: str) -> CampaignError:
        """``campaigns/X/campaign.yaml: items[3].title: problem``; ``place`` may be empty."""
        shown = "/".join(path.parts[-3:])
        return cls(": ".join(part for part in (shown, place, problem) if part))

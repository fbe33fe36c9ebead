"""What is kept for a time only: records of work, never what units sent nor what was read in it.

After ``BAOCAO_KEEP_DAYS`` (0: never) go the folders of jobs that the review page started (``jobs/``, with their logs)
and pictures of pages (``page-cache/``, made anew when somebody looks); Prefect's runs, logs and tables go by Prefect's
own service, see `flows.prefect_setup`. Log-ins of the review page end by themselves within days.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from flows.operations import is_running
from flows.settings import Settings

_DAY_S = 24 * 3600


def prune(settings: Settings) -> dict[str, int]:
    """Remove what is older than the settings say; how many of each. What is in use stays."""
    removed = {"jobs": 0, "page-cache": 0}
    if not settings.keep_days:
        return removed
    until = time.time() - settings.keep_days * _DAY_S
    for folder in (settings.data_dir / "jobs").glob("*/"):
        # Uploads that were not all kept as originals are still there, and stay.
        if _changed(folder) < until and not is_running(folder) and not (folder / "files").exists():
            shutil.rmtree(folder, ignore_errors=True)
            removed["jobs"] += 1
    for folder in (settings.data_dir / "page-cache").glob("*/*/"):
        if _changed(folder) < until:
            shutil.rmtree(folder, ignore_errors=True)
            removed["page-cache"] += 1
    return removed


def _changed(folder: Path) -> float:
    """When something in the folder was last written, or looked at."""
    try:
        return max(max(one.stat().st_mtime, one.stat().st_atime) for one in folder.iterdir())
    except ValueError:  # empty
        return folder.stat().st_mtime
    except FileNotFoundError:  # somebody else removes it
        return time.time()

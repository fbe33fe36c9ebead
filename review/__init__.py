"""The page on which people check what was extracted: server-rendered, in Vietnamese. `create_app` is the way in."""

from review.app import create_app
from review.place import Operations, Place

__all__ = ["Operations", "Place", "create_app"]

"""How the places of the letter are called in tables."""

from __future__ import annotations

from campaigns.model import Campaign, Column, Item


class Places:
    """Titles of items, columns and narrative points of one campaign."""

    def __init__(self, campaign: Campaign) -> None:
        self._items = {item.id: item for item in campaign.items}
        self._columns = {column.id: column for column in campaign.columns}
        self._points = {point.id: point.title for group in campaign.groups.values() for point in group.points}

    def title(self, item: int | None, column: str | None, point: str | None) -> tuple[str | None, str | None]:
        """What a place asks and, inside the appendix, its column; None where there is nothing to say."""
        heading = self._columns.get(column or "")
        shown = short(heading) if heading else column
        if item is not None:
            known = self._items.get(item)
            return f"{item}. {known.title if known else ''}".rstrip(), shown
        return (self._points.get(point, point) if point else None), shown


def short(thing: Item | Column, limit: int = 40) -> str:
    """A heading for a narrow place: the campaign's own short one, else the beginning of the title."""
    if thing.short or len(thing.title) <= limit:
        return thing.short or thing.title
    return thing.title[:limit].rsplit(" ", 1)[0].rstrip(",;:. ") + "…"

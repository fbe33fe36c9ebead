"""Layouts of answer tables, one function a shape of ``shapes.yaml``; each draws into a `draft.Draft`."""

from collections.abc import Callable

from benchmarks.gold.layouts import lists, rows, sheets, turned
from benchmarks.gold.layouts.draft import Draft

LAYOUTS: dict[str, Callable[[Draft], None]] = {
    name: layout
    for module in (rows, turned, lists, sheets)
    for name, layout in vars(module).items()
    if callable(layout) and getattr(layout, "__module__", "") == module.__name__ and not name.startswith("_")
}

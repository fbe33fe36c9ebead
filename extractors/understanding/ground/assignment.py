"""The best one-to-one pairing of rows and columns of a score table, all at once."""

from __future__ import annotations

from collections.abc import Sequence


def assign(scores: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Pairs (row, column) with the greatest total score; every row or every column is used, whichever are fewer.

    The Hungarian method with potentials, O(n²m) for n ≤ m.
    """
    if not scores or not scores[0]:
        return []
    turned = len(scores) > len(scores[0])
    table = [list(column) for column in zip(*scores, strict=True)] if turned else [list(row) for row in scores]
    rows, columns = len(table), len(table[0])
    infinity = float("inf")
    row_price = [0.0] * (rows + 1)
    column_price = [0.0] * (columns + 1)
    owner = [0] * (columns + 1)
    for row in range(1, rows + 1):
        owner[0] = row
        at = 0
        slack = [infinity] * (columns + 1)
        way = [0] * (columns + 1)
        used = [False] * (columns + 1)
        while owner[at]:
            used[at] = True
            least, following = infinity, 0
            for column in range(1, columns + 1):
                if used[column]:
                    continue
                cost = -table[owner[at] - 1][column - 1] - row_price[owner[at]] - column_price[column]
                if cost < slack[column]:
                    slack[column], way[column] = cost, at
                if slack[column] < least:
                    least, following = slack[column], column
            for column in range(columns + 1):
                if used[column]:
                    row_price[owner[column]] += least
                    column_price[column] -= least
                else:
                    slack[column] -= least
            at = following
        while at:
            owner[at] = owner[way[at]]
            at = way[at]
    pairs = [(owner[column] - 1, column - 1) for column in range(1, columns + 1) if owner[column]]
    return sorted((column, row) if turned else (row, column) for row, column in pairs)

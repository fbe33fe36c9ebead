"""Every shape of `bench shapes` draws, tells a truth, and is the same each time."""

from __future__ import annotations

import pytest

from benchmarks.gold import shapes, write
from benchmarks.gold.layouts import LAYOUTS


def test_every_shape_has_a_layout_and_every_layout_a_shape():
    assert set(shapes.names()) == set(LAYOUTS)


def test_names_and_heads_of_an_officer_differ():
    for officer in shapes.officers():
        told = [*officer.columns.values(), *officer.items.values()]
        assert len(set(told)) == 6 + 12


@pytest.mark.parametrize("shape", shapes.names())
def test_a_shape_draws_and_its_truth_is_printed(shape):
    gold, again = (shapes.draw(shape, 7, 1)[0] for _ in range(2))
    assert write.write(gold)
    assert (gold.blocks, gold.wants) == (again.blocks, again.wants)
    assert len(gold.wants) >= shapes.LEAST
    printed = " ".join(text for block in gold.blocks for text in _texts(block))
    assert all(part in printed for want in gold.wants for part in want.parts)


def _texts(block):
    return [cell.text for cell in block.cells] if hasattr(block, "cells") else [getattr(block, "text", "")]

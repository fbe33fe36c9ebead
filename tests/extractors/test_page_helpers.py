"""Pages read by helpers inside the sandboxed child: one that crashes or hangs costs itself alone."""

from __future__ import annotations

import socket

from extractors import page_helpers, sandbox
from tests.extractors import misbehaving


def test_crashed_hanging_and_refused_pages_cost_only_themselves() -> None:
    with sandbox.Sandbox(preload=()) as box:
        assert box.run(misbehaving.pages) == b"10 [2, 4, 6, 8] True False True"
        assert box.run(misbehaving.echo, b"still there") == b"still there"


def test_a_helper_that_has_read_its_share_is_followed_by_another() -> None:
    with sandbox.Sandbox(preload=()) as box:
        helpers, pages = box.run(misbehaving.shares, 3, 10).split()
    assert pages == b"10"
    assert int(helpers) >= 4  # of three pages at most


def test_outside_the_sandbox_pages_are_read_in_turn() -> None:
    found = list(page_helpers.read([3, 1], lambda page, alive: str(page).encode(), lambda: None))
    assert found == [(3, b"3"), (1, b"1")]


def test_each_core_is_held_once() -> None:
    held: list[socket.socket] = []
    while core := page_helpers.free_core():
        held.append(core)
    assert page_helpers.free_core() is None
    for core in held:
        core.close()
    again = page_helpers.free_core()
    assert (again is not None) == bool(held)
    if again is not None:
        again.close()

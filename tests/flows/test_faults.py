"""Some of the faults of ``./baocao bench faults``, which tells of each what has to be true afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from benchmarks import faults
from benchmarks.faults import Scene
from tests import processes, servers


class Pattern:
    """An inbox and what an undisturbed run stores of it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.expected, self.transactions = faults.undisturbed(scene)


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pattern]:
    root = tmp_path_factory.mktemp("faults")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("PREFECT_", "BAOCAO_"))]:
            patch.delenv(name)
        with faults.prefect(root / "prefect") as variables:
            scene = Scene(root / "pattern", variables)
            faults.fill(scene.inbox, long=1)
            yield Pattern(scene)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("harm", "n"), [(faults.kill_after_transaction, 14), (faults.kill_child, 1), (faults.two_at_once, 1)]
)
def test_after_a_fault_all_is_as_if_it_had_not_been(
    pattern: Pattern, tmp_path: Path, harm: Callable[[Scene, int], None], n: int
) -> None:
    scene = Scene.like(pattern.scene, tmp_path)
    harm(scene, n)
    scene.check(pattern.expected + Counter(scene.more))


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="a small disk needs root")
def test_a_full_disk_costs_time_only(pattern: Pattern, tmp_path: Path) -> None:
    scene = Scene.like(pattern.scene, tmp_path)
    try:
        faults.fill_disk(scene, 3)
        scene.check(pattern.expected + Counter(scene.more))
    finally:
        for clear in scene.cleared:
            clear()


@pytest.mark.slow
def test_a_batch_outlasts_a_restart_of_postgresql(pattern: Pattern, tmp_path: Path) -> None:
    with servers.postgresql_server() as server:
        server.create("baocao")
        scene = Scene.like(pattern.scene, tmp_path)
        scene.environment["BAOCAO_DATABASE_URL"] = server.network_url("baocao")
        url = server.network_url("baocao").replace("postgresql://", "postgresql+psycopg://")
        engine = sa.create_engine(url, poolclass=sa.NullPool)

        def begun() -> bool:
            with contextlib.suppress(sa.exc.DBAPIError), engine.connect() as connection:
                return bool(connection.scalar(sa.text("SELECT count(*) FROM jobs WHERE attempts > 0")))
            return False

        process = scene.start()
        assert processes.wait_until(begun, faults.PATIENCE, 0.05), scene.log.read_text()
        server.stop()
        time.sleep(3)
        server.start()
        assert scene.finish(process) is not None, scene.log.read_text()
        query = "SELECT sha256, state, (SELECT count(*) FROM answers WHERE report_id = reports.id), "
        query += "(SELECT count(*) FROM facts WHERE report_id = reports.id) FROM reports"
        with engine.connect() as connection:
            stored = Counter(tuple(row) for row in connection.execute(sa.text(query)))
            jobs = connection.execute(sa.text("SELECT count(*), count(state) FROM jobs")).one()
        assert stored == pattern.expected and jobs[0] == jobs[1]
        assert json.loads(scene.command("doctor", "--data", "--json"))["findings"] == []
        assert processes.left(scene.data) == {}

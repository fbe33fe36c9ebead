"""What ``pip install`` of the wheel gives: the program works outside the repository, with its data."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "samples" / "inbox" / "BC_THPT_TRAN_PHU.docx"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The console script of a virtual environment that has the wheel, and the libraries of this one."""
    work = tmp_path_factory.mktemp("wheel")
    source = work / "source"
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    kept = shutil.ignore_patterns("__pycache__", ".*", "var", "build", "samples", "tests", "benchmarks", "*.egg-info")
    if tracked.returncode:  # no checkout: an unpacked archive
        shutil.copytree(ROOT, source, ignore=kept)
    else:
        for name in filter(None, tracked.stdout.decode().split("\0")):
            if name.startswith(("samples/", "tests/", "benchmarks/")) or not (ROOT / name).is_file():
                continue
            target = source / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(work), str(source)], check=True)
    (wheel,) = work.glob("baocao-*.whl")
    home = work / "venv"
    venv.create(home, symlinks=True)
    python = home / "bin" / "python"
    subprocess.run([*pip, "--python", str(python), "install", "-q", "--no-deps", "--no-index", str(wheel)], check=True)
    # The libraries, without this environment's own link to the checkout: a folder named in a .pth file is searched
    # for modules, the .pth files inside it are not.
    (site,) = home.glob("lib/python3*/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin" / "baocao"


def run(program: Path, *arguments: str, folder: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("BAOCAO_", "PREFECT_", "PYTHON"))
    }
    return subprocess.run(
        [program, *arguments],
        cwd=folder,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_it_is_the_wheel_that_runs(installed: Path, tmp_path: Path) -> None:
    code = "import flows, normalizers, campaigns, review; print(*(m.__path__[0] for m in (flows, normalizers, review)))"
    python = installed.with_name("python")
    found = subprocess.run([python, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert str(ROOT) not in found and found.count("site-packages") == 3


def test_every_data_file_is_in_it(installed: Path) -> None:
    """Whatever lies in a package and is no code: campaigns, models, templates, static files, migrations."""
    packages = ("normalizers", "campaigns", "extractors", "storage", "consolidation", "review", "flows")
    (site,) = installed.parents[1].glob("lib/python3*/site-packages")
    wanted = {
        path.relative_to(ROOT)
        for package in packages
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc", ".pyi"} and not path.name.startswith(".")
    }
    assert len(wanted) > 30
    guides = {path for path in wanted if path.name == "README.md" and path.parent.name == "campaigns"}
    assert {str(path) for path in wanted - guides if not (site / path).is_file()} == set()
    (told,) = site.glob("baocao-*.dist-info")
    assert {path.name for path in (told / "licenses").iterdir()} == {"LICENSE", "NOTICE"}


def test_repair_has_its_model(installed: Path, tmp_path: Path) -> None:
    ended = run(installed, "repair", "--lines", folder=tmp_path, stdin="S? Giáo d?c và Ðào t?o\n")
    assert (ended.stdout, ended.returncode) == ("Sở Giáo dục và Đào tạo\n", 0), ended.stderr


def test_a_report_goes_from_the_inbox_to_the_workbook(installed: Path, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    shutil.copy(SAMPLE, inbox)
    ingested = run(installed, "ingest", str(inbox), "--json", folder=tmp_path)
    assert json.loads(ingested.stdout)["counts"]["processed"] == 1, ingested.stderr
    written = run(installed, "consolidate", "--out", str(tmp_path / "out"), folder=tmp_path)
    assert written.returncode == 0, written.stderr
    assert {"tong-hop.xlsx", "bao-cao-tong-hop.docx", "nhac-nop.docx"} <= {p.name for p in (tmp_path / "out").iterdir()}


def test_what_needs_the_repository_says_so(installed: Path, tmp_path: Path) -> None:
    for command in (["demo"], ["bench", "repair"]):
        ended = run(installed, *command, folder=tmp_path)
        assert ended.returncode == 1 and "kho mã nguồn" in ended.stderr, ended.stderr
        assert "Traceback" not in ended.stderr

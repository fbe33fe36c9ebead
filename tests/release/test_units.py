"""The units for systemd are understood by systemd, start commands that exist, and lock the service in."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "deploy").glob("*.service"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_it(unit: Path, tmp_path: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    (command,) = re.findall(r"^ExecStart=/opt/baocao/baocao (\S+)$", text, flags=re.MULTILINE)
    assert command in ("serve", "worker")
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed: the unit was NOT checked")
    here = tmp_path / unit.name
    here.write_text(re.sub("(?m)^ExecStart=/opt/baocao", f"ExecStart={ROOT}", text), encoding="utf-8")
    checked = subprocess.run(["systemd-analyze", "verify", str(here)], capture_output=True, text=True, check=False)
    about_it = [line for line in checked.stderr.splitlines() if unit.name in line]
    assert checked.returncode == 0 and about_it == [], checked.stderr
    threshold = ["systemd-analyze", "security", "--offline=true", "--threshold=25", str(here)]  # of 100 to 0
    secured = subprocess.run(threshold, capture_output=True, text=True, check=False)
    assert secured.returncode == 0, secured.stdout + secured.stderr


def test_the_settings_file_holds_settings_that_exist() -> None:
    from flows.settings import Settings

    names = re.findall(r"^#?(BAOCAO_\w+)=", (ROOT / "deploy" / "baocao.env").read_text(encoding="utf-8"), re.MULTILINE)
    assert names and all(name.removeprefix("BAOCAO_").lower() in Settings.__struct_fields__ for name in names)

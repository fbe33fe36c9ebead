from __future__ import annotations

from pathlib import Path

import pytest

from flows import settings


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in settings.Settings.__struct_fields__:
        monkeypatch.delenv(f"BAOCAO_{name.upper()}", raising=False)


def test_defaults_follow_the_data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = settings.load()
    assert found.data_dir == tmp_path / "var"
    assert found.database_url == f"sqlite:///{tmp_path}/var/baocao.db"
    assert found.inbox == tmp_path / "var" / "inbox"
    assert found.workers >= 1


def test_flag_over_variable_over_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "baocao.toml").write_text('campaign = "tep"\ncron = "5 2 * * *"\nworkers = 3\n')
    monkeypatch.setenv("BAOCAO_CAMPAIGN", "bien")
    monkeypatch.setenv("BAOCAO_WORKERS", "4")
    found = settings.load({"campaign": "co", "workers": None}, folder=tmp_path)
    assert (found.campaign, found.workers, found.cron) == ("co", 4, "5 2 * * *")


@pytest.mark.parametrize("content", ["campain = 'x'", "workers = 'many'", "not toml at all ["])
def test_a_wrong_file_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "baocao.toml").write_text(content)
    with pytest.raises(settings.SettingsError):
        settings.load(folder=tmp_path)

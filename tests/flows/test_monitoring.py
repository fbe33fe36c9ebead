"""Monitoring of a process without pages, and the alert rules that stand on it."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import typer
import yaml
from prometheus_client.parser import text_string_to_metric_families

from flows import monitoring, settings, workplace
from flows.settings import Settings
from storage import Jobs

RULES = Path(__file__).parents[2] / "deploy" / "prometheus-alerts.yml"
NOT_OURS = {"up"}
WORDS = {"time", "and", "on", "sum", "by", "campaign", "job", "baocao"}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in Settings.__struct_fields__:
        monkeypatch.delenv(f"BAOCAO_{name.upper()}", raising=False)
    monkeypatch.setenv("BAOCAO_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("BAOCAO_METRICS_ADDRESS", "127.0.0.1:0")
    chosen = settings.load(folder=tmp_path)
    repository = workplace.at(chosen).repository
    jobs = Jobs(repository.engine)
    batch = repository.start_batch(chosen.campaign)
    for name in "ab":
        sha256 = name * 64
        arrival = repository.record_arrival(
            campaign_id=chosen.campaign, name=name, path=name, sha256=sha256, batch_id=batch
        )
        job = jobs.add(campaign_id=chosen.campaign, batch_id=batch, arrival_id=arrival.id, sha256=sha256)
        if name == "a":
            jobs.begin(job, "w")
            jobs.end(jobs.on_offer(chosen.campaign, 1)[0], "rejected")
    repository.finish_batch(batch, {"rejected": 1})
    return chosen


@pytest.fixture
def address(place: Settings) -> Iterator[str]:
    with monitoring.served(place) as port:
        yield f"http://127.0.0.1:{port}"


def ask(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_health_and_metrics(address: str, place: Settings) -> None:
    assert ask(f"{address}/healthz")[0] == 200
    assert json.loads(ask(f"{address}/healthz")[1])["status"] == "ok"
    assert b"baocao_queue_documents{" in ask(f"{address}/metrics")[1]
    assert ask(f"{address}/")[0] == 404
    place.data_dir.rename(place.data_dir.with_name("moved"))
    status, body = ask(f"{address}/healthz")
    assert status == 503 and json.loads(body)["data"] == "missing"


def test_nothing_listens_unless_asked(place: Settings) -> None:
    with monitoring.served(msgspec.structs.replace(place, metrics_address="")) as port:
        assert port is None


@pytest.mark.parametrize("wrong", ["127.0.0.1:chữ", "127.0.0.1:99999", "taken"])
def test_an_address_that_cannot_be_used_is_told(place: Settings, wrong: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        chosen = f"127.0.0.1:{taken.getsockname()[1]}" if wrong == "taken" else wrong
        with pytest.raises(typer.Exit), monitoring.served(msgspec.structs.replace(place, metrics_address=chosen)):
            pass


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def test_alerts_ask_for_metrics_that_exist(address: str) -> None:
    exposed = {family.name for family in text_string_to_metric_families(ask(f"{address}/metrics")[1].decode())}
    for rule in rules():
        asked = set(re.findall(r"[a-z_]+", re.sub(r'"[^"]*"', "", rule["expr"]))) - WORDS
        assert asked, rule
        assert asked <= exposed | NOT_OURS | {"e"}, rule
        assert rule["annotations"]["summary"] and rule["annotations"]["description"]


def test_alerts_fire_when_they_should(tmp_path: Path) -> None:
    """By Prometheus's own tool, where it is installed (Debian's package ``prometheus``)."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed")
    shutil.copy(RULES, tmp_path / "rules.yml")
    campaign = '{campaign="c"}'

    def series(name: str, values: str, labels: str = campaign) -> dict[str, str]:
        return {"series": f"{name}{labels}", "values": values}

    def alert(name: str, at: str, fires: bool, inputs: list[dict[str, str]]) -> dict[str, Any]:
        found = next(rule for rule in rules() if rule["alert"] == name)
        labels = found["labels"] | {"campaign": "c"}
        expected = [{"exp_labels": labels, "exp_annotations": _told(found, "c")}] if fires else []
        return {
            "interval": "1m",
            "input_series": inputs,
            "alert_rule_test": [{"eval_time": at, "alertname": name, "exp_alerts": expected}],
        }

    def _told(rule: dict[str, Any], campaign: str) -> dict[str, str]:
        said = {key: text.replace("{{ $labels.campaign }}", campaign) for key, text in rule["annotations"].items()}
        return {key: text.replace("{{ $value | humanizePercentage }}", "30%") for key, text in said.items()}

    finished = series("baocao_night_last_finished_timestamp_seconds", "0x2000")
    started = series("baocao_night_last_started_timestamp_seconds", "60x2000")

    def files(state: str, values: str) -> dict[str, str]:
        return series("baocao_night_files", values, f'{{campaign="c",state="{state}"}}')

    bad = [series("baocao_night_rejected_ratio", "0.3x60"), files("processed", "7x60")]
    tests = [
        alert("BaocaoNightMissed", "25h", False, [finished]),
        alert("BaocaoNightMissed", "27h", True, [finished]),
        alert("BaocaoNightStuck", "7h", True, [finished, started]),
        alert("BaocaoNightStuck", "5h", False, [finished, started]),
        alert("BaocaoManyRejected", "10m", False, bad),
        alert("BaocaoManyRejected", "10m", True, [*bad, files("rejected", "3x60")]),
        alert("BaocaoDiskNearlyFull", "30m", True, [series("baocao_disk_free_bytes", "1000000000x60")]),
    ]
    file = tmp_path / "tests.yml"
    file.write_text(yaml.safe_dump({"rule_files": ["rules.yml"], "tests": tests}, allow_unicode=True))
    done = subprocess.run([promtool, "test", "rules", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    checked = subprocess.run([promtool, "check", "rules", str(RULES)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr

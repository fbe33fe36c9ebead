"""``./baocao bench review``: the review page with thousands of documents, and with twenty people at once.

The page is served as ``./baocao review`` serves it (one process, uvicorn, SQLite) and asked over HTTP on loopback. The
database holds ``--documents`` reports of as many units, each with the whole appendix answered (`benchmarks.consolidate`
makes them), and five real samples whose originals are kept: a scan, a digital PDF, two DOCX, a damaged text.

Seconds are those that a client waits; beside them stands the CPU time that the server and its children spent, which
does not grow when others use the machine. Cold: the page cache is emptied before each request, so that the original is
parsed and its page drawn in the sandbox.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import msgspec

import campaigns
from benchmarks.consolidate import NOW, _campaign, _report
from campaigns.model import Campaign
from extractors.pipeline import PIPELINE_VERSION, extract_sandboxed
from flows import settings as configuration
from flows.operations import Operations
from review import reasons, serving
from review.document_page import CACHE
from review.place import Place
from storage import Repository, open_blobs, open_database
from storage.users import Users

SAMPLES = Path(__file__).resolve().parent.parent / "samples" / "inbox"
FILES = (
    "PGD Can Gio - BC va phu luc.pdf",
    "2. BC thuc hien QD 3249 (Q.5).pdf",
    "BC_GDTM_THPT_Bui_Thi_Xuan (1).docx",
    "Bao cao De an GDTM - PGD Cu Chi.docx",
    "Phong GDDT Tan Phu tra loi CV 2542.txt",
)
PASSWORD = "mat-khau-de-do"
TARGETS = {"queue": 0.3, "cached": 0.5, "cold": 1.5}
_LINE = "{:<44} {:>8} {:>8} {:>8} {:>9}"
_TICK = os.sysconf("SC_CLK_TCK")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="baocao bench review")
    parser.add_argument("--documents", type=int, default=3000)
    parser.add_argument("--reviewers", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=8, help="documents that each reviewer goes through")
    parser.add_argument("--seconds", type=float, default=180.0, help="after which no reviewer begins another document")
    parser.add_argument("--repeat", type=int, default=15, help="requests behind each figure")
    parser.add_argument("--serve", nargs=2, metavar=("FOLDER", "ADDRESS"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.serve:
        serving.start(_place(Path(options.serve[0]), options.documents), options.serve[1])
        return 0
    with tempfile.TemporaryDirectory(prefix="baocao-bench-") as name:
        folder = Path(name)
        start = time.perf_counter()
        samples = _fill(folder, options.documents, options.reviewers)
        print(f"{options.documents} documents and {len(samples)} samples in {time.perf_counter() - start:.0f} s")
        with _server(folder, options.documents) as (url, pid):
            _alone(url, pid, folder, samples, options.repeat)
            failed = _together(url, pid, options, samples)
    return 1 if failed else 0


# -- what is asked ---------------------------------------------------------------------------------------------------


def _alone(url: str, pid: int, folder: Path, samples: dict[str, int], repeat: int) -> None:
    """One visitor: the queue, and each sample cached and cold."""
    with closing(_logged_in(url, "r0")) as client:

        def view(report_id: int) -> None:
            """The page, the picture or words in it, and what the page then fetches by itself."""
            shown = _ok(client.get(f"/documents/{report_id}"))
            if f"/documents/{report_id}/pages/1" in shown.text:
                _ok(client.get(f"/documents/{report_id}/pages/1?w=1600"))

        def cold(report_id: int) -> None:
            shutil.rmtree(folder / CACHE, ignore_errors=True)
            view(report_id)

        print("\n" + _LINE.format("", "median s", "max s", "CPU s", "target s"))
        _row("queue, waiting documents", lambda: _ok(client.get("/")), pid, repeat, TARGETS["queue"])
        filtered = "/?state=all&group=school&late=yes&sort=unit&page=3"
        _row("queue, all states, filtered, sorted by unit", lambda: _ok(client.get(filtered)), pid, repeat, 0.3)
        for name, report_id in samples.items():
            view(report_id)
            _row(f"{name[:34]}, cached", lambda r=report_id: view(r), pid, repeat, TARGETS["cached"])  # type: ignore[misc]
            _row(f"{name[:34]}, cold", lambda r=report_id: cold(r), pid, max(3, repeat // 3), TARGETS["cold"])  # type: ignore[misc]
        some = next(iter(samples.values()))
        _row("before and after in the queue", lambda: _ok(client.get(f"/documents/{some}/turn")), pid, repeat, None)


def _row(what: str, ask: Callable[[], object], pid: int, repeat: int, target: float | None) -> None:
    seconds = []
    before = _cpu(pid)
    for _ in range(repeat):
        start = time.perf_counter()
        ask()
        seconds.append(time.perf_counter() - start)
    cpu = (_cpu(pid) - before) / repeat
    figures = (f"{one:.3f}" for one in (statistics.median(seconds), max(seconds), cpu))
    print(_LINE.format(what, *figures, target or ""), flush=True)


def _together(url: str, pid: int, options: argparse.Namespace, samples: dict[str, int]) -> int:
    """Reviewers at once, each on documents of their own, as people go through them; how many answers were errors."""
    seconds: dict[str, list[float]] = {}
    ended: Counter[int] = Counter()
    errors: list[str] = []
    lock = threading.Lock()
    stop = time.monotonic() + options.seconds
    documents = list(range(1, options.documents + 1))

    def work(n: int) -> None:
        chance = random.Random(n)
        mine = documents[n :: options.reviewers]
        with closing(_logged_in(url, f"r{n}")) as client:

            def ask(kind: str, method: str, path: str, **data: object) -> httpx.Response:
                start = time.perf_counter()
                answer = client.request(method, path, data=data or None)
                taken = time.perf_counter() - start
                with lock:
                    seconds.setdefault(kind, []).append(taken)
                    ended[answer.status_code] += 1
                    if answer.status_code >= 400:
                        errors.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
                return answer

            for report_id in mine[: options.rounds]:
                if time.monotonic() > stop:
                    return
                _go_through(ask, report_id, chance.choice(list(samples.values())))

    before, start = _cpu(pid), time.perf_counter()
    threads = [threading.Thread(target=work, args=(n,)) for n in range(options.reviewers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall, cpu = time.perf_counter() - start, _cpu(pid) - before
    count = sum(ended.values())
    print(f"\n{options.reviewers} reviewers at once: {count} requests in {wall:.1f} s, {count / wall:.0f} a second, ")
    print(f"server CPU {cpu:.1f} s, {1000 * cpu / max(1, count):.0f} ms a request; errors: {len(errors)}")
    print("by status: " + ", ".join(f"{status} × {n}" for status, n in sorted(ended.items())))
    print(_LINE.format("", "median s", "95 % s", "max s", "requests"))
    for kind, taken in seconds.items():
        taken.sort()
        figures = (f"{one:.3f}" for one in (statistics.median(taken), taken[int(0.95 * (len(taken) - 1))], taken[-1]))
        print(_LINE.format(kind, *figures, len(taken)))
    for error in errors[:10]:
        print(error)
    return len(errors)


def _go_through(ask: Callable[..., httpx.Response], report_id: int, sample: int) -> None:
    """What the browser of a reviewer asks for while one document is checked."""
    ask("queue", "GET", "/")
    shown = ask("document", "GET", f"/documents/{report_id}").text
    ask("lease", "POST", f"/documents/{report_id}/lease")
    ask("before and after", "GET", f"/documents/{report_id}/turn")
    ask("document with its original", "GET", f"/documents/{sample}")
    first, second = [one.split('"', 1)[0] for one in shown.split('data-answer="')[1:3]]
    ask("form", "GET", f"/documents/{report_id}/answers/{first}/form?mode=edit")
    words = {"where": "item:1", "column": "directives", "text": f"Kế hoạch số {report_id}/KH"}
    ask("change", "POST", f"/documents/{report_id}/answers/{first}", **words)
    ask("change", "POST", f"/documents/{report_id}/answers/{second}/confirm")
    ask("history", "GET", f"/documents/{report_id}/history")
    ask("decide", "POST", f"/documents/{report_id}/state", state="confirmed")
    ask("leave", "POST", f"/documents/{report_id}/leave")


# -- what it is asked of ---------------------------------------------------------------------------------------------


def _fill(folder: Path, count: int, people: int) -> dict[str, int]:
    """The database and the originals; the samples' reports by name."""
    place = _place(folder, count)
    repository, shipped = place.repository, campaigns.load(place.campaign.id)
    for n, unit in enumerate(_campaign(count).units):
        report = _report(place.campaign, unit, random.Random(n))
        _store(place, report, report.source.name, "1")
    samples = {}
    for name in FILES:
        place.originals.put(SAMPLES / name)
        report = extract_sandboxed(SAMPLES / name, shipped, name=name)
        samples[name] = _store(place, report, name, PIPELINE_VERSION)
    reasons.catch_up(repository, place.campaign)  # as each ingest does for what it stored
    for n in range(people):
        Users(place.engine).create(f"r{n}", f"Người duyệt {n}", "reviewer", PASSWORD, actor=None)
    place.engine.dispose()
    return samples


def _store(place: Place, report: object, name: str, version: str) -> int:
    assert hasattr(report, "source")
    repository, campaign_id = place.repository, place.campaign.id
    arrival = repository.record_arrival(
        campaign_id=campaign_id, name=name, path=name, sha256=report.source.sha256, received_at=NOW
    )
    stored = repository.store_report(report, campaign_id=campaign_id, pipeline_version=version)  # type: ignore[arg-type]
    repository.finish_arrival(arrival.id, "processed", report_id=stored.id)
    return stored.id


def _place(folder: Path, count: int) -> Place:
    engine = open_database(f"sqlite:///{folder / 'baocao.db'}")
    return Place(
        engine=engine,
        repository=Repository(engine),
        originals=open_blobs(str(folder / "blobs")),
        campaign=_crowded(count),
        data_dir=folder,
        operations=Operations(configuration.load({"data_dir": folder}, folder=folder)),
    )


def _crowded(count: int) -> Campaign:
    """The shipped letter, its units and ``count`` more."""
    more, shipped = _campaign(count), campaigns.load("2542-SGDDT-GDTrH")
    return msgspec.structs.replace(shipped, units=(*shipped.units, *more.units))


@contextmanager
def _server(folder: Path, count: int) -> Iterator[tuple[str, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    command = [sys.executable, "-P", "-m", "benchmarks.review", "--documents", str(count), "--serve", folder, address]
    process = subprocess.Popen(command)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                _ok(httpx.get(f"http://{address}/login"))
                break
            except httpx.TransportError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        yield f"http://{address}", process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def _logged_in(url: str, name: str) -> httpx.Client:
    client = httpx.Client(base_url=url, headers={"Origin": url}, timeout=120.0)
    answer = client.post("/login", data={"name": name, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return client


def _ok(answer: httpx.Response) -> httpx.Response:
    assert answer.status_code == 200, (answer.url, answer.status_code, answer.text[:500])
    return answer


def _cpu(pid: int) -> float:
    """Seconds of CPU of a process and all that it has started and that has ended or still runs."""
    total, waiting = 0.0, [pid]
    children = Path(f"/proc/{pid}/task")
    assert children.exists()
    while waiting:
        one = waiting.pop()
        try:
            fields = Path(f"/proc/{one}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            total += sum(int(field) for field in fields[11:15]) / _TICK
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text(encoding="utf-8").split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

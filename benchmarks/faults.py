"""``./baocao bench faults``: kills, full disks, locked databases and the like, one after another, each counted.

Every fault meets a batch at work. Afterwards nothing of it may be running, one more ingest has to finish, and then all
must be as if nothing had happened: every original bit for bit in the blob store, the same readings with the same
answers as in an undisturbed run, no temporary file, and nothing for ``doctor --data`` to complain of.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import campaigns
from benchmarks import reports
from flows import prefect_server, prefect_setup, settings
from tests import processes, servers

COMMAND = [sys.executable, "-P", "-m", "flows"]
PATIENCE = 240.0  # seconds for one command


class Broken(AssertionError):
    """A fault did harm."""


class Scene:
    """A data directory with an inbox, and the commands on it."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        self.data, self.inbox = folder / "data", folder / "inbox"
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("BAOCAO_", "PREFECT_"))}
        own = {"BAOCAO_DATA_DIR": str(self.data), "BAOCAO_INBOX": str(self.inbox), "BAOCAO_WORKERS": "2"}
        self.environment = clean | own | variables
        self.log = folder / "log"
        self.more: list[tuple[str, str, int, int]] = []  # what is stored beyond the pattern
        self.changed = False  # whether files of the inbox were changed meanwhile
        self.cleared: list[Callable[[], object]] = []  # to be called at the end
        self.inbox.mkdir(parents=True, exist_ok=True)

    @classmethod
    def like(cls, other: Scene, folder: Path) -> Scene:
        """Another with the same files and servers, where nothing has been done yet."""
        made = cls(folder, {"PREFECT_API_URL": other.environment["PREFECT_API_URL"]})
        shutil.copytree(other.inbox, made.inbox, dirs_exist_ok=True)
        return made

    def command(self, *arguments: str) -> bytes:
        """What a command that ends soon prints."""
        return subprocess.run(
            [*COMMAND, *arguments], env=self.environment, stdout=subprocess.PIPE, check=False, timeout=PATIENCE
        ).stdout

    def start(self, *command: str, wrapper: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*wrapper, *COMMAND, *(command or ("ingest", "--json"))],
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=self.inbox.parent,
            )

    def finish(self, process: subprocess.Popen[bytes]) -> dict[str, int] | None:
        """The counts of an ingest; None when it failed."""
        try:
            output, _ = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            raise Broken("an ingest hangs") from None
        if process.returncode in (0, 1) and output:
            return dict(json.loads(output)["counts"])
        with self.log.open("a") as log:
            log.write(f"ended with status {process.returncode}\n")
        return None

    @property
    def database(self) -> Path:
        return self.data / "baocao.db"

    def stored(self) -> Counter[tuple[str, str, int, int]]:
        """What was read: by original its state and how many answers and figures are stored."""
        query = """SELECT sha256, state, (SELECT count(*) FROM answers WHERE report_id = reports.id),
                   (SELECT count(*) FROM facts WHERE report_id = reports.id) FROM reports"""
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            return Counter(connection.execute(query).fetchall())

    def check(self, expected: Counter[tuple[str, str, int, int]]) -> None:
        """Raises `Broken` for anything that is not as it would be without the fault, one ingest later."""
        if left := processes.left(self.data):
            raise Broken(f"still running: {left}")
        if self.finish(self.start()) is None:
            raise Broken(f"the next ingest failed\n{self.log.read_text()[-3000:]}")
        found = self.stored()
        if self.changed:  # half a file that lay there for a while is a file like any other, and refused
            found = Counter({row: count for row, count in found.items() if row in expected or row[1] != "rejected"})
        if found != expected:
            raise Broken(f"stored otherwise: lost {expected - found}, more {found - expected}")
        for file in self.inbox.iterdir():
            content = file.read_bytes()
            sha256 = hashlib.sha256(content).hexdigest()
            if (self.data / "blobs" / sha256[:2] / sha256[2:4] / sha256).read_bytes() != content:
                raise Broken(f"original of {file.name} differs")
        if findings := json.loads(self.command("doctor", "--data", "--json"))["findings"]:
            raise Broken(f"doctor --data: {findings}")
        if temporary := [*(self.data / "tmp").iterdir(), *(self.data / "blobs" / "tmp").iterdir()]:
            raise Broken(f"temporary files: {temporary}")
        if left := processes.left(self.data, 5):
            raise Broken(f"still running: {left}")


def fill(inbox: Path, long: int = 2) -> None:
    """Long reports, one sent twice, a note, an archive with a new and a known report, a broken file."""
    campaign = campaigns.load("2542-SGDDT-GDTrH")
    for n in range(long):
        reports.write_docx(inbox / f"{n}.docx", campaign, campaign.units[n], n)
    shutil.copy(inbox / "0.docx", inbox / "7.docx")
    text = "TRƯỜNG THPT LÊ QUÝ ĐÔN\nBáo cáo: đã triển khai đầy đủ các nội dung.\n"
    (inbox / "8.txt").write_text(text, encoding="utf-8")
    with zipfile.ZipFile(inbox / "9.zip", "w") as archive:
        archive.write(inbox / "0.docx", "cũ.docx")
        archive.writestr("mới.txt", text + "Kinh phí 5 triệu đồng.\n")
    (inbox / "hỏng.docx").write_bytes((inbox / "0.docx").read_bytes()[:3000])


class Steps:
    """Lets a process through one writing transaction of the SQLite database after another, by holding its lock."""

    def __init__(self, database: Path, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        processes.wait_until(lambda: _has_tables(database) or process.poll() is not None, 60, 0.01)
        self._lock = sqlite3.connect(database, timeout=30, isolation_level=None)
        self._look = sqlite3.connect(database, isolation_level=None)
        self._lock.execute("BEGIN IMMEDIATE")

    def step(self) -> bool:
        """Let the next transaction happen; False when the process ends without one."""
        before = self._version()
        self._lock.execute("ROLLBACK")
        while (moved := self._version() != before) is False and self._process.poll() is None:
            time.sleep(0.0005)
        self._lock.execute("BEGIN IMMEDIATE")
        return moved

    def close(self) -> None:
        self._lock.close()
        self._look.close()

    def _version(self) -> int:
        return int(self._look.execute("PRAGMA data_version").fetchone()[0])


def _has_tables(database: Path) -> bool:
    try:
        with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'jobs'").fetchone() is not None
    except sqlite3.Error:
        return False


# -- faults: each is given a scene and the number of the try, and does its harm to a running ingest --------------------


def kill_after_transaction(scene: Scene, n: int) -> None:
    """The process of the batch, after the n-th thing that it wrote into the database."""
    process = scene.start()
    steps = Steps(scene.database, process)
    for _ in range(n):
        if not steps.step():
            break
    process.kill()
    process.wait()
    steps.close()


def kill_while_copying(scene: Scene, n: int) -> None:
    """The process of the batch, with an original half copied."""
    content = random.Random(1).randbytes(120 << 20)
    (scene.inbox / "0 lớn.bin").write_bytes(content)
    scene.more = [(hashlib.sha256(content).hexdigest(), "rejected", 0, 0)]
    process, least = scene.start(), n * 15 << 20
    temporary = scene.data / "blobs" / "tmp"

    def half() -> bool:
        with contextlib.suppress(OSError):
            return any(path.stat().st_size >= least for path in temporary.iterdir()) or process.poll() is not None
        return False

    processes.wait_until(half, PATIENCE, 0.0005)
    process.kill()
    process.wait()


def kill_child(scene: Scene, n: int) -> None:
    """The child that reads a document, some tenths of a second into it."""
    process = scene.start()
    children: list[int] = []

    def reading() -> bool:
        children[:] = processes.named(scene.data, "sandbox_server")[1:]
        return bool(children) or process.poll() is not None

    processes.wait_until(reading, PATIENCE, 0.005)
    time.sleep(0.15 * n)
    for child in children:
        processes.kill(child, signal.SIGKILL)
    scene.finish(process)


def kill_fork_server(scene: Scene, n: int) -> None:
    """The server that starts those children."""
    process = scene.start()
    processes.wait_until(lambda: len(processes.named(scene.data, "sandbox_server")) > 1, PATIENCE, 0.005)
    time.sleep(0.15 * n)
    for server in processes.named(scene.data, "sandbox_server")[:1]:
        processes.kill(server, signal.SIGKILL)
    if scene.finish(process) is None:
        raise Broken(f"the batch did not survive its fork server\n{scene.log.read_text()[-3000:]}")


def kill_at_random(scene: Scene, n: int) -> None:
    """The process of the batch, at any moment."""
    process = scene.start()
    time.sleep(random.Random(n).uniform(0.5, 9.0))
    process.kill()
    process.wait()


def interrupt(scene: Scene, n: int) -> None:
    """Ctrl-C or SIGTERM at any moment."""
    process = scene.start()
    time.sleep(random.Random(n).uniform(3.0, 9.0))
    process.send_signal(signal.SIGINT if n % 2 else signal.SIGTERM)
    process.wait(60)


def lock_database(scene: Scene, n: int) -> None:
    """Somebody holds SQLite's write lock for longer than anyone waits for it."""
    process = scene.start()
    steps = Steps(scene.database, process)
    for _ in range(4 * n):
        steps.step()
    time.sleep(40)
    steps.close()
    if scene.finish(process) is None:
        raise Broken(f"the batch did not survive a locked database\n{scene.log.read_text()[-3000:]}")


def change_inbox(scene: Scene, n: int) -> None:
    """Files of the inbox are rewritten, renamed and removed while they are read; then they are all there."""
    chance, kept = random.Random(n), scene.inbox.with_name("kept")
    shutil.copytree(scene.inbox, kept, dirs_exist_ok=True)
    process = scene.start()
    while process.poll() is None:
        file = chance.choice(sorted(kept.iterdir()))
        here = scene.inbox / file.name
        what = chance.random()
        if what < 0.3:
            here.unlink(missing_ok=True)
        elif what < 0.6:
            here.write_bytes(file.read_bytes()[: chance.randrange(1, 3000)])
        else:
            shutil.copy(file, here)
        time.sleep(chance.choice((0.01, 0.3, 1.0)))
    scene.finish(process)
    scene.changed = True
    for file in kept.iterdir():
        shutil.copy(file, scene.inbox / file.name)


def two_at_once(scene: Scene, n: int) -> None:  # noqa: ARG001
    """Two ingests of one inbox."""
    both = [scene.start(), scene.start()]
    counts = [scene.finish(process) for process in both]
    if None in counts:
        raise Broken(f"one of two ingests failed: {counts}")


def fill_disk(scene: Scene, n: int) -> None:
    """The disk of the data directory is full after a few megabytes; then there is room again."""
    scene.data.mkdir()
    _mount(scene, f"size={n + 1}m")
    content = random.Random(1).randbytes(5 << 20)
    (scene.inbox / "0 lớn.bin").write_bytes(content)
    scene.more = [(hashlib.sha256(content).hexdigest(), "rejected", 0, 0)]
    scene.finish(scene.start())
    processes.left(scene.data)
    _mount(scene, "remount,size=200m")


def _mount(scene: Scene, options: str) -> None:
    if os.geteuid() != 0:
        raise Broken("a small disk needs root")
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(scene.data)], check=True)
    if "remount" not in options:
        scene.cleared.append(lambda: subprocess.run(["umount", "-l", str(scene.data)], check=True))


def restart_prefect(scene: Scene, n: int) -> None:
    """Prefect's server is killed in the midst of a batch, and comes back some seconds later."""
    port = int(scene.environment["PREFECT_API_URL"].rpartition(":")[2].partition("/")[0])
    process = scene.start()
    processes.wait_until(lambda: len(processes.named(scene.data, "sandbox_server")) > 1, PATIENCE, 0.005)
    time.sleep(0.5 * (n - 1))
    for server in processes.listening(port):
        processes.kill(server, signal.SIGKILL)
    scene.finish(process)  # Prefect may fail the run, never what was stored
    url = scene.environment["PREFECT_API_URL"]
    processes.wait_until(lambda: prefect_setup.healthy(url), PATIENCE)


def half_blob(scene: Scene, n: int) -> None:
    """What a file system that lost its last writes leaves: blobs cut short, or empty."""
    scene.finish(scene.start())
    for count, blob in enumerate(sorted((scene.data / "blobs").glob("??/??/*"))):
        if (count + n) % 2:
            blob.chmod(0o600)
            os.truncate(blob, blob.stat().st_size // 2 * (n % 2))


def jump_clock(scene: Scene, n: int) -> None:
    """The clock of the machine goes two years ahead or a day back between runs, and runs at double speed during one."""
    if shutil.which("faketime") is None:
        raise Broken("Debian's faketime is not installed")
    scene.environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1"  # the clock that waits are measured by never jumps
    for shift in ("+2y", "-1d") if n % 2 else ("-1d", "+2y"):
        process = scene.start(wrapper=("faketime", "-f", shift))
        time.sleep(4)
        process.kill()
        process.wait()
        processes.left(scene.data)
    if scene.finish(scene.start(wrapper=("faketime", "-f", "-3d i2.0"))) is None:
        raise Broken("an ingest with a clock that runs wrong failed")


FAULTS: dict[str, tuple[Callable[[Scene, int], None], int]] = {
    "kill -9 after the n-th transaction": (kill_after_transaction, 0),  # as many as there are
    "kill -9 with an original half copied": (kill_while_copying, 6),
    "kill -9 of the reading child": (kill_child, 6),
    "kill -9 of the fork server": (kill_fork_server, 4),
    "kill -9 at any moment": (kill_at_random, 10),
    "Ctrl-C and SIGTERM": (interrupt, 4),
    "database locked for 40 s": (lock_database, 3),
    "inbox changed while it is read": (change_inbox, 4),
    "disk full": (fill_disk, 4),
    "Prefect's server killed and restarted": (restart_prefect, 3),
    "two ingests at once": (two_at_once, 3),
    "blobs half written": (half_blob, 2),
    "clock jumps": (jump_clock, 2),
}


def main(arguments: list[str]) -> int:
    """One line a fault: how often it was done, and how often it did harm."""
    parser = argparse.ArgumentParser(prog="baocao bench faults")
    parser.add_argument("--only", default="", help="faults whose name holds this")
    parser.add_argument("--tries", type=int, default=None, help="tries of each instead of the full loop")
    options = parser.parse_args(arguments)
    harm = 0
    with tempfile.TemporaryDirectory(prefix="baocao-faults-", ignore_cleanup_errors=True) as name:
        root = Path(name)
        with prefect(root / "prefect") as variables:
            pattern = Scene(root / "pattern", variables)
            fill(pattern.inbox)
            expected, transactions = undisturbed(pattern)
            print(f"{sum(expected.values())} documents, {transactions} transactions\n", flush=True)
            for fault, (harming, tries) in FAULTS.items():
                if options.only in fault:
                    times = options.tries or tries or transactions
                    # Fewer tries than transactions are spread over all of them.
                    spread = [n if tries else n * transactions // times for n in range(1, times + 1)]
                    harm += _loop(fault, harming, spread, pattern, expected)
    return 1 if harm else 0


def _loop(
    fault: str,
    harming: Callable[[Scene, int], None],
    tries: list[int],
    pattern: Scene,
    expected: Counter[tuple[str, str, int, int]],
) -> int:
    harm, began = 0, time.monotonic()
    for n in tries:
        folder = pattern.inbox.parent.with_name("scene")
        scene = Scene.like(pattern, folder)
        try:
            harming(scene, n)
            scene.check(expected + Counter(scene.more))
        except Broken as error:
            harm += 1
            print(f"  {fault}, try {n}: {error}", flush=True)
            for pid in processes.of(scene.data):
                processes.kill(pid, signal.SIGKILL)
        for clear in scene.cleared:
            clear()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{fault:<45} {len(tries):>4} times {harm:>4} did harm {time.monotonic() - began:>7.0f} s", flush=True)
    return harm


def undisturbed(scene: Scene) -> tuple[Counter[tuple[str, str, int, int]], int]:
    process = scene.start()
    steps = Steps(scene.database, process)
    transactions = 0
    while steps.step():
        transactions += 1
    steps.close()
    if scene.finish(process) is None:
        raise Broken(scene.log.read_text())
    return scene.stored(), transactions


@contextlib.contextmanager
def prefect(home: Path) -> Iterator[dict[str, str]]:
    """A server for all runs, so that each does not start its own."""
    own = settings.load({"data_dir": home, "prefect_address": f"127.0.0.1:{servers.free_port()}"})
    prefect_setup.prepare(own)
    with prefect_server.serving(own):
        yield {"PREFECT_API_URL": os.environ["PREFECT_API_URL"]}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

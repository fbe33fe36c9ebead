"""The sandbox against functions that really misbehave: nothing they do may cost more than their own call."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

import campaigns
from extractors.errors import Rejected
from extractors.pipeline import extract_bytes
from extractors.sandbox import Limits, Sandbox
from extractors.sandbox_child import MAX_CALLS
from tests.extractors import misbehaving

SMALL = Limits(memory=512 << 20, idle_seconds=1.0, wall_seconds=3.0)


@pytest.fixture(scope="module")
def temp_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("jobs")


@pytest.fixture(scope="module")
def sandbox(temp_root: Path) -> Iterator[Sandbox]:
    with Sandbox(preload=(), temp_root=temp_root) as made:
        yield made


@pytest.fixture(autouse=True)
def nothing_left(sandbox: Sandbox, temp_root: Path) -> Iterator[None]:
    """After every test: no temp directory, no process but idle children without any of their own, and the next call
    works."""
    yield
    assert list(temp_root.iterdir()) == []
    assert sandbox.run(misbehaving.echo, b"still there") == b"still there"
    for child in children_of(sandbox.server_pid):
        assert children_of(child) == [] and alive(child)
        assert not (Path("/proc") / str(child) / "cwd").readlink().is_relative_to(temp_root)


def children_of(pid: int | None) -> list[int]:
    if pid is None:
        return []
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def eventually(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_answer_comes_back(sandbox: Sandbox) -> None:
    data = os.urandom(20 << 20)
    assert sandbox.run(misbehaving.echo, data) == data


@pytest.mark.parametrize(
    ("function", "args", "code"),
    [
        (misbehaving.hang, (), "timeout"),
        (misbehaving.burn, (), "timeout"),
        (misbehaving.promise_and_hang, (), "timeout"),
        (misbehaving.segfault, (), "crashed"),
        (misbehaving.allocate, (4 << 30,), "out_of_memory"),
        (misbehaving.kill_itself, (), "crashed"),
        (misbehaving.exit_hard, (), "crashed"),
        (misbehaving.speak_nonsense, (), "crashed"),
        (misbehaving.exit_quietly, (), "internal"),
        (misbehaving.fail, (), "internal"),
        (misbehaving.text_instead_of_bytes, (), "internal"),
        (misbehaving.refuse, (), "encrypted"),
        (misbehaving.refuse_with_unknown_code, (), "internal"),
        (misbehaving.recurse, (), "unsafe"),
        (misbehaving.fill_disk, (64 << 20,), "internal"),
    ],
)
def test_misbehaviour_has_its_code(
    sandbox: Sandbox, function: Callable[..., bytes], args: tuple[int, ...], code: str
) -> None:
    limits = Limits(memory=512 << 20, idle_seconds=0.5, wall_seconds=1.0, wall_seconds_most=2.0, temp_file=8 << 20)
    began = time.monotonic()
    with pytest.raises(Rejected) as caught:
        sandbox.run(function, *args, limits=limits)
    assert caught.value.code == code
    assert len(caught.value.message) < 1000
    assert time.monotonic() - began < 10


def test_processor_time_is_limited(sandbox: Sandbox) -> None:
    with pytest.raises(Rejected) as caught:
        sandbox.run(misbehaving.burn, limits=Limits(cpu_seconds=1, idle_seconds=30))
    assert caught.value.code == "timeout"


def test_a_busy_machine_is_not_taken_for_a_hang(sandbox: Sandbox) -> None:
    """Four others on the same processor: .8 s of work take four seconds, and the limit of three does not stop them.
    Each has a session of its own, as Linux shares a processor out by sessions."""
    core = min(os.sched_getaffinity(0))
    code = f"import os; os.sched_setaffinity(0, {{{core}}})\nwhile True: pass"
    others = [subprocess.Popen([sys.executable, "-c", code], start_new_session=True) for _ in range(4)]
    try:
        time.sleep(0.5)
        began = time.monotonic()
        limits = Limits(idle_seconds=3.0, wall_seconds=3.0, wall_seconds_most=3.0)
        assert sandbox.run(misbehaving.work_on_one_processor, core, 0.8, limits=limits) == b"done"
        assert time.monotonic() - began > 3.0
    finally:
        for other in others:
            other.kill()
            other.wait()


def test_answer_larger_than_allowed(sandbox: Sandbox) -> None:
    with pytest.raises(Rejected) as caught:
        sandbox.run(misbehaving.echo, b"x" * (3 << 20), limits=Limits(output=1 << 20))
    assert caught.value.code == "too_large"


def test_heartbeats_keep_a_slow_call_alive_and_report_progress(sandbox: Sandbox) -> None:
    seen: list[tuple[int, int]] = []
    answer = sandbox.run(
        misbehaving.steps,
        8,
        0.2,
        limits=Limits(idle_seconds=1.0, wall_seconds=0.5, wall_seconds_per_step=1.0),
        on_progress=lambda done, total: seen.append((done, total)),
    )
    assert answer == b"done"
    assert seen == [(done, 8) for done in range(1, 9)]


def test_error_in_progress_callback_ends_the_call(sandbox: Sandbox) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sandbox.run(misbehaving.steps, 1000, 0.1, on_progress=stop)


@pytest.mark.parametrize("escape", [False, True])
def test_grandchildren_die_with_the_call(sandbox: Sandbox, tmp_path: Path, escape: bool) -> None:
    note = tmp_path / "pids"
    assert sandbox.run(misbehaving.leave_grandchildren, str(note), escape) == b"left"
    pids = [int(pid) for pid in note.read_text().split()]
    assert len(pids) == 2
    assert not any(alive(pid) for pid in pids)


def test_grandchildren_die_on_timeout(sandbox: Sandbox, tmp_path: Path) -> None:
    note = tmp_path / "pids"
    with pytest.raises(Rejected, match="timeout"):
        sandbox.run(misbehaving.leave_grandchildren_and_hang, str(note), limits=SMALL)
    assert not any(alive(int(pid)) for pid in note.read_text().split())


def test_temp_files_are_removed(sandbox: Sandbox, temp_root: Path) -> None:
    used = Path(sandbox.run(misbehaving.leave_temp_files).decode())
    assert used.parent == temp_root
    assert not used.exists()


def test_child_is_confined(sandbox: Sandbox) -> None:
    seen = ast.literal_eval(sandbox.run(misbehaving.confinement).decode())
    assert seen == {"descriptors": ["socket", "socket"], "leader": True, "core": (0, 0), "main": None, "cwd": True}


def test_child_cannot_write_to_our_output(sandbox: Sandbox, capfd: pytest.CaptureFixture[str]) -> None:
    assert sandbox.run(misbehaving.talk) == b"|"
    assert capfd.readouterr().out == ""


def test_threads_share_one_server(sandbox: Sandbox) -> None:
    sandbox.run(misbehaving.echo, b"")
    server = sandbox.server_pid

    def call(index: int) -> bytes:
        if index % 5 == 0:
            with pytest.raises(Rejected):
                sandbox.run(misbehaving.segfault)
        return sandbox.run(misbehaving.echo, b"%d" % index * 1000)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(call, range(40))) == [b"%d" % index * 1000 for index in range(40)]
    assert sandbox.server_pid == server


def test_lost_server_costs_no_call(sandbox: Sandbox) -> None:
    """A server that dies (out-of-memory killer, operator) is started anew, also in the middle of a call."""
    sandbox.run(misbehaving.echo, b"")
    server = sandbox.server_pid
    assert server is not None
    killer = threading.Timer(0.5, os.kill, (server, signal.SIGKILL))
    killer.start()
    assert sandbox.run(misbehaving.steps, 5, 0.2) == b"done"
    assert sandbox.server_pid not in (None, server)


def test_child_that_kills_the_server_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(Rejected) as caught:
        sandbox.run(misbehaving.kill_its_server)
    assert caught.value.code == "crashed"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_everything_dies_with_the_parent(tmp_path: Path, how: signal.Signals) -> None:
    note = tmp_path / "pids"
    program = (
        "import sys; from pathlib import Path; from extractors.sandbox import Sandbox; "
        "from tests.extractors import misbehaving; box = Sandbox(preload=(), temp_root=Path(sys.argv[2])); "
        "box.start(); print(box.server_pid, flush=True); box.run(misbehaving.leave_grandchildren_and_hang, sys.argv[1])"
    )
    jobs = tmp_path / "jobs"
    jobs.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", program, str(note), str(jobs)], stdout=subprocess.PIPE, cwd=Path.cwd()
    ) as parent:
        assert parent.stdout is not None
        server = int(parent.stdout.readline())
        assert eventually(note.exists)
        assert eventually(lambda: len(note.read_text().split()) == 2)
        pids = [server, *children_of(server), *map(int, note.read_text().split())]
        assert len(pids) == 4
        parent.send_signal(how)
    assert eventually(lambda: not any(alive(pid) for pid in pids))
    assert eventually(lambda: list(jobs.iterdir()) == [])


def test_close_stops_the_server_and_is_repeatable(tmp_path: Path) -> None:
    box = Sandbox(preload=(), temp_root=tmp_path)
    box.run(misbehaving.echo, b"")
    server = box.server_pid
    assert server is not None
    box.close()
    box.close()
    assert not alive(server)
    assert box.server_pid is None


def test_function_without_a_name_is_refused_here(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="imported by name"):
        sandbox.run(lambda: b"")


def test_a_call_costs_milliseconds(sandbox: Sandbox) -> None:
    sandbox.run(misbehaving.echo, b"")
    began = time.perf_counter()
    for _ in range(20):
        sandbox.run(misbehaving.echo, b"")
    assert (time.perf_counter() - began) / 20 < 0.25  # typically 5 ms; the bound only catches a re-import per call


def test_shared_sandbox_runs_from_any_thread(tmp_path: Path) -> None:
    """``run`` of the module: its server outlives the thread that started it and ends with the process."""
    program = (
        "import threading; from extractors import sandbox; from tests.extractors import misbehaving as m; "
        "t = threading.Thread(target=sandbox.start); t.start(); t.join(); "
        "print(sandbox._shared().server_pid, sandbox.run(m.echo, b'ok').decode(), sandbox._shared().server_pid)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path.cwd(),
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    first, answer, second = done.stdout.split()
    assert (answer, first) == ("ok", second)
    assert not alive(int(first))
    assert list(tmp_path.iterdir()) == []


# -- one child for several calls -------------------------------------------------------------------------------------


def test_a_child_that_answers_serves_the_next_call(sandbox: Sandbox) -> None:
    sandbox.run(misbehaving.echo, b"")
    assert len({sandbox.run(misbehaving.who) for _ in range(5)}) == 1
    assert sandbox.run(misbehaving.who, limits=SMALL) != sandbox.run(misbehaving.who)  # other limits, other child


@pytest.mark.parametrize(
    "leave",
    [misbehaving.leave_thread, misbehaving.leave_descriptor, misbehaving.leave_process, misbehaving.leave_memory],
)
def test_a_child_with_something_left_serves_no_other_call(sandbox: Sandbox, leave: Callable[[], bytes]) -> None:
    before = sandbox.run(leave)
    assert eventually(lambda: not alive(int(before)), 3)
    assert sandbox.run(misbehaving.who) != before


@pytest.mark.parametrize("refuse", [misbehaving.refuse, misbehaving.segfault, misbehaving.fail])
def test_a_child_that_refused_serves_no_other_call(sandbox: Sandbox, refuse: Callable[[], bytes]) -> None:
    before = sandbox.run(misbehaving.who)
    with pytest.raises(Rejected):
        sandbox.run(refuse)
    assert sandbox.run(misbehaving.who) != before


def test_what_can_be_put_back_is(sandbox: Sandbox) -> None:
    before = sandbox.run(misbehaving.leave_file_in_cycle)
    assert sandbox.run(misbehaving.change_surroundings) == before == sandbox.run(misbehaving.who)
    assert sandbox.run(misbehaving.surroundings) == b"(None, True, True, False)"
    assert sandbox.run(misbehaving.leave_temp_files) != b""
    assert sandbox.run(misbehaving.who) == before


@pytest.mark.parametrize("confused", [misbehaving.refuse_if_not_first, misbehaving.crash_if_not_first])
def test_no_file_suffers_from_those_before_it(sandbox: Sandbox, confused: Callable[[], bytes]) -> None:
    """A refusal in a child that has served others is tried again in a new one."""
    first = sandbox.run(confused)
    second = sandbox.run(confused)
    assert first != second


def test_a_child_killed_while_idle_costs_nothing(sandbox: Sandbox) -> None:
    idle = int(sandbox.run(misbehaving.who))
    os.kill(idle, signal.SIGKILL)
    assert int(sandbox.run(misbehaving.who)) != idle


def test_idle_children_die_with_their_server(tmp_path: Path) -> None:
    with Sandbox(preload=(), temp_root=tmp_path) as box:
        idle = int(box.run(misbehaving.who))
        assert alive(idle)
    assert not alive(idle)


def test_a_child_is_replaced_after_many_calls(sandbox: Sandbox) -> None:
    served = [sandbox.run(misbehaving.who) for _ in range(2 * MAX_CALLS + 1)]
    assert max(map(served.count, set(served))) <= MAX_CALLS


def test_reports_do_not_depend_on_what_was_read_before() -> None:
    """Real files through one child, in one order and in the other: the bytes of every report are the same."""
    inbox = Path(__file__).parents[2] / "samples" / "inbox"
    files = sorted(file for file in inbox.iterdir() if file.suffix in {".docx", ".xlsx", ".txt"})[:9]
    packed = msgspec.msgpack.encode(campaigns.load("2542-SGDDT-GDTrH"))

    def read(file: Path) -> bytes:
        try:
            return box.run(extract_bytes, str(file), packed, None)
        except Rejected as refusal:
            return refusal.code.encode()

    with Sandbox() as box:
        forwards = [read(file) for file in files]
        backwards = [read(file) for file in reversed(files)]
    assert len(set(forwards)) == len(files) > 5
    assert forwards == backwards[::-1]

"""``./baocao bench fuzz``: real files, damaged at random, through the sandbox that reads every file.

Mutants are made from the document corpus beside the repository where it is, and from ``samples/inbox``: bits flipped,
bytes overwritten by telling values, the end cut off, stretches moved, doubled or taken from another file, and inside
zip packages members swapped, cut, doubled, emptied and mutated before they are packed again (so that the damage gets
past the checksums). Every mutant must be read, or refused with a known code and a sentence; it may cost neither the run
nor a minute nor 2 GiB, and may leave neither a process nor a file. Counts by outcome are printed; the exit status is 1
when a mutant broke one of these. A parser that crashed cost its file alone, which is what the sandbox is for; an error
that no one foresaw (``internal``) is a fault of ours.

``--seed`` and ``--first`` repeat a mutant: the n-th of a seed is always the same bytes.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import re
import resource
import statistics
import sys
import tempfile
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec

import campaigns
from extractors.errors import REASONS, Rejected
from extractors.intake import identify
from extractors.pipeline import extract_bytes
from extractors.report import Report
from extractors.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT.parent / "shared" / "corpora" / "documents"
SAMPLES = ROOT / "samples" / "inbox"
MOST_SECONDS = 60.0
MOST_BYTES = 2 << 30
_LARGEST = 400_000  # bytes; larger originals would spend the run on OCR
_TELLING = (b"\0", b"\xff", b"\x7f", b"\x80", b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f", b"%n", b"<", b"/>",
            b"]]>", b"-1", b"65536", b"99999999999")  # fmt: skip

Mutation = Callable[[random.Random, bytes, bytes], bytes]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="baocao bench fuzz")
    parser.add_argument("--mutants", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="number of the first mutant")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=600.0, help="stop after so many, with what is done by then")
    parser.add_argument("--keep", type=Path, help="folder for the mutants that broke something")
    options = parser.parse_args(arguments)
    originals = {path: path.read_bytes() for path in _originals()}
    print(f"{len(originals)} originals, {options.mutants} mutants, seed {options.seed}", flush=True)
    packed = msgspec.msgpack.encode(campaigns.load("2542-SGDDT-GDTrH"))
    told = _Told()
    until = time.monotonic() + 60 * options.minutes
    with tempfile.TemporaryDirectory(prefix="baocao-fuzz-") as folder:
        jobs, given = Path(folder) / "jobs", Path(folder) / "given"
        jobs.mkdir()
        given.mkdir()
        with Sandbox(temp_root=jobs) as box:
            for number in range(options.first, options.first + options.mutants):
                if time.monotonic() > until:
                    break
                name, how, data = mutant(originals, options.seed, number)
                path = given / name
                path.write_bytes(data)
                broken = told.add(how, *_run(box, path, packed), jobs=jobs)
                if broken:
                    print(f"#{number} {how} of {name}: {'; '.join(broken)}", flush=True)
                    if options.keep:
                        options.keep.mkdir(parents=True, exist_ok=True)
                        (options.keep / f"{options.seed}-{number}-{name}").write_bytes(data)
                path.unlink()
                if (number + 1 - options.first) % 100 == 0:
                    print(f"{number + 1 - options.first} mutants", file=sys.stderr, flush=True)
            server = box.server_pid
        told.leftovers(server)
    told.print()
    return 1 if told.broken else 0


# -- the mutants -----------------------------------------------------------------------------------------------------


def mutant(originals: dict[Path, bytes], seed: int, number: int) -> tuple[str, str, bytes]:
    """Name, kind of damage and bytes of one mutant."""
    chance = random.Random(f"{seed}/{number}")
    path = chance.choice(sorted(originals))
    data, other = originals[path], originals[chance.choice(sorted(originals))]
    ways = {**_PLAIN, **(_PACKAGED if data.startswith(b"PK") else {})}
    how = chance.choice(sorted(ways))
    return path.name, how, ways[how](chance, data, other)


def _flip(chance: random.Random, data: bytes, _: bytes) -> bytes:
    made = bytearray(data)
    for _n in range(chance.choice((1, 8, 64, 512))):
        made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    return bytes(made)


def _overwrite(chance: random.Random, data: bytes, _: bytes) -> bytes:
    made = bytearray(data)
    for _n in range(chance.choice((1, 4, 32))):
        at, value = chance.randrange(len(made)), chance.choice(_TELLING)
        made[at : at + len(value)] = value
    return bytes(made)


def _cut(chance: random.Random, data: bytes, _: bytes) -> bytes:
    return data[: chance.randrange(1, len(data))]


def _cut_front(chance: random.Random, data: bytes, _: bytes) -> bytes:
    return data[chance.randrange(1, len(data)) :]


def _move(chance: random.Random, data: bytes, _: bytes) -> bytes:
    a, b, to = (chance.randrange(len(data)) for _ in range(3))
    a, b = min(a, b), max(a, b)
    rest = data[:a] + data[b:]
    return rest[:to] + data[a:b] + rest[to:]


def _double(chance: random.Random, data: bytes, _: bytes) -> bytes:
    a = chance.randrange(len(data))
    piece = data[a : a + chance.choice((16, 512, 16_384))]
    return data[:a] + piece * chance.choice((2, 20, 200)) + data[a:]


def _splice(chance: random.Random, data: bytes, other: bytes) -> bytes:
    return data[: chance.randrange(1, len(data))] + other[chance.randrange(len(other)) :]


def _figures(chance: random.Random, data: bytes, _: bytes) -> bytes:
    """Some of the figures of the text become very large, negative or nought."""
    values = (b"0", b"-1", b"4294967296", b"1e308")
    return re.sub(rb"\d+", lambda m: chance.choice(values) if chance.random() < 0.02 else m[0], data)


_PLAIN: dict[str, Mutation] = {
    "bits flipped": _flip, "bytes overwritten": _overwrite, "end cut": _cut, "front cut": _cut_front,
    "stretch moved": _move, "stretch doubled": _double, "spliced with another": _splice, "figures changed": _figures,
}  # fmt: skip


def _repack(change: Callable[[random.Random, dict[str, bytes], bytes], None]) -> Mutation:
    def mutation(chance: random.Random, data: bytes, other: bytes) -> bytes:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                members = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
        except (zipfile.BadZipFile, zlib.error):  # an original that is broken as it came
            return _flip(chance, data, other)
        change(chance, members, other)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return buffer.getvalue()

    return mutation


def _pick(chance: random.Random, members: dict[str, bytes]) -> str:
    """A member, more often one that matters."""
    main = [
        name
        for name in members
        if re.search(r"document\.xml$|sheet\d+\.xml|styles|numbering|rels$|Content_Types", name)
    ]
    return chance.choice(sorted(main if main and chance.random() < 0.7 else members))


def _members_swapped(chance: random.Random, members: dict[str, bytes], _: bytes) -> None:
    one, two = _pick(chance, members), _pick(chance, members)
    members[one], members[two] = members[two], members[one]


def _member_gone(chance: random.Random, members: dict[str, bytes], _: bytes) -> None:
    del members[_pick(chance, members)]


def _member_emptied(chance: random.Random, members: dict[str, bytes], _: bytes) -> None:
    members[_pick(chance, members)] = b""


def _member_mutated(chance: random.Random, members: dict[str, bytes], other: bytes) -> None:
    name = _pick(chance, members)
    if members[name]:
        members[name] = _PLAIN[chance.choice(sorted(_PLAIN))](chance, members[name], other)


def _tags_shuffled(chance: random.Random, members: dict[str, bytes], _: bytes) -> None:
    """XML that is well-formed no more, or says things in places where no one says them."""
    name = _pick(chance, members)
    tags = re.split(rb"(<[^>]+>)", members[name])
    for _n in range(chance.choice((1, 5, 50))):
        one, two = chance.randrange(len(tags)), chance.randrange(len(tags))
        tags[one], tags[two] = tags[two], tags[one]
    members[name] = b"".join(tags)


def _attributes_changed(chance: random.Random, members: dict[str, bytes], _: bytes) -> None:
    """Values of attributes become numbers out of range, empty or strange; the XML stays well-formed."""
    name = _pick(chance, members)
    values = (
        b"",
        b"0",
        b"-1",
        b"2147483648",
        b"99999999999999999999",
        b"x",
        b"NaN",
        b"../../x",
        b"http://127.0.0.1:9/x",
    )
    members[name] = re.sub(
        rb'="([^"<]*)"', lambda m: b'="%s"' % chance.choice(values) if chance.random() < 0.03 else m[0], members[name]
    )


_PACKAGED: dict[str, Mutation] = {
    "zip: members swapped": _repack(_members_swapped), "zip: member gone": _repack(_member_gone),
    "zip: member emptied": _repack(_member_emptied), "zip: member mutated": _repack(_member_mutated),
    "zip: tags shuffled": _repack(_tags_shuffled), "zip: attributes changed": _repack(_attributes_changed),
}  # fmt: skip


def _originals() -> list[Path]:
    """One of every kind of file that a unit may send, small enough to be read quickly."""
    kinds = (
        "doc",
        "docx",
        "docx_legacy_font",
        "xlsx",
        "images",
        "broken_pdf",
        "digital_pdf",
        "txt_legacy",
        "garbled_text",
    )
    folders = [CORPUS / name for name in kinds]
    found = [path for folder in (*folders, SAMPLES) if folder.is_dir() for path in sorted(folder.iterdir())]
    photos = ROOT / "tests" / "extractors" / "data"
    found += sorted(photos.glob("*.heic")) if photos.is_dir() else []
    return [path for path in found if path.is_file() and 0 < path.stat().st_size <= _LARGEST]


# -- the run ---------------------------------------------------------------------------------------------------------


def _run(box: Sandbox, path: Path, campaign: bytes) -> tuple[str, tuple[float, float], list[str]]:
    """(outcome, (seconds waited, seconds of CPU), what it broke) of one file."""
    began, cpu_before = time.monotonic(), cpu(box)
    broken: list[str] = []
    try:
        identify(path)
        report = msgspec.msgpack.decode(box.run(extract_bytes, str(path), campaign, None), type=Report)
        outcome = "read" if report.appendix or report.narrative else "read, no answers"
    except Rejected as refusal:
        outcome = refusal.code
        if refusal.code not in REASONS or not refusal.message.startswith(REASONS.get(refusal.code, "?")):
            broken.append(f"refused without a sentence: {refusal.code}")
        if refusal.code == "internal":
            broken.append(f"{refusal.code}: {refusal.detail}")
    except Exception as error:  # what must never come out
        outcome = "escaped"
        broken.append(f"{type(error).__name__}: {error}")
    seconds = (time.monotonic() - began, cpu(box) - cpu_before)
    if seconds[1] > MOST_SECONDS:
        broken.append(f"{seconds[1]:.0f} s of CPU")
    return outcome, seconds, broken


def cpu(box: Sandbox) -> float:
    """CPU seconds of the sandbox so far: its server, the processes under it, and those that have ended."""
    pending, ticks = [box.server_pid], 0
    while pending:
        pid = pending.pop()
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            pending += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split())
        except (OSError, ValueError):
            continue
        ticks += sum(map(int, fields[11:15]))  # its own user and system time, and that of children it has waited for
    return ticks / os.sysconf("SC_CLK_TCK")


class _Told:
    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.by_way: Counter[tuple[str, str]] = Counter()
        self.seconds: list[tuple[float, float]] = []
        self.broken: Counter[str] = Counter()
        self.left = 0
        self.processes = 0

    def add(self, how: str, outcome: str, seconds: tuple[float, float], broken: list[str], *, jobs: Path) -> list[str]:
        self.outcomes[outcome] += 1
        self.by_way[how, "read" if outcome.startswith("read") else "refused"] += 1
        self.seconds.append(seconds)
        left = [entry.name for entry in jobs.iterdir()]
        if left:
            self.left += len(left)
            broken = [*broken, f"left {left}"]
        for one in broken:
            self.broken[one.split(":")[0]] += 1
        return broken

    def leftovers(self, server: int | None) -> None:
        """After the sandbox is closed: processes that still are children of its server, or ours."""
        own = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text(encoding="ascii").split()
        self.processes = len(own) + (server is not None and Path(f"/proc/{server}").exists())
        if self.processes:
            self.broken["processes left"] += self.processes

    def print(self) -> None:
        total = len(self.seconds)
        print(f"\n{'outcome':<24}{'mutants':>8}{'share':>8}")
        for outcome, count in self.outcomes.most_common():
            print(f"{outcome:<24}{count:>8}{count / total:>8.1%}")
        print(f"\n{'damage':<26}{'read':>8}{'refused':>9}")
        for how in sorted({how for how, _ in self.by_way}):
            print(f"{how:<26}{self.by_way[how, 'read']:>8}{self.by_way[how, 'refused']:>9}")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        load = os.getloadavg()[2]
        for what, values in (("waited", [one[0] for one in self.seconds]), ("CPU", [one[1] for one in self.seconds])):
            ranked = sorted(values)
            median, rare, longest = statistics.median(ranked), ranked[int(0.99 * (total - 1))], ranked[-1]
            print(
                f"seconds {what}: median {median:.2f}, 99th of 100 {rare:.1f}, longest {longest:.1f}"
                f" (target ≤ {MOST_SECONDS:.0f}; load of the machine {load:.0f})"
            )
        print(f"largest process: {peak:.0f} MB (limit {MOST_BYTES >> 20} MB)")
        print(f"files left: {self.left}, processes left: {self.processes}, broken: {dict(self.broken) or 0}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

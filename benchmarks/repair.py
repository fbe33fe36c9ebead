"""How well damaged Vietnamese is repaired: ours beside ftfy and doing nothing, on text that was not trained on.

Sentences come from the held-out blocks of the training texts (lines that also stand in the training part are left out)
and from a development set; each kind of damage is made by `benchmarks.damage` and repaired unlabelled, line by line.
Syllables are compared without case and tone placement, sentences exactly. Also: real files with truth, harm on clean
text, the worth of the confidence, and speed as a ratio to ftfy.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import importlib.util
import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import ftfy

from benchmarks.damage import KINDS
from normalizers import Hints, Run, apply_plan, repair, repair_document
from normalizers.syllables import canonical
from normalizers.training import held_out, read_lines

CORPORA = Path(__file__).parents[2] / "shared" / "corpora"
WORD = re.compile(r"[^\W_]+")
TOKEN = re.compile(r"[^\W_]+|[^\w\s]")


def sentences(path: Path, limit: int, rng: random.Random) -> list[str]:
    """Held-out lines of 8 to 60 words that the training part does not hold as well."""
    trained: set[bytes] = set()
    kept: list[str] = []
    for number, raw in enumerate(read_lines(path)):
        line = raw.strip()
        if not 40 < len(line) < 400 or "?" in line:
            continue
        if held_out(number) or ("legal" not in path.name and "wiki" not in path.name):
            kept.append(line)
        else:
            trained.add(hashlib.blake2b(line.encode(), digest_size=8).digest())
    kept = [s for s in dict.fromkeys(kept) if hashlib.blake2b(s.encode(), digest_size=8).digest() not in trained]
    kept = [s for s in kept if 8 <= len(s.split()) <= 60 and sum(not c.isascii() for c in s) > 0.08 * len(s)]
    return rng.sample(kept, min(limit, len(kept)))


def tokens(text: str) -> list[str]:
    return [canonical(t) for t in TOKEN.findall(text)]


def right(got: str, want: str) -> tuple[int, int]:
    """Tokens of ``want`` found in ``got`` in order, and how many there are."""
    a, b = tokens(got), tokens(want)
    if len(a) == len(b):
        return sum(x == y for x, y in zip(a, b, strict=True)), len(b)
    blocks = difflib.SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    return sum(m.size for m in blocks), len(b)


def peers() -> dict[str, Callable[[str], str]]:
    """Ours and what else can be run here without a label. viparse is no dependency; it is used where installed."""
    fixes: dict[str, Callable[[str], str]] = {"ours": lambda text: repair(text).text, "ftfy": ftfy.fix_text}
    if importlib.util.find_spec("viparse") is not None:
        fixes["viparse"] = importlib.import_module("viparse").fix
    return fixes | {"none": lambda text: text}


def measure(lines: list[str], kind: str, seed: int = 5) -> dict[str, float]:
    """Exact and syllable accuracy of ours and the peers; thousand characters a second of ours."""
    rng = random.Random(seed)
    pairs = [(KINDS[kind](line, rng), line) for line in lines]
    out: dict[str, float] = {}
    for name, fix in peers().items():
        began = time.process_time()
        fixed = [fix(damaged) for damaged, _ in pairs]
        spent = time.process_time() - began
        hits = [right(got, want) for got, (_, want) in zip(fixed, pairs, strict=True)]
        out[f"{name} exact"] = sum(got == want for got, (_, want) in zip(fixed, pairs, strict=True)) / len(pairs)
        out[f"{name} syllables"] = sum(h for h, _ in hits) / sum(n for _, n in hits)
        if name == "ours":
            out["kchar/s"] = sum(len(d) for d, _ in pairs) / spent / 1000
    return out


def examples(lines: list[str], kind: str, count: int, seed: int = 5) -> None:
    """Print the words that came out wrong."""
    rng = random.Random(seed)
    shown = 0
    for line in lines:
        damaged = KINDS[kind](line, rng)
        got = repair(damaged).text
        if got != line:
            a, b = got.split(" "), line.split(" ")
            wrong = [
                f"{' '.join(a[i1:i2])} ≠ {' '.join(b[j1:j2])}"
                for op, i1, i2, j1, j2 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
                if op != "equal"
            ]
            print("   ", "; ".join(wrong)[:220], "|", damaged[:60])
            shown += 1
            if shown >= count:
                return


def harm(lines: Iterable[str]) -> list[tuple[str, str]]:
    """Clean lines that were changed, each alone."""
    return [(line, got) for line in lines if (got := repair(line).text) != line]


def confidence(lines: list[str], kinds: Iterable[str]) -> list[tuple[float, float, float]]:
    """(τ, share of changes below τ, share of all wrong changes that they hold) over some lossy kinds."""
    points: list[tuple[float, bool]] = []
    rng = random.Random(3)
    for kind in kinds:
        for line in lines:
            damaged = KINDS[kind](line, rng)
            fixed = repair(damaged)
            if len(fixed.text.split()) != len(line.split()):
                continue
            # A change is wrong when the words it touches in the result are not those of the truth.
            truth = line.split()
            shift = 0
            for change in fixed.plan:
                start = change.start + shift
                shift += len(change.replacement) - len(change.original)
                if change.kind == "run_spacing":
                    continue
                at = len(fixed.text[:start].split(" ")) - 1
                words = fixed.text.split(" ")[at : at + 1]
                points.append(
                    (change.confidence, bool(words) and at < len(truth) and words[0].lower() != truth[at].lower())
                )
    points.sort()
    wrong = sum(bad for _, bad in points) or 1
    curve = []
    for tau in (0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999):
        below = [bad for c, bad in points if c < tau]
        curve.append((tau, len(below) / max(1, len(points)), sum(below) / wrong))
    return curve


def real_files() -> list[tuple[str, float, float, float]]:
    """(name, ours, ftfy, none): syllable accuracy on real damaged files with truth."""
    rows = []
    folder = CORPORA / "documents" / "garbled_text"
    pairs = [
        json.loads(line) for line in (folder / "utf8_as_cp1258.pairs.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    rows.append(
        (
            "utf8_as_cp1258 pairs (exact, each alone)",
            sum(repair(p["garbled"]).text == p["truth"] for p in pairs) / len(pairs),
            sum(ftfy.fix_text(p["garbled"]) == p["truth"] for p in pairs) / len(pairs),
            sum(p["garbled"] == p["truth"] for p in pairs) / len(pairs),
        )
    )
    seed = CORPORA.parent / "seed"
    text = (seed / "2542_SGDDT-GDTrH.txt").read_text(encoding="utf-8")
    rows_of = [
        r.split("\t") for r in (seed / "damaged_half_alignment.tsv").read_text(encoding="utf-8").splitlines()[1:]
    ]
    want = [r[2] for r in rows_of]
    at = text.index(rows_of[0][1]) - 1
    for label, whole, start in (("seed letter, whole", text, at), ("seed letter, damaged half alone", text[at:], 0)):
        hits = []
        for fix2 in (lambda t: repair(t).text, ftfy.fix_text, lambda t: t):
            got = fix2(whole)[start:].split()
            blocks = difflib.SequenceMatcher(None, got, want, autojunk=False).get_matching_blocks()
            hits.append(sum(m.size for m in blocks) / len(want))
        rows.append((label, hits[0], hits[1], hits[2]))
    return rows


def throughput(lines: list[str]) -> list[tuple[str, float, float]]:
    """(what, our MB/s, ratio to ftfy) on one document of the lines."""
    rng = random.Random(1)
    rows = []
    for label, kind in (
        ("clean", None),
        ("utf8 as cp1252", "utf8 as cp1252"),
        ("TCVN3", "TCVN3"),
        ("? tight", "? tight"),
    ):
        text = "\n".join(KINDS[kind](line, rng) if kind else line for line in lines)
        size = len(text.encode()) / 1e6
        began = time.process_time()
        repair(text)
        ours = time.process_time() - began
        began = time.process_time()
        ftfy.fix_text(text)
        rows.append((label, size / ours, (time.process_time() - began) / ours))
    return rows


def ocr(lines: list[str], count: int) -> list[tuple[str, int, int, int]]:
    """(what, syllables wrong before, after, all) of ``count`` pages that Tesseract read, and of clean text."""
    from benchmarks.ocr_pages import pages  # noqa: PLC0415  (needs Tesseract)

    rows = []
    read = pages(lines, count, seed=21)
    for label, certain in (("with word confidences", True), ("text alone", False)):
        before = after = total = 0
        for page in read:
            runs = page.lines if certain else [[Run(row)] for row in page.text.split("\n")]
            got = "\n".join(r.text for r in repair_document(runs, Hints(origin="ocr")))
            seen, repaired, true = (" ".join(WORD.findall(t)) for t in (page.text, got, page.truth))
            raw, n = right(seen, true)
            fixed, _ = right(repaired, true)
            before, after, total = before + n - raw, after + n - fixed, total + n
        rows.append((f"{len(read)} pages, {label}", before, after, total))
    clean = repair_document([[Run(line)] for line in lines], Hints(origin="ocr"))
    spoilt = [right(got.text, line) for got, line in zip(clean, lines, strict=True)]
    rows.append(("clean text declared as OCR", 0, sum(n - h for h, n in spoilt), sum(n for _, n in spoilt)))
    return rows


def files(lines: list[str], largest: int) -> int:
    """Print the tables of real files and of growth."""
    from benchmarks.repair_files import growth, real  # noqa: PLC0415  (needs LibreOffice)

    print("words found in order, share of aligned words with the right marks")
    totals: dict[str, list[tuple[int, float, float]]] = {}
    for row in real(CORPORA / "documents", peers()):
        print(f"{row.file:<42}{row.by:<18}{row.words:>7}{row.found:>8.4f}{row.marks:>8.4f}", flush=True)
        totals.setdefault(row.by, []).append((row.words, row.found, row.marks))
    for by, rows in totals.items():
        words = sum(n for n, _, _ in rows)
        found, marks = (sum(row[0] * row[k] for row in rows) / words for k in (1, 2))
        print(f"{'all, by words':<42}{by:<18}{words:>7}{found:>8.4f}{marks:>8.4f}")
    print("\nbytes, seconds, MB/s")
    rng = random.Random(1)
    for kind in (None, "utf8 as cp1252", "TCVN3", "? tight"):
        text = "\n".join(KINDS[kind](line, rng) if kind else line for line in lines)
        for size, seconds in growth(text, largest // 10 if kind == "? tight" else largest):
            print(f"{kind or 'clean':<16}{size:>10}{seconds:>10.4f}{size / seconds / 1e6:>8.2f}", flush=True)
    return 0


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench repair", description=__doc__)
    parser.add_argument("--sentences", type=int, default=60, help="per kind and source")
    parser.add_argument("--clean", type=int, default=2000, help="clean lines for the harm count")
    parser.add_argument("--kind", action="append", help="only these kinds")
    parser.add_argument("--examples", type=int, default=0, help="show so many wrong sentences of each kind")
    parser.add_argument("--files", action="store_true", help="real files with truth, and growth with length")
    parser.add_argument("--largest", type=int, default=10_000_000, help="bytes of the longest text (lossy: a tenth)")
    parser.add_argument(
        "--ocr", type=int, default=0, metavar="PAGES", help="draw so many pages, read them by Tesseract"
    )
    options = parser.parse_args(argv)
    if not CORPORA.exists():
        print("The texts to measure on are not here (../shared/corpora).", file=sys.stderr)
        return 1
    rng = random.Random(11)
    texts = CORPORA / "text"
    legal = sentences(texts / "legal_public_domain.txt.xz", 4 * options.clean, rng)
    wiki = sentences(texts / "viwiki_cc_by_sa.txt.xz", 4 * options.clean, rng)
    school = sentences(texts / "dev_university_regulations.txt", 10_000, rng)
    if options.files:
        return files(legal + wiki, options.largest)
    if options.ocr:
        mixed = [line for pair in zip(legal, school, strict=False) for line in pair]
        print("syllables wrong: before, after, of")
        for label, before, after, total in ocr(mixed, options.ocr):
            print(f"{label:<36}{before:>6}{after:>6}{total:>8}", flush=True)
        return 0
    n = options.sentences
    lines = legal[:n] + school[:n]
    repair("Gi?o d?c")  # load everything once
    print(f"{len(lines)} administrative sentences (law, university regulations), one by one\n")
    if "viparse" not in peers():
        print("viparse is not measured: pip install --target DIR --no-deps viparse, then PYTHONPATH=DIR\n")
    print(f"{'kind':<28}{''.join(f'{name:>15}' for name in peers())}{'kchar/s':>9}   exact/syllables")
    for kind in options.kind or KINDS:
        m = measure(lines, kind)
        cells = "".join(f"{m[f'{w} exact']:>8.3f}/{m[f'{w} syllables']:.4f}" for w in peers())
        print(f"{kind:<28}{cells}{m['kchar/s']:>9.0f}", flush=True)
        if options.examples:
            examples(lines, kind, options.examples)
    if options.kind:
        return 0
    print("\nreal files: ours, ftfy, nothing")
    for name, ours, theirs, none in real_files():
        print(f"{name:<44}{ours:>8.3f}{theirs:>8.3f}{none:>8.3f}")
    clean = legal[n : n + options.clean] + school[n:] + wiki[: options.clean]
    spoilt = harm(clean)
    print(f"\nclean lines changed: {len(spoilt)} of {len(clean)}")
    for before, after in spoilt[:10]:
        print("   ", before[:90], "→", after[:90])
    print("\nconfidence: τ, share of changes below, share of wrong changes below")
    for tau, below, caught in confidence(lines[: 2 * n], ("? tight", "best-fit cp1252", "dropped letters")):
        print(f"    {tau:<6} {below:.4f} {caught:.3f}")
    print("\nspeed, MB/s and ratio to ftfy")
    for label, speed, ratio in throughput((legal + wiki)[: 3 * options.clean]):
        print(f"    {label:<16}{speed:>7.2f}{ratio:>7.2f}")
    print(f"\nplans replay: {all(apply_plan(s, repair(s).plan) == repair(s).text for s in lines)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

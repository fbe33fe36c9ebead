"""How well damaged Vietnamese is repaired: ours beside ftfy, viparse and doing nothing, on text not trained on.

The text is that of `benchmarks.repair_text`, its test half unless told otherwise; each kind of damage is made by
`benchmarks.damage` and repaired unlabelled, line by line. Syllables are compared without case and tone placement,
sentences exactly. Also: short lines, real files with truth, harm on clean text and on other languages, the worth of the
confidence, and speed.
"""

from __future__ import annotations

import argparse
import difflib
import importlib.util
import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterable, Mapping

import ftfy

from benchmarks.damage import KINDS
from benchmarks.repair_text import CORPORA, LAW, WIKI, clean_lines, fresh, other_lines, sentences, short_lines
from normalizers import Hints, Run, apply_plan, repair, repair_document
from normalizers.syllables import canonical

WORD = re.compile(r"[^\W_]+")
TOKEN = re.compile(r"[^\W_]+|[^\w\s]")
SHORT_KINDS = (
    "utf8 as cp1252", "TCVN3", "VNI", "VISCII", "converted as VNI", "? tight", "? spaced", "U+FFFD", "best-fit cp1252",
    "dropped letters", "all marks stripped",
)  # fmt: skip
DOUBTFUL = ("? tight", "best-fit cp1252", "dropped letters")


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


def damaged(lines: Iterable[str], kind: str, seed: int = 5) -> list[tuple[str, str]]:
    """Each line as ``kind`` leaves it, and as it was."""
    rng = random.Random(seed)
    return [(KINDS[kind](line, rng), line) for line in lines]


def accuracy(fix: Callable[[str], str], pairs: list[tuple[str, str]]) -> tuple[float, float, float]:
    """Share of sentences exact, share of syllables right, thousand characters a second (processor time)."""
    began = time.process_time()
    fixed = [fix(harmed) for harmed, _ in pairs]
    spent = time.process_time() - began
    hits = [right(got, want) for got, (_, want) in zip(fixed, pairs, strict=True)]
    exact = sum(got == want for got, (_, want) in zip(fixed, pairs, strict=True)) / len(pairs)
    return exact, sum(h for h, _ in hits) / sum(n for _, n in hits), sum(len(d) for d, _ in pairs) / spent / 1000


def documents(lines: list[str], kind: str, size: int = 20) -> tuple[float, float]:
    """As `accuracy`, with ``size`` lines at a time as one document, whose other lines tell what happened."""
    exact = found = total = 0
    for at in range(0, len(lines), size):
        pairs = damaged(lines[at : at + size], kind)
        got = repair("\n".join(d for d, _ in pairs)).text.split("\n")
        for line, (_, want) in zip(got, pairs, strict=True):
            hits, n = right(line, want)
            exact, found, total = exact + (line == want), found + hits, total + n
    return exact / len(lines), found / total


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


def confidence(lines: list[str], kinds: Iterable[str]) -> tuple[list[tuple[float, float, float]], int, int]:
    """(τ, share of changes below τ, share of all wrong changes that they hold), how many changes, how many wrong."""
    points: list[tuple[float, bool]] = []
    for kind in kinds:
        for harmed, line in damaged(lines, kind, 3):
            fixed = repair(harmed)
            got, truth = fixed.text.split(" "), line.split(" ")
            if len(got) != len(truth):
                continue
            shift = 0
            for change in fixed.plan:
                start = change.start + shift
                shift += len(change.replacement) - len(change.original)
                if change.kind != "run_spacing" and change.replacement.strip():
                    at = fixed.text[:start].count(" ") + change.replacement.startswith(" ")
                    points.append((change.confidence, tokens(got[at]) != tokens(truth[at])))
    points.sort()
    wrong = sum(bad for _, bad in points)
    curve = []
    for tau in (0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999):
        below = [bad for c, bad in points if c < tau]
        curve.append((tau, len(below) / max(1, len(points)), sum(below) / max(1, wrong)))
    return curve, len(points), wrong


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


def kinds_table(text: Mapping[str, list[str]], kinds: Iterable[str], shown: int) -> None:
    """Print the table of kinds: laws and regulations with the peers, reports and the speed of ours."""
    official, reports = [*text["law"], *text["regulations"]], text["reports"]
    print(
        f"{len(official)} sentences of laws and regulations, {len(reports)} of reports, one by one; exact/syllables\n"
    )
    others = {name: fix for name, fix in peers().items() if name != "ours"}
    print(f"{'kind':<28}{'ours':>14}{'in reports':>14}{''.join(f'{name:>14}' for name in others)}{'kchar/s':>9}")
    for kind in kinds:
        pairs = damaged(official, kind)
        exact, syllables, speed = accuracy(peers()["ours"], pairs)
        cells = [(exact, syllables), accuracy(peers()["ours"], damaged(reports, kind))[:2]]
        cells += [accuracy(fix, pairs)[:2] for fix in others.values()]
        print(f"{kind:<28}{''.join(f'{e:>7.3f}/{s:.4f}' for e, s in cells)}{speed:>9.0f}", flush=True)
        if shown:
            examples([*official, *reports], kind, shown)


def short_table(text: Mapping[str, list[str]], kinds: Iterable[str]) -> None:
    """Print how headings and cells fare, each alone and twenty together."""
    lines = [line for group in text.values() for line in group]
    print(f"\n{len(lines)} headings and cells of 2 to 8 words: each alone, twenty as one document; exact/syllables")
    for kind in kinds:
        alone, together = accuracy(peers()["ours"], damaged(lines, kind)), documents(lines, kind)
        print(f"{kind:<28}{alone[0]:>7.3f}/{alone[1]:.4f}{together[0]:>7.3f}/{together[1]:.4f}", flush=True)


def harm_table(clean: int) -> None:
    """Print how many lines were changed that should not be."""
    lines = clean_lines(clean)
    spoilt = harm(lines)
    print(f"\nclean Vietnamese lines changed: {len(spoilt)} of {len(lines)}")
    for before, after in spoilt[:10]:
        print("   ", before[:90], "→", after[:90])
    others = other_lines()
    spoilt = harm(line for group in others.values() for line in group)
    count = sum(len(group) for group in others.values())
    print(
        f"lines of {len(others) - 2} other languages, invented lines and program text changed: {len(spoilt)} of {count}"
    )
    for before, after in spoilt[:10]:
        print("   ", before[:90], "→", after[:90])


def confidence_table(text: Mapping[str, list[str]]) -> None:
    """Print the curve that reviewers live by."""
    curve, changes, wrong = confidence([line for group in text.values() for line in group], DOUBTFUL)
    print(f"\nconfidence ({changes} changes, {wrong} wrong): τ, share of changes below, share of wrong changes below")
    for tau, below, caught in curve:
        print(f"    {tau:<6} {below:.4f} {caught:.3f}")


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench repair", description=__doc__)
    parser.add_argument("--sentences", type=int, default=80, help="per kind and source")
    parser.add_argument("--clean", type=int, default=10_500, help="clean lines for the harm count")
    parser.add_argument("--half", choices=("dev", "test"), default="test", help="which half of the text")
    parser.add_argument("--kind", action="append", help="only these kinds")
    parser.add_argument("--examples", type=int, default=0, help="show so many wrong sentences of each kind (dev half)")
    parser.add_argument("--only", choices=("kinds", "short", "harm", "confidence", "rest"), help="only this part")
    parser.add_argument("--files", action="store_true", help="real files with truth, and growth with length")
    parser.add_argument("--largest", type=int, default=10_000_000, help="bytes of the longest text (lossy: a tenth)")
    parser.add_argument(
        "--ocr", type=int, default=0, metavar="PAGES", help="draw so many pages, read them by Tesseract"
    )
    options = parser.parse_args(argv)
    if not CORPORA.exists():
        print("The texts to measure on are not here (../shared/corpora).", file=sys.stderr)
        return 1
    if options.files:
        return files([*fresh(LAW), *fresh(WIKI)], options.largest)
    if options.ocr:
        text = sentences(options.half, 1000)
        mixed = [line for pair in zip(text["law"], text["regulations"], strict=False) for line in pair]
        print("syllables wrong: before, after, of")
        for label, before, after, total in ocr(mixed, options.ocr):
            print(f"{label:<36}{before:>6}{after:>6}{total:>8}", flush=True)
        return 0
    text = sentences(options.half, options.sentences)
    repair("Gi?o d?c")  # load everything once
    if "viparse" not in peers():
        print("viparse is not measured: pip install --target DIR --no-deps viparse, then PYTHONPATH=DIR\n")
    parts = {
        "kinds": lambda: kinds_table(
            text, options.kind or KINDS, options.examples if options.half == "dev" else 0
        ),
        "short": lambda: short_table(short_lines(options.half, options.sentences), options.kind or SHORT_KINDS),
        "harm": lambda: harm_table(options.clean),
        "confidence": lambda: confidence_table(text),
        "rest": rest,
    }  # fmt: skip
    wanted = [options.only] if options.only else ["kinds"] if options.kind else list(parts)
    for name in wanted:
        parts[name]()
    return 0


def rest() -> None:
    """Print real files, speed on documents, and whether plans replay."""
    print("\nreal files: ours, ftfy, nothing")
    for name, ours, theirs, none in real_files():
        print(f"{name:<44}{ours:>8.3f}{theirs:>8.3f}{none:>8.3f}")
    print("\nspeed, MB/s and ratio to ftfy")
    lines = [*fresh(LAW)[:3000], *fresh(WIKI)[:1000]]
    for label, speed, ratio in throughput(lines):
        print(f"    {label:<16}{speed:>7.2f}{ratio:>7.2f}")
    replayed = [(s, repair(s)) for kind in DOUBTFUL for s, _ in damaged(lines[:50], kind)]
    print(f"\nplans replay: {all(apply_plan(s, r.plan) == r.text for s, r in replayed)}")


if __name__ == "__main__":
    raise SystemExit(main())

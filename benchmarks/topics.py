"""``./baocao bench topics``: how many difficulties get the cause, and proposals the addressee, that a person gave them.

The sentences are in ``topic_statements.yaml``, which says how its parts came about. Figures are printed; nothing passes
or fails.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from consolidation.lexicon import addressee, cause_sorter, lexicon, plain

SENTENCES = Path(__file__).with_name("topic_statements.yaml")
Labelled = list[tuple[str, str]]
"""(sentence, title of its cause or addressee; "" where there is none)"""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="baocao bench topics")
    parser.add_argument("--errors", help="list the sentences of this part (dev, test, fresh) that are sorted wrongly")
    options = parser.parse_args(arguments)
    print(f"{'part':<8}{'difficulties by cause':>24}{'proposals by addressee':>26}")
    for part in ("dev", "test", "fresh"):
        scores = []
        for kind in ("difficulties", "proposals"):
            sentences = labelled(kind, part)
            wrong = [(text, want, got) for text, want in sentences if (got := sorted_as(kind, text)) != want]
            right = len(sentences) - len(wrong)
            scores.append(f"{right}/{len(sentences)} = {right / len(sentences):.2f}" if sentences else "")
            if options.errors == part:
                print("\n".join(f"  {text}: {got or '—'}, not {want or '—'}" for text, want, got in wrong))
        print(f"{part:<8}{scores[0]:>24}{scores[1]:>26}")
    return 0


def labelled(kind: str, part: str) -> Labelled:
    """Sentences of ``kind`` (difficulties, proposals) in ``part`` (dev, test, fresh)."""
    titles = {one.id: one.title for one in (*lexicon().causes, *lexicon().addressees)}
    content: dict[str, dict[str, dict[str, list[str]]]] = msgspec.yaml.decode(SENTENCES.read_bytes())
    return [(text, titles.get(topic, "")) for topic, texts in content[kind].get(part, {}).items() for text in texts]


def sorted_as(kind: str, text: str) -> str:
    found = cause_sorter().best(plain(text)) if kind == "difficulties" else addressee(plain(text))
    return found or ""


if __name__ == "__main__":
    import sys

    sys.exit(main(sys.argv[1:]))

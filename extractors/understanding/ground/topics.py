"""What a heading or a paragraph without one speaks of: a small linear classifier in the spaCy pipeline.

Its labels are those of a campaign's ``examples.yaml``: columns, ``item.N``, points, and ``other``. It answers where
titles are not named in any words known; whoever asks must abstain below a threshold.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from extractors.understanding.ground.folding import STOP_WORDS, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

OTHER = "other"
KNOWN_ASIDE = 0.12  # of what no form asks
CLIP = 2.0  # greatest weight of one text, natural logarithm
_WRITTEN = re.compile(r"[^\W\d_]+")
_COMMON = STOP_WORDS - {"khi", "do", "duoc"}


class TopicModel(msgspec.Struct, frozen=True, kw_only=True):
    """Weights of a multinomial logistic regression, features × labels; the last row is the bias.

    ``weights`` are 16-bit floats; ``shares``: what each label is of the examples as they were weighed, sum one;
    ``digest``: SHA-256 of the examples they were trained from.
    """

    labels: tuple[str, ...]
    features: tuple[str, ...]
    weights: bytes
    shares: tuple[float, ...]
    digest: str


def features(text: str) -> list[str]:
    """Words and pairs of neighbouring words, without marks, and words as they are written; figures all read ``0``.

    Marks part words that would be one without them; text that lost its marks is still known by the others.
    """
    kept = ["0" if word.isdigit() else word for word in words(text) if word not in _COMMON]
    return [*kept, *(f"{a} {b}" for a, b in pairwise(kept)), *(f"^{word}" for word in _WRITTEN.findall(text.lower()))]


def vector(found: Sequence[str], known: dict[str, int]) -> tuple[list[int], float]:
    """Places of the known features and the value each has; unknown ones make all the others weigh less."""
    distinct = dict.fromkeys(found)
    at = [known[name] for name in distinct if name in known]
    return at, 1.0 / float(np.sqrt(len(distinct))) if distinct else 0.0


class _Topics:
    """The pipeline component: sets ``doc.cats`` to the probability of each label."""

    labels: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()

    def load(self, model: TopicModel) -> None:
        self.labels, self.shares = model.labels, model.shares
        self.known = {name: at for at, name in enumerate(model.features)}
        shape = (len(model.features) + 1, len(model.labels))
        self.weights: NDArray[Any] = np.frombuffer(model.weights, dtype="<f2").reshape(shape).astype("<f4")

    def __call__(self, doc: Doc) -> Doc:
        doc.cats = self.told(doc.text)
        return doc

    def told(self, text: str) -> dict[str, float]:
        at, value = vector(features(text), self.known)
        return self.cats(self.weights[-1] + value * self.weights[at].sum(axis=0))

    def cats(self, scores: NDArray[Any]) -> dict[str, float]:
        raised = np.exp(scores - scores.max())
        return dict(zip(self.labels, map(float, raised / raised.sum()), strict=True))


@Language.factory("baocao_topics")
def _component(nlp: Language, name: str) -> _Topics:  # noqa: ARG001 (what spaCy calls a factory with)
    return _Topics()


class Topics:
    """The classifier of one campaign; one that has no model knows nothing and always abstains."""

    def __init__(self, packed: bytes) -> None:
        nlp = spacy.blank("vi", config={"nlp": {"tokenizer": {"@tokenizers": "spacy.Tokenizer.v1"}}})
        self._known = bool(packed)
        self.labels: frozenset[str] = frozenset()
        self.usual: dict[str, float] = {}
        """Probability of each label for a text of no known word."""
        self.shares: dict[str, float] = {}
        """What each label is of the examples."""
        if packed:
            component: Any = nlp.add_pipe("baocao_topics")
            component.load(msgspec.msgpack.decode(packed, type=TopicModel))
            self.labels = frozenset(component.labels)
            self.usual = component.cats(component.weights[-1])
            self.shares = dict(zip(component.labels, component.shares, strict=True))
            self._component = component
        self.of = lru_cache(maxsize=2048)(self._of)
        self.speaks = lru_cache(maxsize=4096)(self._speaks)

    def _of(self, text: str) -> dict[str, float]:
        """Probability of each label for ``text``; empty when there is no model."""
        # by the component alone: it reads letters, and tokens that nobody looks at take as long as it does
        return self._component.told(text) if self._known and text.strip() else {}

    def _speaks(self, text: str) -> dict[str, float]:
        """Label → logarithm of how much more ``text`` speaks for it than a text of no known word."""
        told = self.of(text)
        # what it does not know it calls other; what it knows for other must still count
        usual = self.usual | {OTHER: min(self.usual.get(OTHER, 0.0), KNOWN_ASIDE)}
        return {
            label: max(-CLIP, min(CLIP, math.log(share / usual[label])))
            for label, share in told.items()
            if share > 0 and usual.get(label, 0.0) > 0
        }

"""How sure a restored word is: the lattice's posterior, tempered by how well the word fits what stands beside it.

The posterior of a model is too sure of what the model has never seen. The weights are those of a logistic regression on
39,857 changes (450 of them wrong) of the development half of `benchmarks.repair_text` under six kinds of loss.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from normalizers.language_model import Ids, LanguageModel

# Log odds of the posterior; nats that the word gains after its left neighbour, and its right neighbour after it; log
# probability of the word by itself; constant.
WEIGHTS = np.array([0.701, 0.248, 0.235, 0.346, 2.66])
SURE = 1e-4  # the posterior counts for no more than 1 - SURE
LEAST_GAIN, MOST_GAIN, RAREST = -4.0, 8.0, -14.0
Reals = npt.NDArray[np.float64]


def calibrated(posterior: Any, before: Ids, word: Ids, after: Ids, model: LanguageModel) -> Reals:
    """Probability that each ``word``, read between its neighbours with such a ``posterior``, is right."""
    p = np.clip(np.asarray(posterior, np.float64), SURE, 1 - SURE)
    left = model.bigram(before, word)[0] - model.unigram[word]
    right = model.bigram(word, after)[0] - model.unigram[after]
    gains = (np.clip(gain, LEAST_GAIN, MOST_GAIN) for gain in (left, right))
    own = np.clip(model.unigram[word], RAREST, 0.0)
    odds = np.stack([np.log(p / (1 - p)), *gains, own, np.ones(len(p))], axis=1) @ WEIGHTS
    sure: Reals = 1 / (1 + np.exp(-odds))
    return sure


__all__ = ["calibrated"]

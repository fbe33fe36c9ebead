"""A campaign whose classifiers were trained without the examples that a benchmark also reads.

Trained models are kept in the temporary folder of the machine, by what they were trained of and by what, so that a
second run with the same examples takes seconds.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

import campaigns
from campaigns.loader import CAMPAIGNS
from campaigns.model import Campaign
from extractors.understanding.ground import topic_training, topics
from extractors.understanding.ground.folding import fold


def plain(text: str) -> str:
    """The words of ``text``, folded, one blank between them."""
    return " ".join(re.findall(r"\w+", fold(text)))


def without(name: str, met: Callable[[str], bool]) -> tuple[Campaign, int]:
    """Campaign ``name``, its classifiers trained without examples that were met, and how many were left out.

    ``met`` is asked the `plain` words of each example; the campaign's own titles and aliases are always learnt.
    """
    campaign = campaigns.load(name)
    titled = (*campaign.columns, *campaign.items)
    titles = {plain(text) for one in titled for text in (one.title, *one.aliases)}
    models, left_out = {}, set()
    for kind, examples in topic_training.sets(CAMPAIGNS / name, campaign).items():
        found = {one for one in examples if plain(one[1]) not in titles and met(plain(one[1]))}
        left_out |= found
        kept = [one for one in examples if one not in found]
        models[kind] = _trained(kept, topic_training.DECAY[kind])
    return msgspec.structs.replace(campaign, **models), len(left_out)


def _trained(examples: Sequence[topic_training.Example], decay: float) -> bytes:
    by = [Path(str(module.__file__)).read_bytes() for module in (topic_training, topics)]
    key = hashlib.sha256(msgspec.msgpack.encode((list(examples), decay, by))).hexdigest()
    path = Path(tempfile.gettempdir()) / "baocao-held-out" / f"{key}.bin"
    if path.exists():
        return path.read_bytes()
    packed = msgspec.msgpack.encode(topic_training.train(examples, decay=decay))
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(packed)
    part.replace(path)
    return packed

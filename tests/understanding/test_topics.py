"""The classifier of headings and paragraphs: trained from the campaign's examples alone, the same every time."""

from __future__ import annotations

import re

import msgspec
import numpy as np
import pytest
from typer.testing import CliRunner

import campaigns
from benchmarks.gold import content
from campaigns.loader import CAMPAIGNS, CLASSIFIERS
from extractors.understanding.ground import topic_training
from extractors.understanding.ground.folding import fold
from extractors.understanding.ground.topics import TopicModel, Topics
from flows.cli import app

LETTER = "2542-SGDDT-GDTrH"
FOLDER = CAMPAIGNS / LETTER


def held(name: str) -> TopicModel:
    return msgspec.msgpack.decode((FOLDER / name).read_bytes(), type=TopicModel)


def weights(model: TopicModel) -> np.ndarray:
    return np.frombuffer(model.weights, dtype="<f2").astype("f4")


@pytest.mark.slow
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_the_examples_give_the_classifier_that_is_shipped(name: str):
    data = topic_training.sets(FOLDER, campaigns.load(LETTER))[name]
    trained = topic_training.train(data, topic_training.digest(FOLDER, name), topic_training.DECAY[name])
    shipped = held(f"{name}.bin")
    assert (trained.labels, trained.features, trained.digest) == (shipped.labels, shipped.features, shipped.digest)
    # another processor may add in another order, which moves a weight by its last bit
    assert np.allclose(weights(trained), weights(shipped), rtol=2e-3, atol=2e-3)


def test_the_same_examples_give_the_same_bytes():
    campaign = campaigns.load(LETTER)
    few = topic_training.examples(FOLDER / "examples.yaml", campaign)[::5]
    assert topic_training.train(few) == topic_training.train(few)


def test_no_example_is_taken_from_a_gold_report():
    """Examples that stand word for word in reports that judge would teach the answers."""
    told = [text for texts in topic_training.written(FOLDER / "examples.yaml").values() for text in texts]
    # shorter ones are titles that anybody writes
    long = {plain(text) for text in told if len(plain(text).split()) >= 7}
    for half in content.HALVES:
        said = {
            plain(sentence)
            for gold in content.load_all(half)
            for text in gold.own
            for sentence in re.split(r"(?<=[.;:])\s+|\n", text)
        }
        assert not long & said


def plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))


def test_it_knows_a_heading_in_other_words_and_says_when_it_does_not():
    topics = Topics((FOLDER / "topics.bin").read_bytes())
    sure = topics.of("Tiền bạc đã chi cho đề án")
    assert max(sure, key=lambda label: sure[label]) == "funding"
    unsure = topics.of("Zyx uvw")
    assert max(value for label, value in unsure.items() if label != "other") < 0.5
    assert Topics(b"").of("Kinh phí") == {}


def test_the_command_names_a_campaign_without_examples():
    result = CliRunner().invoke(app, ["train-topics", "--campaign", "vi-du-an-toan-truong-hoc"])
    assert result.exit_code == 2
    assert "examples.yaml" in result.stderr


def test_an_unknown_label_is_named(tmp_path):
    path = tmp_path / "examples.yaml"
    path.write_text("nonsense: {headings: [Một, Hai]}\n", encoding="utf-8")
    with pytest.raises(topic_training.BadExamples, match="nonsense"):
        topic_training.examples(path, campaigns.load(LETTER))


def test_nobodys_points_are_told_from_no_paragraph():
    from extractors.understanding.form import Form
    from extractors.understanding.narrative.point_topics import PointTopics

    topics = PointTopics(Form(campaigns.load(LETTER)), ())
    assert topics.best("Đề nghị cấp thêm kinh phí", under="Thiếu máy tính") == (None, 0.0)

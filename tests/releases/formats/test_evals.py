"""Scores keep their text, their place and how they were measured."""

from __future__ import annotations

import pytest

from hfsemver.core.errors import FormatError
from hfsemver.releases.formats.card import read_card
from hfsemver.releases.formats.evals import EvalScore, read_evals

CARD = """---
model-index:
- name: small
  results:
  - task:
      type: automatic-speech-recognition
      name: Speech recognition
    dataset:
      type: common_voice
      name: Common Voice (French)
      config: fr
      split: test
      revision: 5503434d
      args: {language: fr}
    metrics:
    - type: wer
      value: 20.90
      name: Test WER
      args: {max_order: 4}
    - {type: cer, value: 5e-2, verified: true}
    source: {name: Board, url: "https://example.org/board"}
---
"""
FILE = b"""- dataset: {id: cais/hle, task_id: default, revision: abc}
  value: 20.90
  date: '2025-01-15'
  source: {url: https://example.org/log, name: log}
  notes: no tools
- dataset: {id: cais/hle, task_id: other}
  value: .inf
"""


def scores(card: str | None, files: dict[str, bytes] | None = None) -> tuple[EvalScore, ...]:
    held = files or {}
    front = None if card is None else read_card(card.encode(), "README.md")
    return read_evals(lambda path, _limit: held.get(path), tuple(sorted(held)), front)


def test_the_model_index_gives_one_score_for_each_metric() -> None:
    """Task, dataset, metric and setup come along; numbers are not converted."""
    first, second = scores(CARD)

    assert first == EvalScore(
        file="README.md",
        pointer="model-index[0].results[0].metrics[0].value",
        task="automatic-speech-recognition",
        dataset="common_voice",
        metric="wer",
        value="20.90",
        config="fr",
        split="test",
        revision="5503434d",
        setup=(("dataset.args.language", "fr"), ("metric.args.max_order", "4")),
        source="https://example.org/board",
    )
    assert (second.metric, second.value, second.verified) == ("cer", "5e-2", "true")


def test_the_folder_gives_one_score_for_each_entry() -> None:
    """The newer format names the benchmark and has no metric."""
    first, second = scores(
        None, {".eval_results/hle.yaml": FILE, "eval_results/x.yaml": b"]", ".eval_results/a.md": b"]"}
    )

    assert first == EvalScore(
        file=".eval_results/hle.yaml",
        pointer="[0].value",
        task="default",
        dataset="cais/hle",
        metric="",
        value="20.90",
        revision="abc",
        setup=(("notes", "no tools"),),
        date="2025-01-15",
        source="https://example.org/log",
    )
    assert second.value == ".inf"


@pytest.mark.parametrize(
    "front",
    ["license: mit", "model-index:", "model-index: []", "model-index:\n- name: x", "model-index:\n- results: []",
     "model-index:\n- results:\n  - task: {type: a}\n    metrics: []", "model-index:\n- results:\n  - metrics:\n    - type: wer"],
)  # fmt: skip
def test_a_card_without_scores_has_none(front: str) -> None:
    """Trainers write empty shells."""
    assert scores(f"---\n{front}\n---\n") == ()


def test_a_nested_value_gives_a_score_for_each_part() -> None:
    """Some cards write a mapping where a number belongs."""
    card = (
        "---\nmodel-index:\n- results:\n  - task: asr\n    metrics:\n    - {type: f1, value: {a: 1, b: [2, 3]}}\n---\n"
    )

    expected = [("asr", "f1.a", "1"), ("asr", "f1.b[0]", "2"), ("asr", "f1.b[1]", "3")]

    assert [(s.task, s.metric, s.value) for s in scores(card)] == expected


@pytest.mark.parametrize(
    ("front", "place"),
    [
        ("model-index: text", "model-index[0]"),
        ("model-index:\n- results: [a]", "model-index[0].results[0]"),
        ("model-index:\n- results:\n  - task: []\n", "model-index[0].results[0].task"),
        ("model-index:\n- results:\n  - metrics: [1]\n", "model-index[0].results[0].metrics[0]"),
    ],
)
def test_another_shape_is_an_error_with_its_place(front: str, place: str) -> None:
    """Scores that cannot be read are never no scores."""
    with pytest.raises(FormatError) as caught:
        scores(f"---\n{front}\n---\n")

    assert f"README.md: {place}: " in str(caught.value)


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"a: b\n", "is no list"),
        (b"- a\n", "[0]"),
        (b"- value: 1\n", "[0].dataset"),
        (b"- dataset: {id: a, task_id: b}\n", "[0].value"),
        (b"- dataset: {id: a}\n  value: 1\n", "[0].dataset.task_id"),
        (b"- dataset: {id: a, task_id: b}\n  value: [1]\n", "[0].value"),
        (b"- \xff\n", "UTF-8"),
        (b"- [\n", "not YAML"),
    ],
)
def test_an_entry_of_the_folder_without_a_part_is_an_error(data: bytes, place: str) -> None:
    """The Hub requires dataset, task and value."""
    with pytest.raises(FormatError) as caught:
        scores(None, {".eval_results/x.yaml": data})

    assert str(caught.value).startswith(".eval_results/x.yaml: ")
    assert place in str(caught.value)

"""Front matter that the Hub or its client refuses, with the client itself as the judge of what it can read."""

from __future__ import annotations

import csv
import gzip
import sys
from pathlib import Path

import pytest
from huggingface_hub import ModelCard

from hfsemver.core.errors import FormatError
from hfsemver.diff.card.metadata import metadata_faults
from hfsemver.releases.formats.card import read_card

TREES = Path(__file__).parents[4] / "shared" / "data" / "lineage" / "hf-model-trees"
TASK = "{type: text-generation}"
DATA = "{type: acme/test, name: Test}"
METRICS = "[{type: accuracy, value: 0.9}]"


def index(task: str = TASK, data: str = DATA, metrics: str = METRICS, name: str = "name: one") -> str:
    return f"model-index:\n- {name}\n  results:\n  - task: {task}\n    dataset: {data}\n    metrics: {metrics}\n"


def card(front: str) -> str:
    return f"---\nlicense: mit\n{front}---\n# Card\n"


def places(front: str) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.problem) for fault in metadata_faults(read_card(card(front).encode(), "README.md"))]


AT = "model-index[0].results[0]"


@pytest.mark.parametrize(
    ("front", "told"),
    [
        (index(name="x: one"), ("model-index[0]", "has no name")),
        (index(task="{name: Text}"), (f"{AT}.task", "has no type")),
        (index(task="text-generation"), (f"{AT}.task", 'is "text-generation"')),
        (index(data="{name: Test}"), (f"{AT}.dataset", "has no type")),
        (index(data="{}"), (f"{AT}.dataset", "has no type and name")),
        (index(metrics="[{type: accuracy}]"), (f"{AT}.metrics[0]", "has no value")),
        ("model-index:\n- name: one\n  results:\n  - task: {type: x}\n", (AT, "has no dataset and metrics")),
        ("eval_results: [0.9]\n", ("eval_results", "is a field of the client itself")),
    ],
)
def test_what_the_client_cannot_read_is_told(front: str, told: tuple[str, str]) -> None:
    """The client of the Hub raises for the very same text."""
    assert [told] == places(front)
    with pytest.raises(ValueError, match=r"Invalid `model_index`|Failed to validate eval_results"):
        ModelCard(card(front))


@pytest.mark.parametrize(
    "front",
    [
        "",
        index(),
        index(metrics="[]"),
        index(data="{type: glue, name: GLUE, config: mrpc, split: test, args: {a: 1}}"),
        "model-index:\n- name: one\n  results: []\n",
        "model-index:\n",
        "language: [en, zho, code, multilingual]\ntags: one\ndatasets: [a/b]\nmetrics: [wer]\nbase_model: a/b\n",
        "language: no\nthumbnail: https://example.org/x.png\nwidget:\n- text: hello\ninference: {parameters: {a: 1}}\n",
        "co2_eq_emissions: {emissions: 5}\nextra_gated_fields: {Name: text}\nanything: [{at: all}]\n",
    ],
)
def test_what_the_client_reads_is_silent(front: str) -> None:
    """Fields of one's own and lists that grow are nobody's fault."""
    assert [] == places(front)
    assert ModelCard(card(front)).data.get("license") == "mit"


@pytest.mark.parametrize(
    ("front", "told"),
    [
        ("language: English\n", ("language", "names English")),
        ("language: [en, zh-CN]\n", ("language", "names zh-CN")),
        ("pipeline_tag: [a, b]\n", ("pipeline_tag", "is a list")),
        ("library_name: {a: b}\n", ("library_name", "is a mapping")),
        ("datasets:\n- wikitext: en\n", ("datasets[0]", "is a mapping")),
        ("tags: [[a]]\n", ("tags[0]", "is a list")),
        (index(data='{type: " ", name: Test}'), (f"{AT}.dataset.type", '" " is no identifier of a data set')),
        ('language: "\\e[31m"\n', ("language", "names \\x1b[31m")),
    ],
)
def test_what_the_hub_refuses_is_told(front: str, told: tuple[str, str]) -> None:
    """Its own messages ask for text, for codes and for identifiers."""
    assert [told] == places(front)


@pytest.mark.data
@pytest.mark.skipif(not TREES.is_dir(), reason="the real cards are not here")
def test_real_cards_are_silent() -> None:
    """Whatever the Hub holds passed its own examination."""
    csv.field_size_limit(sys.maxsize)
    seen, told = 0, {}
    for path in sorted(TREES.glob("*.gz")):
        with gzip.open(path, "rt", newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                text = row.get("card") or ""
                if not text.strip():
                    continue
                seen += 1
                try:
                    faults = metadata_faults(read_card(text.encode(), "README.md"))
                except FormatError:
                    continue
                if faults:
                    told[row["model_id"]] = faults

    assert seen > 800
    assert told == {}

"""A file that nothing opens is never passed over in silence, and one that nobody loads makes no noise."""

from __future__ import annotations

import pytest

from hfsemver.diff.files.files import ANY_SIZE, SMALL, compare_files
from hfsemver.diff.files.subjects import Subject
from hfsemver.diff.files.unread import unread_files
from tests.builders import release

CONFIG: dict[str, object] = {"config.json": {"model_type": "bert"}, "model.safetensors": {"a": "F32[2]"}}


def told(old: dict[str, object], new: dict[str, object], limit: int = ANY_SIZE) -> list[tuple[Subject, str]]:
    files = compare_files(release({**CONFIG, **old}), release({**CONFIG, **new}))
    return [(change.subject, change.words.partition(",")[0]) for change in unread_files(files, limit)]


@pytest.mark.parametrize(
    ("path", "subject"),
    [
        ("model.litertlm", Subject.FORMATS),
        ("inference.pdparams", Subject.FORMATS),
        ("embeddings.npy", Subject.FORMATS),
        ("params.json", Subject.SETTINGS),
        ("model/config.json", Subject.SETTINGS),
        ("sub/tokenizer_config.json", Subject.SETTINGS),
        ("USE_POLICY.md", Subject.TERMS),
        ("selected_tags.csv", Subject.SETTINGS),
        ("labels.tsv", Subject.SETTINGS),
        ("entities.parquet", Subject.SETTINGS),
    ],
)
def test_an_unread_file_that_changed_or_went_is_told(path: str, subject: Subject) -> None:
    """A format of another runtime, a configuration where no loader of ours looks, terms beside the licence."""
    assert [(subject, f"{path} changed")] == told({path: b"one"}, {path: b"two"})
    assert [(subject, f"{path} is gone")] == told({path: b"one"}, {})
    assert [] == told({path: b"one"}, {path: b"one"})


def test_a_new_file_breaks_nobody_unless_it_holds_terms() -> None:
    """What nobody could ask for before is missed by nobody; a use policy binds from the day it lies there."""
    assert [] == told({}, {"model.litertlm": b"one"})
    assert [(Subject.TERMS, "USE_POLICY.md is new")] == told({}, {"USE_POLICY.md": b"one"})


@pytest.mark.parametrize(
    "path",
    [
        "README.md", "LICENSE", "docs/usage.md", "image.png", ".gitattributes", "trainer_state.json", "all_results.json",
        "training_args.bin", "optimizer.pt", "runs/x/events.out.tfevents.1", "checkpoint-5/config.json", "sample.wav",
        "requirements.txt", "config.json", "tokenizer.json", "tokenizer/vocab.json", "merges.txt", "model.gguf",
        "modules.json", "1_Pooling/config.json", "chat_template.jinja", ".eval_results/a.yaml", ".hfsemver.yaml",
        "samples.csv", "eval_results.csv", "similarity_evaluation_sts-dev_results.csv", "train.jsonl", "emissions.csv",
        "all-train-00000-of-00001.parquet", "data/labels.csv", "eval/binary_classification.csv", "loss_history.tsv",
    ],
)  # fmt: skip
def test_what_has_a_rule_or_no_reader_is_not_told(path: str) -> None:
    """Rules and skips of their own speak for these, and nobody loads the others."""
    assert [] == told({path: b"{}"}, {path: b"[]"})


def test_a_part_of_a_pipeline_is_read() -> None:
    """The index names it, so its configuration is compared."""
    index = {"model_index.json": {"unet": ["diffusers", "UNet2DConditionModel"]}}

    assert [] == told({**index, "unet/config.json": {"a": 1}}, {**index, "unet/config.json": {"a": 2}})


def test_what_may_have_changed_is_told_as_well() -> None:
    """A large file without a digest that may not be read is not known to be the same."""
    big = bytes(SMALL + 1)

    assert [(Subject.FORMATS, "a.npy may have changed")] == told({"a.npy": big}, {"a.npy": big}, SMALL)
    assert [] == told({"a.npy": big}, {"a.npy": big})

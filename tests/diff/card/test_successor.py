"""Newer models that cards name."""

from __future__ import annotations

import csv
import gzip
import sys
from pathlib import Path

import pytest

from hfsemver.core.errors import EvidenceMissing, FormatError
from hfsemver.diff.card.successor import dangling_successor
from tests.builders import release

TREES = Path(__file__).parents[4] / "shared" / "data" / "lineage" / "hf-model-trees"


def fault(front: str) -> str | None:
    found = dangling_successor(release({"README.md": f"---\n{front}\n---\nIt answers.\n"}))
    return None if found is None else found.problem


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ("new_version: a b", "no id"),
        ("new_version: hf://acme/two", "no id"),
        ("new_version: /data/two", "no id"),
        ("new_version: 'acme/two/three'", "no id"),
        ("new_version: acme/one\nbase_model: [acme/zero, https://huggingface.co/Acme/One]", "the older one"),
        ("new_version: bert-base-uncased\nbase_model: google-bert/bert-base-uncased", "the older one"),
    ],
)
def test_what_can_be_no_newer_model_is_told(front: str, said: str) -> None:
    """In whatever spelling the Hub leads to the same place."""
    assert said in (fault(front) or "")


@pytest.mark.parametrize("front", ["license: mit", "new_version:", "new_version: []", "new_version: {a: b}"])
def test_a_card_without_one_is_silent(front: str) -> None:
    """A list and a mapping are faults of the front matter."""
    assert fault(front) is None


def test_what_only_the_hub_knows_is_no_pass() -> None:
    """Nothing is known here of a model that is merely named."""
    with pytest.raises(EvidenceMissing, match="acme/two under new_version is there and newer"):
        fault("new_version: acme/two\nbase_model: acme/one")


@pytest.mark.data
@pytest.mark.skipif(not TREES.is_dir(), reason="the real cards are not here")
def test_two_of_three_real_cards_name_their_own_base() -> None:
    """Each of them sends its readers to the model that it was made from."""
    csv.field_size_limit(sys.maxsize)
    told = asked = 0
    for path in sorted(TREES.glob("*.gz")):
        with gzip.open(path, "rt", newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                try:
                    told += dangling_successor(release({"README.md": row.get("card") or ""})) is not None
                except EvidenceMissing:
                    asked += 1
                except FormatError:
                    continue

    assert (told, asked) == (109, 57)

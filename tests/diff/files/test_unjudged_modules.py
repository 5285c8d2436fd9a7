"""``modules.json`` of sentence-transformers is an array, the one such file that is looked at."""

from __future__ import annotations

from hfsemver.diff.files.unjudged import unjudged
from hfsemver.diff.release import ReleaseDiff
from tests.builders import release


def test_an_array_that_changed_is_told_and_ends_nothing() -> None:
    """Every library version writes the types of the modules anew."""
    old = {"modules.json": [{"idx": 0, "type": "sentence_transformers.models.Transformer"}]}
    new = {"modules.json": [{"idx": 0, "type": "sentence_transformers.base.modules.Transformer"}]}
    diff = ReleaseDiff(baseline=release(old), current=release(new))

    assert ["embedding-head-changed"] == [skip.rule for skip in unjudged(diff.files)]

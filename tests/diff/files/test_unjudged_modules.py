"""``modules.json`` of sentence-transformers is an array, the one such file that is looked at."""

from __future__ import annotations

from hfsemver.diff.files.subjects import Subject
from hfsemver.diff.release import compare
from tests.builders import release


def test_an_array_that_changed_is_told_and_ends_nothing() -> None:
    """Every library version writes the types of the modules anew."""
    old = {"modules.json": [{"idx": 0, "type": "sentence_transformers.models.Transformer"}]}
    new = {"modules.json": [{"idx": 0, "type": "sentence_transformers.base.modules.Transformer"}]}
    diff = compare(baseline=release(old), current=release(new))

    assert [Subject.EMBEDDING_HEAD] == [change.subject for change in diff.unjudged]

"""What a skip says of a change that no rule reads: the evidence gives the facts, the rules the rest of the sentence."""

from __future__ import annotations

import pytest

from hfsemver.diff.release import compare
from hfsemver.rules.unjudged import unjudged
from tests.builders import release


@pytest.mark.parametrize(
    ("path", "rule", "became", "why"),
    [
        ("merges.txt", "tokenization-changed", "changed, and nothing here opens such a tokenizer", ""),
        ("selected_tags.csv", "config-value-changed", "changed", ", and nothing here reads such a file"),
    ],
)
def test_a_skip_names_the_file_and_says_why_nobody_judged_it(path: str, rule: str, became: str, why: str) -> None:
    """The evidence itself says nothing of rules."""
    diff = compare(release({path: b"#version: 0.2\na b\n"}), release({path: b"#version: 0.2\nb a\n"}))

    assert [(skip.rule, skip.reason) for skip in unjudged(diff)] == [(rule, f"{path} {became}{why}")]
    assert [change.words for change in diff.unjudged] == [f"{path} {became}"]

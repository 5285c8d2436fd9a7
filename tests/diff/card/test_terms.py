"""Terms that only words give: a change of them is told as not evaluated."""

from __future__ import annotations

import pytest

from hfsemver.core.claim import Claim
from hfsemver.diff.release import compare
from hfsemver.rules.unjudged import unjudged
from tests import builders

OWN = "license: other\nlicense_name: acme-1.0\n"


def told(old: str | None, new: str) -> list[tuple[str, str]]:
    """Return the skips about terms, each by its beginning."""
    baseline = None if old is None else builders.release({"README.md": f"---\n{old}\n---\n"})
    diff = compare(baseline, builders.release({"README.md": f"---\n{new}\n---\n"}))
    assert not [finding for finding in builders.judged(diff, Claim())[0] if finding.rule.startswith("license")]
    return [(skip.rule, skip.reason.partition(", ")[0]) for skip in unjudged(diff)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (OWN, f"{OWN}extra_gated_prompt: No commercial use.", "README.md: extra_gated_prompt is new"),
        (f"{OWN}extra_gated_fields: {{a: text}}", OWN, "README.md: extra_gated_fields is gone"),
        (
            f"{OWN}license_link: https://acme.example/v1",
            f"{OWN}license_link: https://acme.example/v2-noncommercial",
            "README.md: license_link changed",
        ),
    ],
)
def test_terms_in_words_of_their_own_are_told(old: str, new: str, expected: str) -> None:
    """Whoever agreed to the old ones did not agree to the new ones, and nothing here reads either."""
    assert [("license-tightened", expected)] == told(old, new)
    assert [] == told(old, old)
    assert [] == told(None, new)

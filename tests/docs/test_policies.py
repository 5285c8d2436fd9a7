"""Every policy that a page shows is one that hfsemver takes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hfsemver.policy.load import read_policy
from hfsemver.policy.policy import Policy
from hfsemver.releases.formats.bounded_yaml import load_document
from hfsemver.rules.catalogue import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
POLICY = re.compile(r"```yaml\n(# \.hfsemver\.yaml\n.*?)```", re.DOTALL)


def policies() -> Iterator[tuple[str, str]]:
    """Find every policy on a page."""
    for path in sorted((ROOT / "docs").rglob("*.md")):
        for block in POLICY.findall(path.read_text(encoding="utf-8")):
            yield path.relative_to(ROOT).as_posix(), block


@pytest.mark.parametrize(("page", "text"), list(policies()))
def test_a_policy_on_a_page_is_accepted(page: str, text: str) -> None:
    """No page shows a key, a rule, a level or a bump that does not exist, and each policy says something."""
    policy = read_policy(load_document(text, page), page, {rule.id for rule in catalogue()})

    assert policy != Policy()


def test_every_rule_shows_how_to_change_it() -> None:
    """The test above looks at the reference and at one policy for each rule."""
    pages = [page for page, _ in policies()]

    assert "docs/policy.md" in pages
    assert len(pages) > len(catalogue())

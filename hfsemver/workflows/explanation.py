"""``hfsemver explain``: one rule, or the nearest name for a misspelt one."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from hfsemver.core.errors import UsageError
from hfsemver.rules.catalogue import catalogue, find_rule

if TYPE_CHECKING:
    from hfsemver.rules.rule import Rule


def rule_named(rule_id: str) -> Rule[Any]:
    """Return the rule of that id. Raises ``UsageError`` whose hint names rules that are spelt like it."""
    rule = find_rule(rule_id)
    if rule is None:
        near = get_close_matches(rule_id, [rule.id for rule in catalogue()], n=3, cutoff=0.5)
        problem = f"there is no rule {rule_id[:100]!r}"
        raise UsageError(problem, hint=f"did you mean {' or '.join(near)}?" if near else "list all: hfsemver rules")
    return rule

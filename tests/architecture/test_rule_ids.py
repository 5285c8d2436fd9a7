"""An id of a rule is written once: by the rule itself, or in the one list of those that other floors have to know."""

from __future__ import annotations

import ast
from pathlib import Path

from hfsemver.core.rule_id import VERSION_RULES, RuleId
from hfsemver.rules.catalogue import catalogue, evidence_rules, version_rules

PACKAGE = Path(__file__).parents[2] / "hfsemver"
IDS = frozenset(rule.id for rule in catalogue())
# The list itself, the words of the rules, and the rules that are to come.
HOLDERS = {"core/rule_id.py", "rules/unjudged.py"}


def mentions(text: str) -> set[str]:
    """Return the ids that stand in a module as strings of their own; docstrings and longer texts are none."""
    return {node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant) and node.value in IDS}


def test_every_id_that_other_floors_know_is_one_of_a_rule() -> None:
    """A rule that took another name would go on being asked for under the old one, and explain nothing."""
    assert {rule.id for rule in catalogue()} >= {*RuleId}


def test_no_other_module_writes_an_id() -> None:
    """A misspelt id is a cause that never comes."""
    paths = [path.relative_to(PACKAGE).as_posix() for path in sorted(PACKAGE.rglob("*.py"))]
    strays = {
        path: found
        for path in paths
        if path not in HOLDERS
        and not path.startswith("rules/")
        and (found := mentions((PACKAGE / path).read_text("utf-8")))
    }

    assert not strays


def test_a_stray_would_be_seen() -> None:
    """The test above finds an id wherever it stands as a string."""
    assert {"weights-updated"} == mentions('if skip.rule == "weights-updated": ...')


def test_the_version_is_judged_by_the_rules_that_are_named_for_it() -> None:
    """The list that reports and hooks go by is the one that the engine runs, and no rule is in both stages."""
    number = {rule.id for rule in version_rules()} - {
        "baseline-unreachable",
        "card-version-mismatch",
        "policy-weakened",
        "prerelease-promotion-changed",
        "signature-mismatch",
    }

    assert number == VERSION_RULES
    assert not {rule.id for rule in version_rules()} & {rule.id for rule in evidence_rules()}
    # The others judge what is said of the version, which no other number mends.
    assert {rule.area for rule in version_rules()} == {"version", "card"}

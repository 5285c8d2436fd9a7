"""Find every rule module under this package: a new file is a new rule, there is no list to edit."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING, Any

from hfsemver import rules
from hfsemver.rules.rule import Rule, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.rules.case import VersionCase

_DEPTH = 3  # dots in hfsemver.rules.<area>.<rule>


def _modules() -> Iterator[str]:
    for info in walk_packages(rules.__path__, f"{rules.__name__}."):
        if not info.ispkg and info.name.count(".") == _DEPTH:
            yield info.name


@cache
def catalogue() -> tuple[Rule[Any], ...]:
    """Return all rules, sorted by id."""
    found = []
    for name in _modules():
        candidate = getattr(import_module(name), name.rpartition(".")[2])
        if not isinstance(candidate, Rule):
            message = f"{name} defines no rule of its own name"
            raise TypeError(message)
        found.append(candidate)
    return tuple(sorted(found, key=lambda rule: rule.id))


def evidence_rules() -> tuple[Rule[ReleaseDiff], ...]:
    """Return the rules about what differs, sorted by id."""
    return tuple(rule for rule in catalogue() if rule.stage is Stage.EVIDENCE)


def version_rules() -> tuple[Rule[VersionCase], ...]:
    """Return the rules that judge the declared version, once it is known what the evidence requires."""
    return tuple(rule for rule in catalogue() if rule.stage is Stage.VERDICT)


def last_rules() -> tuple[Rule[VersionCase], ...]:
    """Return the rules that judge the entries of the policy, once it is known what they were good for."""
    return tuple(rule for rule in catalogue() if rule.stage is Stage.LAST)


def find_rule(rule_id: str) -> Rule[Any] | None:
    """Return the rule of that id, or ``None``."""
    return next((rule for rule in catalogue() if rule.id == rule_id), None)

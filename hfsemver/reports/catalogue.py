"""The list of all rules, for people, for programs and for pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hfsemver.reports.agent import table
from hfsemver.reports.json_v1 import dumped
from hfsemver.reports.lines import count, page
from hfsemver.reports.report import Format

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hfsemver.rules.rule import Rule

SCHEMA_ID: Final = "hfsemver/rules/1"
_KEYS = ("id", "area", "bump", "level", "promise", "cost", "since", "summary", "why", "fix")


def render_rules(rules: Iterable[Rule[Any]], form: Format) -> str:
    """Return the rules in one format, in the order given."""
    rows = [_row(rule) for rule in rules]
    if form is Format.JSON:
        return dumped({"schema": SCHEMA_ID, "rules": rows})
    if form is Format.QUIET:
        return page(row["id"] for row in rows)
    if form is Format.AGENT:
        return page(table(_KEYS, (tuple(row.values()) for row in rows)))
    if form is Format.MARKDOWN:
        return page(_markdown(rows))
    return page((*_aligned(rows), "", f"{count(len(rows), 'rule')}; for one of them: hfsemver explain RULE"))


def _row(rule: Rule[Any]) -> dict[str, Any]:
    """Return what JSON says about a rule, keys in the order of the contract."""
    return {
        "id": rule.id,
        "area": rule.area,
        "bump": rule.bump_word,
        "level": rule.level.word,
        "promise": rule.promise.value,
        "cost": rule.cost.word,
        "since": rule.since,
        "summary": rule.summary,
        "why": rule.why,
        "fix": rule.fix,
    }


def _aligned(rows: Sequence[dict[str, Any]]) -> list[str]:
    keys = ("id", "bump", "level", "promise", "summary")
    listed = [
        ("RULE", "REQUIRES", "LEVEL", "PROMISE", "WHAT CHANGED"),
        *(tuple(row[key] for key in keys) for row in rows),
    ]
    widths = [max(len(row[column]) for row in listed) for column in range(len(keys) - 1)]
    return [
        "  ".join((*(cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=True)), row[-1]))
        for row in listed
    ]


def _markdown(rows: Iterable[dict[str, Any]]) -> list[str]:
    head = ["| Rule | Requires | Level | Promise | What changed |", "| --- | --- | --- | --- | --- |"]
    return head + [
        f"| `{row['id']}` | {row['bump']} | {row['level']} | {row['promise']} | {row['summary'].replace('``', '`')} |"
        for row in rows
    ]

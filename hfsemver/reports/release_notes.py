"""What a release says of itself to those who use it: who is affected and how, what was accepted, what nobody could judge, how to pin it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.core.promise import Promise
from hfsemver.core.rule_id import VERSION_RULES
from hfsemver.reports.figures import weights_line
from hfsemver.reports.lines import page
from hfsemver.reports.markup import md_accepted, md_code, md_fitting
from hfsemver.rules.catalogue import find_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.core.finding import Finding
    from hfsemver.core.report import Report

ROOM: Final = 30_000
"""Bytes that the findings take; an entry is for people, and the report has all of them."""
SHOWN: Final = 10
"""Places of one rule."""

# Who a broken promise meets, in the order of how hard.
WHO: Final = {
    Promise.LOAD: "Everybody who loads the model",
    Promise.INTERFACE: "Who builds its input or reads its output",
    Promise.DERIVED: "Who made something of it: adapters, merges, quantisations, stored vectors",
    Promise.BEHAVIOUR: "Who relies on what it answers",
    Promise.LEGAL: "Who has to keep to its licence",
    Promise.PROVENANCE: "Who follows its origin",
    Promise.CARD: "Who reads its card",
    Promise.RELEASE: "Who follows its versions",
}


def release_notes(report: Report, version: str, *, repo: str | None = None, said: tuple[str, ...] = ()) -> str:
    """Return the notes of the release ``version`` as Markdown without a heading of its own.

    ``said`` is what the publisher wrote about its changes, in Markdown, and stands first; ``repo`` is the name that the
    snippet for pinning loads from.
    """
    return page(_lines(report, version, repo, said))


def _lines(report: Report, version: str, repo: str | None, said: tuple[str, ...]) -> Iterator[str]:
    for text in said:
        yield from text.strip("\n").split("\n")
        yield ""
    yield from _affected(report)
    yield from _list("Accepted", [md_accepted(one) for one in report.accepted])
    yield from _list("Not evaluated", [f"{md_code(skip.rule)}: {md_code(skip.reason)}" for skip in report.skips])
    if report.weights is not None and report.weights.changed:
        yield f"Weights: {md_code(weights_line(report.weights))}"
        yield ""
    yield "Pin it:"
    yield ""
    yield "```python"
    yield f'AutoModel.from_pretrained("{repo or "org/name"}", revision="v{version}")'
    yield "```"


def _affected(report: Report) -> Iterator[str]:
    findings = [finding for finding in report.findings if finding.rule not in VERSION_RULES]
    if not findings:
        yield (
            "Nobody has to do anything: nothing that a version promises changed."
            if report.baseline
            else "The first release."
        )
        yield ""
        return
    groups: dict[Promise, list[Finding]] = {}
    for finding in findings:
        rule = find_rule(finding.rule)
        groups.setdefault(rule.promise if rule is not None else Promise.BEHAVIOUR, []).append(finding)
    parts = (tuple(_group(who, groups[promise])) for promise, who in WHO.items() if promise in groups)
    yield from md_fitting(parts, len(groups), ROOM, "more group")


def _group(who: str, findings: list[Finding]) -> Iterator[str]:
    yield f"### {who}"
    yield ""
    rules = dict.fromkeys(finding.rule for finding in findings)
    for rule in rules:
        places = [finding for finding in findings if finding.rule == rule]
        for one in places[:SHOWN]:
            yield f"- {md_code(one.message)} ({md_code(one.rule)}, {one.bump_word})"
        if len(places) > SHOWN:
            yield f"- and {len(places) - SHOWN} more of {md_code(rule)}"
    yield ""


def _list(title: str, entries: list[str]) -> Iterator[str]:
    if entries:
        yield f"### {title}"
        yield ""
        yield from (f"- {entry}" for entry in entries[:SHOWN])
        if len(entries) > SHOWN:
            yield f"- and {len(entries) - SHOWN} more"
        yield ""

"""The report as SARIF 2.1.0, which code scanning shows as alerts: one run, one result for each finding.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from hfsemver.core.about import __version__
from hfsemver.core.escape import clipped
from hfsemver.reports.advice import advice, requirement
from hfsemver.reports.answer import answer
from hfsemver.reports.json_v1 import dumped, judged
from hfsemver.reports.lines import count, plain
from hfsemver.reports.sarif_rules import sarif_rules, sarif_text
from hfsemver.reports.severity import Severity, ranked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.core.finding import Accepted, Finding
    from hfsemver.core.location import Location
    from hfsemver.core.report import Report

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
RESULTS: Final = 5_000
"""Results of one run that GitHub shows.

https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support
"""
LONGEST: Final = 1_000
"""Characters of a message or a witness; an upload may have ten megabytes, packed."""
ROOT: Final = "SRCROOT"
LEVELS: Mapping[Severity, str] = MappingProxyType(
    {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
)
_KINDS: Mapping[str, str] = MappingProxyType({"safetensors": "tensor", "json": "property", "yaml": "property"})


def render_sarif(report: Report) -> str:
    """Return one SARIF log as one line of ASCII, the most severe results first; what does not fit is counted."""
    rules = sarif_rules(_named(report))
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    results = list(_results(report, index))
    run = {
        "tool": {
            "driver": {"name": "hfsemver", "version": __version__, "semanticVersion": __version__, "rules": rules}
        },
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository that holds the release."}}},
        "invocations": [
            {
                # That a version is too small is a result. What could not be read leaves no report at all.
                "executionSuccessful": True,
                "toolExecutionNotifications": list(_notifications(report, index, len(results))),
            }
        ],
        "results": results[:RESULTS],
        "columnKind": "unicodeCodePoints",
        "properties": {**judged(report), "answer": answer(report)},
    }
    return dumped({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _named(report: Report) -> set[str]:
    findings = (*report.findings, *(one.finding for one in report.accepted))
    return {finding.rule for finding in findings} | {skip.rule for skip in report.skips}


def _results(report: Report, index: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for severity, finding in ranked(report):
        result = _result(finding, LEVELS[severity], report, index)
        # Either every result of a run says whether it is suppressed, or none does (3.27.23).
        yield {**result, "suppressions": []} if report.accepted else result
    for one in report.accepted:
        result = _result(one.finding, LEVELS[Severity.NOTE], report, index)
        yield {**result, "suppressions": [_suppression(one)]}


def _result(finding: Finding, level: str, report: Report, index: Mapping[str, int]) -> dict[str, Any]:
    asks = requirement(finding)
    sentences = [finding.message or finding.rule, f"{asks[:1].upper()}{asks[1:]}"]
    if finding.fix:
        sentences.append(f"Fix: {advice(finding, report)}")
    text = " ".join(f"{sentence.rstrip('.')}." for sentence in sentences)
    facts = {"baseline": finding.baseline, "current": finding.current, "witness": finding.witness}
    return {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": level,
        "message": {"text": sarif_text(plain(text), LONGEST)},
        "locations": [_location(finding.location)],
        "partialFingerprints": {
            "hfsemver/v1": finding.fingerprint,
            # The one key that GitHub goes by. It would hash the first line of the file instead, and take all findings
            # of a rule in that file for one.
            "primaryLocationLineHash": f"{finding.fingerprint}:1",
        },
        "properties": {
            "level": finding.level.word,
            "bump": finding.bump_word,
            **{name: clipped(text, LONGEST) for name, text in facts.items() if text},
        },
    }


def _location(location: Location) -> dict[str, Any]:
    """Return a place as GitHub needs it: it shows no result without a line, and a key or a tensor has none here."""
    placed: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": sarif_uri(location.file), "uriBaseId": ROOT},
            "region": {"startLine": 1},
        }
    }
    if location.pointer:
        named = {"fullyQualifiedName": clipped(location.pointer, LONGEST)}
        kind = _KINDS.get(location.file.rpartition(".")[2])
        placed["logicalLocations"] = [named if kind is None else {**named, "kind": kind}]
    return placed


def sarif_uri(path: str) -> str:
    """Return a path as a relative URI reference: no scheme, no host, no query, and nothing outside of ASCII.

    >>> sarif_uri("a b/c:d#1.json")
    'a%20b/c%3Ad%231.json'
    """
    uri = quote(path, safe="/", errors="backslashreplace")
    # Two slashes would begin the name of a host, and one a place outside of the repository.
    return f"%2F{uri[1:]}" if uri.startswith("/") else uri or "."


def _suppression(one: Accepted) -> dict[str, str]:
    until = f" (until {one.until})" if one.until else ""
    return {"kind": "external", "status": "accepted", "justification": clipped(f"{one.reason}{until}", LONGEST)}


def _notifications(report: Report, index: Mapping[str, int], results: int) -> Iterator[dict[str, Any]]:
    """Yield what was not evaluated, what did not fit, and the notes: an empty list of results is no all-clear."""
    for skip in report.skips:
        text = f"not evaluated: {skip.reason}"
        about = {"associatedRule": {"id": skip.rule, "index": index[skip.rule]}}
        yield {"level": "warning", "message": {"text": sarif_text(text, LONGEST)}, **about}
    if results > RESULTS:
        more = f"{count(results - RESULTS, 'more result')}, not shown: --format json lists all"
        yield {"level": "warning", "message": {"text": more}}
    for note in report.notes:
        yield {"level": "note", "message": {"text": sarif_text(note, LONGEST)}}

"""The report as JUnit XML, which CI servers list as tests: one case for each rule that has something to say.

The dialect is that of Jenkins, which GitLab and others read as well:
https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Final

from hfsemver.core.escape import printable
from hfsemver.reports.advice import advice, requirement
from hfsemver.reports.answer import answer
from hfsemver.reports.lines import block, count, page, plain, short
from hfsemver.reports.severity import Severity, ranked
from hfsemver.rules.catalogue import find_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hfsemver.core.finding import Finding
    from hfsemver.core.report import Report

PLACES: Final = 50
"""Places of one rule that its case lists."""
WITNESS_LINES: Final = 40
SUITE: Final = "hfsemver"
VERDICT: Final = "verdict"
"""The case that says whether the version is large enough: a file without any case counts as a failure to run tests."""
# What XML gives a meaning, and all that is not ASCII: an encoding that a log was stored in changes nothing then.
_NOT_PLAIN = re.compile(r"[^\x20-\x25\x27-\x3b\x3d\x3f-\x7e]|\"")
# No character reference may name these: https://www.w3.org/TR/xml/#charsets
_NO_CHARACTERS = re.compile("[\ufffe\uffff]")


def xml_text(text: str) -> str:
    r"""Return untrusted text on one line, for an element or an attribute of XML 1.0.

    >>> xml_text("a<b> & \x00 ]]>")
    'a&#60;b&#62; &#38; \\x00 ]]&#62;'
    """
    shown = _NO_CHARACTERS.sub(lambda none: f"\\u{ord(none[0]):04x}", printable(text))
    return _NOT_PLAIN.sub(lambda char: f"&#{ord(char[0])};", shown)


def render_junit(report: Report) -> str:
    """Return one suite. A case fails over what keeps the release from going out, and is skipped where nothing was seen.

    Rules that found nothing are not listed: a report does not say which of them a policy left out.
    """
    return page(_document(report))


def _document(report: Report) -> Iterator[str]:
    cases = [tuple(_verdict(report)), *_cases(report)]
    totals = {
        "tests": len(cases),
        "failures": sum(any(line.startswith("<failure") for line in case) for case in cases),
        "errors": 0,
    }
    skipped = sum(any(line.startswith("<skipped") for line in case) for case in cases)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield _open("testsuites", name=SUITE, **totals)
    yield _open("testsuite", name=SUITE, **totals, skipped=skipped)
    yield "<properties>"
    verdict = report.verdict
    for name, value in (
        ("required_bump", verdict.required.word),
        ("declared_version", verdict.declared_version),
        ("next_version", verdict.next_version),
        ("baseline", None if report.baseline is None else report.baseline.ref),
        ("current", report.current.ref),
    ):
        if value is not None:
            yield f"{_open('property', name=name, value=short(value))}</property>"
    yield "</properties>"
    yield from chain.from_iterable(cases)
    yield from _element("system-out", [*map(short, report.notes), answer(report)])
    yield "</testsuite>"
    yield "</testsuites>"


def _verdict(report: Report) -> Iterator[str]:
    yield _open("testcase", classname=SUITE, name=VERDICT)
    if not report.verdict.ok:
        yield from _element(
            "failure", [f"failing: {short(rule)}" for rule in report.verdict.failing], message=answer(report)
        )
    yield "</testcase>"


def _cases(report: Report) -> Iterator[tuple[str, ...]]:
    """Yield the case of each rule that has something to say, the most severe first."""
    found: dict[str, list[tuple[Severity, Finding]]] = {finding.rule: [] for _, finding in ranked(report)}
    for severity, finding in ranked(report):
        found[finding.rule].append((severity, finding))
    others = [*(skip.rule for skip in report.skips), *(one.finding.rule for one in report.accepted)]
    for rule in dict.fromkeys([*found, *others]):
        yield tuple(_case(rule, found.get(rule, []), report))


def _case(rule: str, found: Sequence[tuple[Severity, Finding]], report: Report) -> Iterator[str]:
    against = [finding for severity, finding in found if severity is Severity.ERROR]
    others = [finding for severity, finding in found if severity is not Severity.ERROR]
    unseen = [short(skip.reason) for skip in report.skips if skip.rule == rule]
    known = find_rule(rule)
    yield _open("testcase", classname=SUITE if known is None else f"{SUITE}.{known.area}", name=short(rule))
    if against:
        first = against[0]
        kind = f"{first.level.word} {first.bump_word}"
        yield from _element("failure", _told(against, report), message=short(first.message or rule), type=kind)
    elif unseen:
        yield from _element("skipped", unseen[1:], message=f"not evaluated: {unseen[0]}")
    yield from _element("system-out", [*_told(others, report), *_accepted(rule, report), *(unseen if against else ())])
    yield "</testcase>"


def _told(findings: Sequence[Finding], report: Report) -> Iterator[str]:
    for finding in findings[:PLACES]:
        yield f"{short(str(finding.location))}: {short(finding.message)}"
        sides = " -> ".join(short(side) or "-" for side in (finding.baseline, finding.current))
        if finding.baseline or finding.current:
            yield f"  {sides}"
        yield from (f"  | {line}" for line in block(finding.witness, limit=WITNESS_LINES) if finding.witness)
    if len(findings) > PLACES:
        yield f"... and {count(len(findings) - PLACES, 'more place')}: --format json lists all"
    if findings:
        first = findings[0]
        yield f"{first.level.word}: {requirement(first)}"
        yield from (f"why: {short(plain(text))}" for text in (first.why,) if text)
        yield from (f"fix: {short(text)}" for text in (advice(first, report),) if text)


def _accepted(rule: str, report: Report) -> Iterator[str]:
    for one in [one for one in report.accepted if one.finding.rule == rule][:PLACES]:
        until = f" (until {short(one.until)})" if one.until else ""
        yield f"accepted: {short(str(one.finding.location))}{until}: {short(one.reason)}"


def _open(tag: str, **attributes: str | int) -> str:
    given = (f' {name}="{xml_text(str(value))}"' for name, value in attributes.items())
    return f"<{tag}{''.join(given)}>"


def _element(tag: str, lines: Iterable[str], **attributes: str) -> Iterator[str]:
    """Yield an element line by line; nothing where it would have neither text nor attributes."""
    held = [xml_text(line) for line in lines]
    if held or attributes:
        first, *rest = held or [""]
        yield f"{_open(tag, **attributes)}{first}"
        yield from rest
        yield f"</{tag}>"

"""One rule explained at a terminal; the page under docs/rules says the same with more room."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hfsemver.reports.catalogue import render_rules
from hfsemver.reports.lines import between, page, plain, short
from hfsemver.reports.report import Format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.rules.rule import Example, Rule

_ABSENT = "(absent)"


def render_rule(rule: Rule[Any], form: Format) -> str:
    """Return one rule as text for people; the other formats are those of the list, with one rule in it."""
    return page(_lines(rule)) if form is Format.HUMAN else render_rules((rule,), form)


def _lines(rule: Rule[Any]) -> Iterator[str]:
    yield rule.id
    yield plain(rule.summary)
    yield ""
    more = between(rule.text)
    if more:
        yield from (*more, "")
    yield f"why: {plain(rule.why)}"
    yield f"fix: {plain(rule.fix)}"
    yield ""
    yield f"requires  {'no version number excuses it' if rule.bump is None else rule.bump_word}"
    yield f"level     {rule.level.word}"
    yield f"promise   {rule.promise}"
    yield f"reads     {rule.cost.word}"
    yield f"since     {rule.since}"
    if rule.mirror:
        yield f"mirror    {plain(rule.mirror)}"
    firing = [example for example in rule.examples if example.findings]
    silent = [example for example in rule.examples if not example.findings]
    for title, examples in (("It fires here:", firing), ("It stays silent here:", silent)):
        if examples:
            yield ""
            yield title
            yield from _example(examples[0])
    yield ""
    yield "To change what it does, in .hfsemver.yaml:"
    yield ""
    yield "rules:"
    yield f"  {rule.id}:"
    yield f"    level: {'warn' if rule.level.word == 'deny' else 'allow'}"


def _example(example: Example) -> Iterator[str]:
    """Yield what differs between the two sides, one line each: ``head: F32[8,4] -> (absent)``."""
    old, new = example.baseline, example.current
    if old is None:
        yield "  a first release"
        yield from (f"  {key}: {_said(new[key])}" for key in sorted(new))
    elif old == new:
        yield "  the two releases are equal"
    else:
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                yield f"  {key}: {_said(old.get(key, None))} -> {_said(new.get(key, None))}"
    if example.baseline_version or example.declared:
        yield f"  version: {example.baseline_version or '(none)'} -> {example.declared or '(none)'}"


def _said(value: object) -> str:
    if value is None:
        return _ABSENT
    if isinstance(value, bytes):
        return f"({len(value)} bytes)"
    if isinstance(value, str):
        return short(value.replace("\n", " / ").strip(" /"))
    return short(json.dumps(value, ensure_ascii=False, default=str))

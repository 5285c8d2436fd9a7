"""Rules as SARIF describes them: what a reader of an alert is told about its rule, from the docstring of the rule."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from hfsemver.core.escape import clipped
from hfsemver.core.finding import Level
from hfsemver.reports.lines import between, plain
from hfsemver.rules.catalogue import find_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hfsemver.rules.rule import Rule

LONGEST: Final = 1_000
"""Characters of a description; GitHub takes 1,024."""
LEVELS: Mapping[Level, str] = MappingProxyType({Level.DENY: "error", Level.WARN: "warning", Level.ALLOW: "note"})


def sarif_text(text: str, limit: int) -> str:
    """Return untrusted text as a plain text message in which nothing is a placeholder or a link, and all is visible.

    Braces are doubled (3.11.5). A link (3.11.6) needs two brackets side by side, and no escape prevents one.

    >>> sarif_text("[a](b) {0}", 100)
    '[a] (b) {{0}}'
    """
    return _in_braces(clipped(text, limit).replace("](", "] ("))


def _in_braces(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def sarif_rules(names: Iterable[str]) -> list[dict[str, Any]]:
    """Describe rules, sorted by id; one that this version does not know, as in an old report, has its id alone."""
    return [_described(name, find_rule(name)) for name in sorted(names)]


def _described(name: str, rule: Rule[Any] | None) -> dict[str, Any]:
    if rule is None:
        return {"id": name}
    summary, why, fix = plain(rule.summary), plain(rule.why), plain(rule.fix)
    more = " ".join(between(rule.text))
    step = "No version number excuses it." if rule.bump is None else f"Requires {rule.bump_word}."
    example = f"`hfsemver explain {rule.id}` shows it at work."
    told = (summary, more, f"Why: {why}", f"Fix: {fix}", f"{step} {example}")
    return {
        "id": rule.id,
        "name": rule.id.title().replace("-", ""),
        "shortDescription": {"text": sarif_text(summary, LONGEST)},
        "fullDescription": {"text": sarif_text(f"{summary} {more}".strip(), LONGEST)},
        "help": {
            "text": "\n".join(sarif_text(line.replace("`", ""), LONGEST) for line in told if line),
            "markdown": "\n\n".join(_in_braces(line) for line in told if line),
        },
        "defaultConfiguration": {"level": LEVELS[rule.level]},
        "properties": {
            "bump": rule.bump_word,
            "promise": rule.promise.value,
            "tags": [rule.area, f"bump:{rule.bump_word}", f"promise:{rule.promise.value}"],
        },
    }

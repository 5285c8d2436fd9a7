"""The page of a rule and the tables that link to it, from the rule's own docstring and examples."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any

from hfsemver.core.bump import Bump
from hfsemver.core.finding import Level
from hfsemver.core.report import Report, Side
from hfsemver.core.verdict import Verdict
from hfsemver.reports.markup import md_fence
from hfsemver.reports.text import findings_only
from hfsemver.rules.rule import Cost
from tests import builders

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hfsemver.core.finding import Finding
    from hfsemver.rules.rule import Example, ExampleFiles, Rule

LONGEST = 24
EVIDENCE = {
    Cost.HEADER: "headers and JSON",
    Cost.HASH: "digests of files and tensors",
    Cost.PROBE: "rendering in a sandbox",
    Cost.HUB: "metadata of the Hub",
    Cost.VALUES: "tensor values",
}


def step(rule: Rule[Any]) -> str:
    """Return what the rule requires, as it is said in a sentence."""
    return "no version excuses it" if rule.bump is None else rule.bump_word


def _listing(side: ExampleFiles | None) -> Iterator[str]:
    """Write one side of an example as lines: files, and under each of them its tensors, its JSON or its text."""
    if side is None:
        return
    loose = {key: spec for key, spec in side.items() if isinstance(spec, str) and not builders.is_file(key, spec)}
    grouped: dict[str, object] = {"model.safetensors": loose} if loose else {}
    grouped |= {key: content for key, content in side.items() if key not in loose}
    for path, content in sorted(grouped.items()):
        yield path
        if path.endswith(".safetensors") and isinstance(content, Mapping):
            lines = [f"{name}  {_in_words(str(spec))}" for name, spec in content.items()]
        elif isinstance(content, bytes):
            lines = [f"({len(content)} bytes)"]
        elif isinstance(content, str):
            lines = content.splitlines()
        else:
            lines = json.dumps(content, indent=2, ensure_ascii=False).splitlines()
        cut = [*lines[:LONGEST], f"... {len(lines) - LONGEST} more lines"] if len(lines) > LONGEST else lines
        yield from (f"  {line[:120]}".rstrip() for line in cut)


def _in_words(spec: str) -> str:
    """Say in words what the grammar of ``ExampleFiles`` says about the values of a tensor."""
    head, *words = spec.split()
    given = dict(word.partition("=")[::2] for word in words)
    said = {
        "of": f"the values of {given.get('of')}",
        "as": f"rounded through {given.get('as')}",
        "scale": f"moved by about {given.get('scale')}",
        "zeros": "all zero",
        "ones": "all one",
        "nan": "with a NaN",
    }
    if "seed" in given and "scale" not in given:
        said["seed"] = "other values"
    return ", ".join((head, *(said[word] for word in given if word in said)))


def _both_sides(example: Example) -> str:
    old, new = list(_listing(example.baseline)), list(_listing(example.current))
    if old == new or example.baseline is None:
        return "\n".join(f" {line}".rstrip() for line in new)
    delta = list(difflib.unified_diff(old, new, n=1000, lineterm=""))[3:]
    return "\n".join(line.rstrip() for line in delta)


def _claimed(example: Example) -> str:
    facts = []
    if example.baseline is None:
        facts.append("This is a first release: there is no baseline.")
    if example.baseline_version is not None:
        facts.append(f"The baseline is `{example.baseline_version}`.")
    if example.declared is not None:
        facts.append(f"The release declares `{example.declared}`.")
    if example.released:
        facts.append(f"Released before: {', '.join(f'`{version}`' for version in example.released)}.")
    if example.protected:
        facts.append("The release goes to a protected branch.")
    return "\n".join((*facts, *_answers(example)))


def _answers(example: Example) -> Iterator[str]:
    """Yield what the Hub says that is asked, which no file shows."""
    hub = example.hub
    if hub is None:
        return
    if hub.hidden and hub.repo not in hub.models:
        yield f"The Hub shows no model `{hub.repo}`."
    for name, told in (*hub.models.items(), *hub.datasets.items()):
        card = told.get("cardData") or {}
        said = ({key: value for key, value in told.items() if key != "cardData"} | card).items()
        yield f"The Hub says of `{name}`: {', '.join(f'`{key}: {json.dumps(value)}`' for key, value in said)}."


def _findings(rule: Rule[Any], example: Example) -> tuple[Finding, ...]:
    said = builders.judged(
        builders.diff(example), builders.claim(example), overrides=example.overrides, weakened=example.weakened
    )[0]
    return tuple(finding for finding in said if finding.rule == rule.id)


def _report(rule: Rule[Any], example: Example) -> Report:
    """Return what a check finds in an example, less what other rules say; no policy has been asked."""
    return Report(
        baseline=None if example.baseline is None else Side(ref="baseline", version=example.baseline_version),
        current=Side(ref="current", version=example.declared),
        verdict=Verdict(required=rule.bump or Bump.NONE),
        findings=_findings(rule, example),
    )


def _example(rule: Rule[Any]) -> Iterator[str]:
    firing = next((example for example in rule.examples if example.findings), None)
    if firing is not None:
        yield "## It fires here\n"
        claimed = _claimed(firing)
        if claimed:
            yield f"{claimed}\n"
        yield f"```diff\n{_both_sides(firing)}\n```\n"
        yield "`hfsemver check` says:\n"
        yield "\n".join(md_fence(findings_only(_report(rule, firing)), "text")) + "\n"
    silent = next((example for example in rule.examples if not example.findings), None)
    if silent is not None:
        yield "## It stays silent here\n"
        claimed = _claimed(silent)
        if claimed:
            yield f"{claimed}\n"
        yield f"```diff\n{_both_sides(silent)}\n```\n"
        if silent.also:
            others = ", ".join(f"[`{other}`]({other}.md)" for other in sorted(silent.also))
            yield f"Only {others} has something to say about it.\n"


def _between(rule: Rule[Any]) -> str:
    """Return the paragraphs of the docstring between its first one and its reason."""
    _, _, rest = rule.text.partition("\n\n")
    lines = rest.splitlines()
    stop = next((n for n, line in enumerate(lines) if line.startswith(("Why:", "Fix:"))), len(lines))
    return "\n".join(lines[:stop]).strip()


def rule_page(rule: Rule[Any]) -> str:
    """Return ``docs/rules/<id>.md``."""
    parts = [
        f"# {rule.id}\n",
        f"{_prose(rule.summary)}\n",
        "| Requires | Level | Promise | Reads | Since |\n|---|---|---|---|---|",
        f"| {step(rule)} | {rule.level.word} | {rule.promise} | {EVIDENCE[rule.cost]} | {rule.since} |\n",
    ]
    more = _between(rule)
    if more:
        parts.append(f"{_prose(more)}\n")
    parts += [f"**Why.** {_sentence(rule.why)}\n", f"**Way out.** {_sentence(rule.fix)}\n", *_example(rule)]
    parts += ["## Change what it does\n", f"```yaml\n# .hfsemver.yaml\n{_override(rule)}```\n"]
    parts.append("[All rules](README.md) · [the policy file](../policy.md)\n")
    return "\n".join(parts)


def _prose(text: str) -> str:
    """Turn the markup of docstrings into that of the page."""
    return text.replace("``", "`")


def _sentence(text: str) -> str:
    return _prose(text[:1].upper() + text[1:])


def _override(rule: Rule[Any]) -> str:
    level = "allow" if rule.level is Level.WARN else "warn"
    lines = ["rules:", f"  {rule.id}:", f"    level: {level}"]
    if rule.bump and level != "allow":
        lines.append(f"    bump: {'patch' if rule.bump is Bump.MINOR else 'minor'}")
    if rule.area == "weights":
        lines += ["ignore:", f"  - rule: {rule.id}", '    tensor: "*.inv_freq"', "    reason: computed anew on loading"]
    return "".join(f"{line}\n" for line in lines)


def _by_area(rules: Iterable[Rule[Any]]) -> Iterator[tuple[str, list[Rule[Any]]]]:
    for area, members in groupby(sorted(rules, key=lambda rule: (rule.area, rule.id)), key=lambda rule: rule.area):
        yield area, list(members)


def area_table(rules: Iterable[Rule[Any]], folder: str) -> str:
    """Return one row an area with links to its rules, the step they require as a suffix."""
    rows = ["| Area | Rules |", "|---|---|"]
    for area, members in _by_area(rules):
        links = ", ".join(f"[`{rule.id}`]({folder}{rule.id}.md)" for rule in members)
        rows.append(f"| {area} | {links} |")
    return "\n".join(rows) + "\n"


def index_page(rules: Iterable[Rule[Any]]) -> str:
    """Return ``docs/rules/README.md``: a table for each area."""
    rules = tuple(rules)
    parts = [
        "# Rules\n",
        f"{len(rules)} rules.",
        "*Requires* is the smallest step of the version number that makes the change right.",
        "*Level* decides about rules that no version excuses: `deny` fails the run and `warn` does not; `allow` leaves any rule out.",
        "`hfsemver explain ID` prints the same in a terminal, but for the report of the example.\n",
    ]
    for area, members in _by_area(rules):
        parts.append(f"## {area}\n\n| Rule | Requires | Level | Promise | What changed |\n|---|---|---|---|---|")
        parts += [
            f"| [`{rule.id}`]({rule.id}.md) | {step(rule)} | {rule.level.word} | {rule.promise} | {_prose(rule.summary)} |"
            for rule in members
        ]
        parts.append("")
    return "\n".join(parts)

"""Every rule, proved by its own examples while all rules run. A new rule file is tested without a new test."""

from __future__ import annotations

import ast
import inspect
from collections import Counter
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hfsemver.core.asked import Asked
from hfsemver.core.bump import Bump, required
from hfsemver.core.claim import Claim, Origin
from hfsemver.core.finding import Level
from hfsemver.diff.release import compare
from hfsemver.diff.weights.depth import Depth
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.release import Release
from hfsemver.releases.source import ReadThrough
from hfsemver.rules.catalogue import catalogue, evidence_rules, find_rule
from hfsemver.rules.engine import inspect as run_rules
from hfsemver.rules.rule import Cost, Example, Rule, Stage
from hfsemver.rules.sound import SOUND
from tests.builders import claim, diff, files, judged, release

if TYPE_CHECKING:
    from hfsemver.rules.rule import ExampleFiles

RULES = catalogue()
CASES = [pytest.param(rule, example, id=f"{rule.id}-{i}") for rule in RULES for i, example in enumerate(rule.examples)]


@pytest.mark.parametrize(("subject", "example"), CASES)
def test_each_example_fires_exactly_its_rule_while_all_rules_run(subject: Rule[Any], example: Example) -> None:
    """An example fires its rule as often as it says, the rules it names beside it, and no other."""
    findings, skips = judged(diff(example), claim(example), overrides=example.overrides, weakened=example.weakened)
    fired = Counter(finding.rule for finding in findings)

    assert example.findings == fired.pop(subject.id, 0)
    assert set(example.also) == set(fired)
    assert () == skips


@pytest.mark.parametrize(("subject", "example"), CASES)
def test_a_release_never_differs_from_itself(subject: Rule[Any], example: Example) -> None:
    """Law 1: comparing a release with itself yields no finding, not even one about a fault that it has."""
    for side in (example.baseline, example.current):
        if side is not None:
            assert () == run_rules(compare(baseline=release(side), current=release(side)), evidence_rules())[0]


FIRST_LOOK = 64 << 10


class Tripwire:
    """A source that fails when tensor bytes are read."""

    def __init__(self, inner: MemorySource) -> None:
        self.inner = inner
        self.files = inner.files
        self.sha256 = inner.sha256

    def read(self, path: str, start: int = 0, stop: int | None = None) -> bytes:
        data = self.inner.read(path, start, stop)
        if path.endswith(".safetensors"):
            header = 8 + int.from_bytes(self.inner.content[path][:8], "little")
            # One look at the start of the file finds the header; anything behind it, or the whole file, is values.
            probe = start == 0 and stop is not None and stop <= FIRST_LOOK
            assert probe or (stop is not None and stop <= header), f"read values of {path}"
        return data

    def open_file(self, path: str) -> ReadThrough:
        return ReadThrough(self, path)


def guarded(side: ExampleFiles) -> Release:
    return Release(Tripwire(MemorySource(files(side))))


@pytest.mark.parametrize(("subject", "example"), CASES)
def test_header_rules_read_no_tensor_values(subject: Rule[Any], example: Example) -> None:
    """A rule of the header tier runs at header depth, on a source that refuses to give tensor bytes."""
    if subject.cost is Cost.VALUES or subject.stage is not Stage.EVIDENCE:
        return
    baseline = None if example.baseline is None else guarded(example.baseline)
    run_rules(compare(baseline, guarded(example.current), Depth.HEADER), (subject,))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_rule_has_an_example_that_fires_and_one_that_does_not(rule: Rule[Any]) -> None:
    """A rule is shown at work and at rest."""
    counts = [example.findings for example in rule.examples]

    assert any(counts)
    assert 0 in counts


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_rule_says_what_why_and_what_to_do(rule: Rule[Any]) -> None:
    """The docstring gives all three texts, and the file is named after the rule."""
    assert all((rule.summary, rule.why, rule.fix))
    assert rule.id == Path(inspect.getfile(inspect.unwrap(rule.check))).stem.replace("_", "-")
    assert rule.since.count(".") == 2


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_rule_has_its_mirror_or_says_why_not(rule: Rule[Any]) -> None:
    """A rule for one direction without one for the other, which names it back, needs a written reason."""
    assert rule.mirror is not None
    if " " not in rule.mirror:
        mirror = find_rule(rule.mirror)
        assert mirror is not None
        assert mirror is not rule
        assert mirror.mirror == rule.id


def fired_back(example: Example) -> set[str]:
    """Return the rules that speak when the two sides of an example change places."""
    assert example.baseline is not None
    asked = Asked(adapter_base=example.adapter_base)
    back = compare(release(example.current), release(example.baseline)).asking(asked)
    return {finding.rule for finding in judged(back, Claim())[0]}


@pytest.mark.parametrize("rule", [rule for rule in RULES if " " not in (rule.mirror or " ")], ids=lambda rule: rule.id)
def test_the_way_back_is_told_by_the_mirror(rule: Rule[Any]) -> None:
    """What was added is removed when the sides change places; where one thing takes the place of another, both are."""
    backs = [fired_back(example) for example in rule.examples if example.findings and example.baseline is not None]

    assert any(rule.mirror in back for back in backs)
    assert all({rule.mirror, rule.id} & back for back in backs if back) or rule.id == "chat-template-capability-added"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rules_hold_no_suppression_and_open_nothing(rule: Rule[Any]) -> None:
    """Rules import no reader, no source, no policy: they see the diff alone."""
    tree = ast.parse(Path(inspect.getfile(inspect.unwrap(rule.check))).read_text("utf-8"))
    typed = {id(inner) for node in tree.body if isinstance(node, ast.If) for inner in ast.walk(node)}
    run = [node for node in ast.walk(tree) if id(node) not in typed]
    imported = {node.module or "" for node in run if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in run if isinstance(node, ast.Import) for alias in node.names}
    asked = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}

    closed = ("os", "io", "pathlib", "subprocess", "hfsemver.policy", "hfsemver.releases", "hfsemver.workflows")
    assert not {name for name in imported if name.startswith(closed)}
    assert not asked & {"left_out", "read", "source"}


def test_the_catalogue_is_sorted_and_has_no_double() -> None:
    """Ids are unique and come in one order."""
    ids = [rule.id for rule in RULES]

    assert sorted(set(ids)) == ids


def test_the_required_bump_is_a_join() -> None:
    """Law 2: order does not matter, and one more finding never lowers what is required."""
    for triple in permutations((*Bump, *Bump), 3):
        assert required(triple) == required(reversed(triple)) == max(triple)
        assert required(triple) >= required(triple[:2])
    assert required(()) is Bump.NONE


def test_first_releases_are_judged_by_state_rules_alone() -> None:
    """Without a baseline nothing can have changed."""
    side = {**SOUND, "body": "F32[8,4]", "config.json": {"model_type": "bert"}}
    declared = Claim(declared="1.0.0", origin=Origin.FLAG)
    findings, skips = judged(compare(None, release(side)), declared)

    assert () == findings
    assert () == skips


def test_levels_are_ordered() -> None:
    """``deny`` outranks ``warn`` outranks ``allow``."""
    assert Level.DENY > Level.WARN > Level.ALLOW

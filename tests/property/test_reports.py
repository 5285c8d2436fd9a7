"""Laws 2 and 4 on whole reports: one more finding asks for no less, and no source of the same bytes changes a word."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import replace
from pathlib import Path
from random import Random  # noqa: TC003 -- hypothesis looks at the annotation
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hfsemver.core.bump import Bump
from hfsemver.core.claim import Claim
from hfsemver.core.finding import Finding, Level
from hfsemver.core.location import Location
from hfsemver.core.promise import NESTED
from hfsemver.diff.release import compare
from hfsemver.policy.judge import FailOn, apply, decide
from hfsemver.policy.policy import Policy, RuleSetting
from hfsemver.releases.git import GitSource
from hfsemver.releases.local import LocalSource
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.release import Release
from hfsemver.releases.repository import Repository
from hfsemver.rules.catalogue import catalogue
from hfsemver.workflows.judgement import judge
from tests import builders
from tests.gitworld import GitWorld

if TYPE_CHECKING:
    from hfsemver.core.report import Report
    from hfsemver.rules.rule import Example

TODAY = dt.date(2026, 1, 2)
PROMISES = {rule.id: rule.promise for rule in catalogue()}
CLAIM = Claim(declared="1.0.1", baseline="1.0.0")
FINDINGS = st.builds(
    Finding,
    rule=st.sampled_from(sorted(PROMISES)),
    level=st.sampled_from([Level.WARN, Level.DENY]),
    bump=st.sampled_from([None, *Bump]),
    message=st.just("x"),
    location=st.builds(Location, file=st.sampled_from(["a", "b"]), pointer=st.sampled_from(["", "t"])),
)
POLICIES = st.builds(
    Policy,
    rules=st.dictionaries(
        st.sampled_from(sorted(PROMISES)),
        st.builds(
            RuleSetting,
            level=st.sampled_from([None, *Level]),
            bump=st.sampled_from([None, *Bump]),
            sets_bump=st.booleans(),
        ),
        max_size=5,
    ),
    promise=st.sampled_from(NESTED),
)


@given(st.lists(FINDINGS, max_size=8), FINDINGS, POLICIES, st.randoms())
def test_one_more_finding_never_asks_for_less(
    findings: list[Finding], more: Finding, policy: Policy, chance: Random
) -> None:
    """Law 2: whatever the policy, the required bump is a join over what is judged, and no order of findings changes it."""
    shuffled = [*findings, more]
    chance.shuffle(shuffled)
    few = apply(findings, policy, PROMISES, TODAY)
    many = apply(shuffled, policy, PROMISES, TODAY)
    alone = apply([more], policy, PROMISES, TODAY)
    verdict = decide(many, CLAIM, FailOn.DENY)

    assert many.required is max(few.required, alone.required)
    assert many.required is apply([*findings, more], policy, PROMISES, TODAY).required
    assert {*decide(few, CLAIM, FailOn.DENY).failing} <= {*verdict.failing}


PAIRS = [example for rule in catalogue() for example in rule.examples if example.baseline is not None]


def told(baseline: Release, current: Release) -> Report:
    """Judge a pair; what names the place that it was read from, and how much of it, is left out."""
    report = judge(compare(baseline, current), CLAIM, Policy(), FailOn.DENY, TODAY)
    assert report.baseline is not None
    weights = report.weights and replace(report.weights, bytes_read=0, evidence="")
    return replace(
        report,
        baseline=replace(report.baseline, ref="", commit=None),
        current=replace(report.current, ref="", commit=None),
        weights=weights,
    )


@given(st.sampled_from(PAIRS))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_source_of_the_same_bytes_gives_the_same_report(example: Example) -> None:
    """Law 4: two folders, two commits and two releases in memory are judged in the same words."""
    assert example.baseline is not None
    sides = [builders.files(example.baseline), builders.files(example.current)]
    expected = told(Release(MemorySource(sides[0])), Release(MemorySource(sides[1])))
    with tempfile.TemporaryDirectory() as folder:
        folders = [Path(folder, name) for name in ("old", "new")]
        for place, content in zip(folders, sides, strict=True):
            place.mkdir()
            GitWorld(place, {}).write(content)
        world = GitWorld.create(Path(folder, "git"))
        commits = []
        for content in sides:
            world.git("rm", "-r", "--quiet", "--ignore-unmatch", ".")
            world.write(content)
            world.git("add", "--all", "--force")
            world.git("commit", "--quiet", "--allow-empty", "-m", "release")
            commits.append(world.head())
        repository = Repository.discover(world.root)

        here = [Release(LocalSource(place)) for place in folders]
        there = [Release(GitSource(repository=repository, commit=commit)) for commit in commits]

        assert expected == told(here[0], here[1])
        assert expected == told(there[0], there[1])

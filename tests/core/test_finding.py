"""Findings keep their fingerprint where the change is the same, and lose it where it is another."""

from __future__ import annotations

from dataclasses import replace

from hfsemver.core.bump import Bump
from hfsemver.core.finding import Finding, Level
from hfsemver.core.location import Location

GONE = Finding(
    rule="tensor-removed",
    level=Level.DENY,
    bump=Bump.MAJOR,
    message="lm_head.weight was removed",
    location=Location(file="model-00002-of-00004.safetensors", pointer="lm_head.weight"),
    baseline="F32[32000,4096]",
    current="-",
)


def test_resharding_keeps_the_fingerprint() -> None:
    """An accepted finding stays accepted when the same tensor lies in another shard."""
    moved = replace(GONE, location=replace(GONE.location, file="model-00001-of-00009.safetensors"))

    assert GONE.fingerprint == moved.fingerprint


def test_words_and_levels_do_not_take_part() -> None:
    """Better wording or another level in the policy does not undo an acceptance."""
    other = replace(GONE, message="x", witness="y", why="z", level=Level.WARN, bump=None)

    assert GONE.fingerprint == other.fingerprint


def test_another_change_has_another_fingerprint() -> None:
    """An acceptance covers what was accepted and nothing else."""
    others = (
        replace(GONE, rule="tensor-added"),
        replace(GONE, location=replace(GONE.location, pointer="embed.weight")),
        replace(GONE, baseline="F32[32001,4096]"),
        replace(GONE, current="F32[1,1]"),
    )

    assert len({GONE.fingerprint, *(other.fingerprint for other in others)}) == 1 + len(others)


def test_findings_come_worst_first() -> None:
    """What no version excuses leads, then the largest bump, and ties go by rule and place."""
    policy = replace(GONE, bump=None, rule="weights-corrupt")
    small = replace(GONE, bump=Bump.PATCH)
    mild = replace(GONE, level=Level.WARN)

    assert [policy, GONE, small, mild] == sorted((mild, small, GONE, policy), key=lambda f: f.order)

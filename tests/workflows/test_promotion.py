"""A candidate that becomes a release, in a real repository: what was tested has to be what ships."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hfsemver.workflows.check import CheckRequest, run_check
from tests.builders import files
from tests.gitworld import GitWorld

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

RULE = "prerelease-promotion-changed"
BODY = {"body": "F32[64,64]"}


@pytest.fixture
def world(tmp_path: Path) -> GitWorld:
    """A release, and a candidate for the next one."""
    made = GitWorld.create(tmp_path / "model")
    made.commit({**files(BODY), "README.md": b"---\nlicense: mit\nversion: 1.0.0\n---\n"}, "first")
    made.tag("v1.0.0")
    made.commit({**files({"body": "F32[64,64] seed=1 scale=1e-3"}), "notes.md": b"a"}, "tune")
    made.tag("v1.1.0-rc.1")
    return made


def found(world: GitWorld, change: Mapping[str, bytes | None], tag: str) -> list[str]:
    """Commit a change on top of the candidate, tag it, and return what is said about the promotion."""
    world.commit(change, "release")
    world.tag(tag)
    report = run_check(CheckRequest(current=f"{world.root}@{tag}"))
    return [finding.message for finding in report.findings if finding.rule == RULE]


def test_prose_the_card_and_the_surface_may_differ(world: GitWorld) -> None:
    """The version is written into the card as it is released."""
    change = {
        "README.md": b"---\nlicense: mit\nversion: 1.1.0\n---\nText\n",
        "notes.md": b"b",
        "CHANGELOG.md": b"# 1.1.0\n",
    }

    assert found(world, change, "v1.1.0") == []


@pytest.mark.parametrize(
    "change",
    [files({"body": "F32[64,64] seed=1 scale=2e-3"}), {"generation_config.json": b"{}"}, {"model.safetensors": None}],
)
def test_anything_else_is_told(world: GitWorld, change: Mapping[str, bytes | None]) -> None:
    """Weights, settings that came, a file that went."""
    (message,) = found(world, change, "v1.1.0")

    assert message == f"not as in v1.1.0-rc.1: {next(iter(change))}"


def test_a_candidate_of_another_version_says_nothing(world: GitWorld) -> None:
    """It was given up, or comes later; the next candidate is no promotion either."""
    tuned = files({"body": "F32[64,64] seed=1 scale=2e-3"})

    assert found(world, tuned, "v1.1.0-rc.2") == []
    assert found(world, files({"body": "F32[64,64] seed=1 scale=3e-3"}), "v1.2.0") == []

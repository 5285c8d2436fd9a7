"""Published weights, judged by the surface of the release before them: the verdict of a full comparison, and its figures."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hfsemver.core.surface import PATH
from hfsemver.workflows.check import CheckRequest, run_check
from hfsemver.workflows.difference import run_diff
from hfsemver.workflows.surface import write_into
from tests.published import DATA, unpack

PAIRS = (
    ("distilbert-lora", "distilbert-lora-org-a/v1", "distilbert-lora-org-a/v2"),
    ("distilbert-lora", "distilbert-lora-org-a/v1", "distilbert-lora-org-b/model"),
    ("distilbert-lora", "distilbert-lora-org-a/v2", "distilbert-lora-org-b/model"),
    ("roberta-agnews-lora", "roberta-agnews-lora/checkpoint-500", "roberta-agnews-lora/checkpoint-1500"),
    ("roberta-agnews-lora", "roberta-agnews-lora/checkpoint-1500", "roberta-agnews-lora/checkpoint-2400"),
)

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA.is_dir(), reason="the published weights are not here"),
]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of them, unpacked once."""
    root = tmp_path_factory.mktemp("published")
    for archive in sorted({archive for archive, _, _ in PAIRS}):
        unpack(archive, root)
    return root


def alone(old: Path, tmp_path: Path) -> Path:
    """Describe a release, and return its surface away from its weights."""
    write_into(str(old))
    return Path(shutil.copy(old / PATH, tmp_path / "surface.json"))


def copied(published: Path, name: str, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published / name, tmp_path / name.replace("/", "-")))


@pytest.mark.parametrize(("archive", "before", "after"), PAIRS)
def test_the_verdict_needs_no_old_weights(
    published: Path, archive: str, before: str, after: str, tmp_path: Path
) -> None:
    """The same findings under the same fingerprints."""
    old, new = copied(published, before, tmp_path), copied(published, after, tmp_path)
    surface = alone(old, tmp_path)
    told, full = (
        run_check(CheckRequest(current=str(new), baseline=str(baseline), declared="9.9.9"))
        for baseline in (surface, old)
    )

    weights = "weights-"
    assert [(one.rule, one.fingerprint) for one in told.findings if one.rule.startswith(weights)] == [
        (one.rule, one.fingerprint) for one in full.findings if one.rule.startswith(weights)
    ]
    assert told.weights is not None
    assert told.weights.evidence == "surface"


def test_intervals_of_published_tensors_hold_what_is_true(published: Path, tmp_path: Path) -> None:
    """Of all tensors of all pairs, distance and cosine lie inside of their 95 % intervals at least 94 times in 100."""
    seen = inside = 0
    for number, (_, before, after) in enumerate(PAIRS):
        folder = tmp_path / str(number)
        folder.mkdir()
        old, new = copied(published, before, folder), copied(published, after, folder)
        told, full = run_diff(str(alone(old, folder)), str(new)), run_diff(str(old), str(new))
        assert told.weights is not None
        assert full.weights is not None
        truths = {one.name: one.distance for one in full.weights.changed_tensors or ()}
        for tensor in told.weights.changed_tensors or ():
            truth = truths[tensor.name]
            for figure, bounds in (
                (truth.relative_l2, tensor.distance.relative_l2_interval),
                (truth.cosine, tensor.distance.cosine_interval),
            ):
                if figure is not None and bounds is not None:
                    seen += 1
                    inside += bounds[0] <= figure <= bounds[1]

    assert seen >= 200
    assert inside >= 0.94 * seen, f"{inside} of {seen}"

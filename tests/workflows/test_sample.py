"""``--weights sample``: a hundredth of the bytes, what they prove, and what stays open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hfsemver.reports.report import Format, render
from hfsemver.workflows.check import CheckRequest, run_check
from tests.workflows.surfaces import lay

if TYPE_CHECKING:
    from pathlib import Path

    from hfsemver.core.report import Report

LARGE = {"body.weight": "F32[400,400]", "head.weight": "BF16[300,600]", "norm.weight": "F32[64]"}


def judge(tmp_path: Path, old: dict[str, str], new: dict[str, str], weights: str = "sample") -> Report:
    baseline, current = lay(tmp_path / "old", old, "1.0.0"), lay(tmp_path / "new", new, "1.1.0")
    return run_check(CheckRequest(current=str(current), baseline=str(baseline), declared="1.1.0", weights=weights))


SIZE = 4 * 400 * 400 + 2 * 300 * 600 + 4 * 64
"""Bytes of ``LARGE``."""


def test_a_difference_is_proved(tmp_path: Path) -> None:
    """With an interval that holds the true distance, from at most one hundredth of the bytes of both sides."""
    trained = LARGE | {
        "body.weight": "F32[400,400] seed=1 scale=1e-3",
        "head.weight": "BF16[300,600] seed=1 scale=1e-1",
    }
    told, full = judge(tmp_path, LARGE, trained), judge(tmp_path, LARGE, trained, "full")

    assert "weights-updated" in {finding.rule for finding in told.findings}
    assert told.weights is not None
    assert full.weights is not None
    assert told.weights.evidence == "sample"
    assert 0 < told.weights.bytes_read <= 0.01 * 2 * SIZE
    assert told.weights.relative_l2_interval is not None
    assert full.weights.relative_l2 is not None
    low, high = told.weights.relative_l2_interval
    assert low <= full.weights.relative_l2 <= high
    # Whether anything in it is broken was not seen, and that is said.
    assert "weights-corrupt" in {skip.rule for skip in told.skips}


@pytest.mark.parametrize(
    "new",
    [
        {name: LARGE[name] for name in reversed(LARGE)},
        LARGE | {"norm.weight": "F32[64] seed=1 scale=1e-3"},
        LARGE | {"body.weight": "F32[400,400] as=BF16"},
    ],
    ids=["saved in another order", "too small to be sampled", "maybe only rounded"],
)
def test_what_is_not_proved_is_a_skip(new: dict[str, str], tmp_path: Path) -> None:
    """And in no format is a release called unchanged by a sample."""
    report = judge(tmp_path, LARGE, new)

    assert {"weights-updated", "weights-corrupt"} <= {skip.rule for skip in report.skips}
    assert not [finding for finding in report.findings if finding.rule.startswith("weights")]
    for form in Format:
        assert "unchanged" not in render(report, form)


def test_another_model_is_told(tmp_path: Path) -> None:
    """Its cosines are close enough to zero, by however much they may be off."""
    many = {f"layers.{number}.weight": "F32[256,256]" for number in range(120)}
    report = judge(tmp_path, many, {name: f"{spec} seed=5" for name, spec in many.items()})

    assert "weights-unrelated-to-baseline" in {finding.rule for finding in report.findings}


def test_structure_is_told_as_ever(tmp_path: Path) -> None:
    """Headers are read whatever is read of the values."""
    gone = {name: spec for name, spec in LARGE.items() if name != "head.weight"}
    report = judge(tmp_path, LARGE, gone)

    assert "tensor-removed" in {finding.rule for finding in report.findings}


def test_two_runs_look_at_the_same_places(tmp_path: Path) -> None:
    """A report is the same byte for byte."""
    trained = LARGE | {"body.weight": "F32[400,400] seed=1 scale=1e-3"}
    one, other = (render(judge(tmp_path, LARGE, trained), Format.JSON) for _ in range(2))

    assert one == other

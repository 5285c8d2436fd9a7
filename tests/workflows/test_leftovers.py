"""Repositories that hold shards of an earlier saving: they can be cleaned up, and pushed as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hfsemver.core.bump import Bump
from hfsemver.core.errors import FormatError
from hfsemver.workflows.check import CheckRequest, run_check
from tests.releases.test_weights import IN_HALVES, IN_THIRDS, SINGLE, TENSORS, THIRDS, TO_HALVES, TO_THIRDS, WHOLE
from tests.workflows.test_check import card, lay, rules

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hfsemver.core.report import Report

LEFTOVERS = [
    (WHOLE, IN_THIRDS),
    (WHOLE, {**IN_THIRDS, **TO_THIRDS}),
    ({**IN_HALVES, **TO_HALVES}, IN_THIRDS),
]


def judged(folder: Path, old: Mapping[str, object], new: Mapping[str, object], version: str = "1.0.1") -> Report:
    """Check one release against another, the second under the version that it declares."""
    before, after = lay(folder / "a", {**old, **card("1.0.0")}), lay(folder / "b", {**new, **card(version)})
    return run_check(CheckRequest(current=after, baseline=before))


@pytest.mark.parametrize(("clean", "left"), LEFTOVERS)
def test_leftovers_on_either_side_take_a_patch(
    clean: Mapping[str, object], left: Mapping[str, object], tmp_path: Path
) -> None:
    """Leaving them, removing them or keeping them while the card changes: what loaders open is the same."""
    arrival = judged(tmp_path / "arrival", clean, {**left, **clean})
    removal = judged(tmp_path / "removal", {**left, **clean}, clean)
    edit = judged(tmp_path / "edit", {**left, **clean}, {**left, **clean})

    assert (rules(arrival), rules(removal), rules(edit)) == (["shard-layout-changed"], ["shard-layout-changed"], [])
    for report in (arrival, removal, edit):
        assert report.verdict.ok
        assert report.verdict.required <= Bump.PATCH


def test_a_leftover_index_whose_shards_are_gone_is_told_and_can_be_cleaned_up(tmp_path: Path) -> None:
    """Some servers follow an index also beside a single file and find nothing; without it all is well."""
    dangling = {**WHOLE, **TO_THIRDS}
    half_way = judged(tmp_path / "half", {**dangling, **IN_THIRDS}, dangling)
    done = judged(tmp_path / "done", dangling, WHOLE)

    assert rules(half_way).count("shard-index-inconsistent") == len(THIRDS)
    assert not half_way.verdict.ok
    assert done.verdict.ok


def test_another_weight_beside_leftovers_is_no_patch(tmp_path: Path) -> None:
    """What loaders open is compared, and the old shards do not hide that it changed."""
    left = {**IN_HALVES, **TO_HALVES, **WHOLE}
    other = {**left, SINGLE: {name: spec + " seed=1" for name, spec in TENSORS.items()}}
    gone = {**left, SINGLE: {"a": TENSORS["a"]}}

    assert not judged(tmp_path / "other", left, other).verdict.ok
    assert "tensor-removed" in rules(judged(tmp_path / "gone", left, gone))


def test_two_series_without_an_index_cannot_be_judged(tmp_path: Path) -> None:
    """Nothing says which of them is meant, on whichever side they lie."""
    unclear = {**IN_HALVES, **IN_THIRDS}
    with pytest.raises(FormatError, match="is also in"):
        judged(tmp_path / "before", unclear, WHOLE)
    with pytest.raises(FormatError, match="is also in"):
        judged(tmp_path / "now", WHOLE, unclear)

"""Weights beside those that the library opens: nothing changes while they stay as they are, and somebody loads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hfsemver.core.bump import Bump
from hfsemver.diff.files.subjects import Subject
from hfsemver.diff.release import compare
from hfsemver.workflows.check import CheckRequest, run_check
from tests.builders import release
from tests.releases.test_weights import (
    HALVES,
    IN_HALVES,
    IN_THIRDS,
    INDEX,
    SINGLE,
    TENSORS,
    THIRDS,
    TO_HALVES,
    TO_THIRDS,
    WHOLE,
)
from tests.workflows.test_check import card, lay, rules

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

END = f"beside the files of {SINGLE} that its library opens, while other programs load it"
RETRAINED = {HALVES[0]: {"a": "F32[4] seed=1"}}
SHARDS = {**IN_HALVES, **TO_HALVES}
DIFFUSERS = "unet/diffusion_pytorch_model.safetensors"


def told(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    """Return what is said about the layout of weights."""
    changes = compare(release(old), release(new)).unjudged
    return [change.words for change in changes if change.subject is Subject.LAYOUT]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (WHOLE, {SINGLE: {"a": "F32[4] seed=1"}}),
        (SHARDS, SHARDS | RETRAINED),
        ({**WHOLE, **SHARDS}, {**WHOLE, **SHARDS}),
        ({**WHOLE, **SHARDS}, {**SHARDS, SINGLE: dict.fromkeys(TENSORS, "F32[4] seed=1")}),
        (SHARDS, {**WHOLE, **SHARDS}),
        ({**IN_THIRDS, **TO_THIRDS}, {**IN_THIRDS, **SHARDS}),
        ({**IN_THIRDS, **SHARDS}, {**IN_THIRDS, **SHARDS}),
        (SHARDS, WHOLE),
        (WHOLE, SHARDS),
    ],
    ids=[
        "no leftovers",
        "shards are the set",
        "unchanged",
        "beside another single file",
        "a single file that came",
        "shards of an earlier number",
        "unchanged shards of an earlier number",
        "one file instead of shards",
        "shards instead of one file",
    ],
)
def test_leftovers_that_nobody_touched_are_no_news(old: Mapping[str, object], new: Mapping[str, object]) -> None:
    """Whoever loads them loads what was there before, and what the library opens is compared by the rules."""
    assert told(old, new) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ({**WHOLE, **SHARDS}, {**WHOLE, **SHARDS, **RETRAINED}, f"{HALVES[0]} changed"),
        (WHOLE, {**WHOLE, **SHARDS}, f"{HALVES[0]} (with 2 more) is new"),
        (WHOLE, {**WHOLE, **IN_THIRDS}, f"{THIRDS[0]} (with 2 more) is new"),
        ({**WHOLE, **SHARDS}, WHOLE, f"{HALVES[0]} (with 2 more) is gone"),
        ({**WHOLE, **SHARDS, **IN_THIRDS}, {**WHOLE, **SHARDS, **IN_THIRDS, **TO_THIRDS}, f"{INDEX} changed"),
        ({**SHARDS, **IN_THIRDS}, {**SHARDS, **IN_THIRDS, THIRDS[2]: {"c": "F32[4] seed=1"}}, f"{THIRDS[2]} changed"),
    ],
)
def test_leftovers_that_came_went_or_changed_are_told(
    old: Mapping[str, object], new: Mapping[str, object], words: str
) -> None:
    """Servers that follow an index, or open every file, load something else than before."""
    assert told(old, new) == [f"{words} {END}"]


def test_a_single_file_beside_the_index_of_diffusers_is_a_leftover() -> None:
    """Its library takes the index; who opens that file by its name is told of it."""
    shard = DIFFUSERS.replace(".s", "-00001-of-00001.s")
    index = {f"{DIFFUSERS}.index.json": {"weight_map": {"a": shard.removeprefix("unet/")}}}
    old: dict[str, object] = {shard: {"a": "F32[4]"}, **index, DIFFUSERS: {"a": "F32[4]"}}

    assert told(old, {**old, DIFFUSERS: {"a": "F32[4] seed=1"}})[0].startswith(f"{DIFFUSERS} changed beside")
    assert told(old, {**old, shard: {"a": "F32[4] seed=1"}}) == []


def test_retrained_shards_that_transformers_does_not_open_are_no_silent_patch(tmp_path: Path) -> None:
    """Saving in shards over a single file leaves the old file, which is what transformers goes on to load."""
    new = {**WHOLE, **TO_HALVES, **{file: dict.fromkeys(names, "F32[4] seed=1") for file, names in IN_HALVES.items()}}
    sides = [
        lay(tmp_path / name, {**side, **card(version)})
        for name, side, version in (("a", WHOLE, "1.0.0"), ("b", new, "1.0.1"))
    ]
    report = run_check(CheckRequest(current=sides[1], baseline=sides[0]))

    assert rules(report) == ["shard-layout-changed"]
    assert report.verdict.required is Bump.PATCH
    assert [(skip.rule, skip.reason) for skip in report.skips] == [
        ("shard-layout-changed", f"{HALVES[0]} (with 2 more) is new {END}")
    ]


def test_the_index_of_diffusers_that_leads_nowhere_is_a_fault_of_the_release(tmp_path: Path) -> None:
    """Its library fails on it, although the single file is there."""
    index = {f"{DIFFUSERS}.index.json": {"weight_map": {"a": "diffusion_pytorch_model-00001-of-00001.safetensors"}}}
    old = {"model_index.json": {"unet": ["diffusers", "UNet2DModel"]}, DIFFUSERS: {"a": "F32[4]"}}
    sides = [lay(tmp_path / name, {**side, **card("1.0.0")}) for name, side in (("a", old), ("b", {**old, **index}))]

    assert "shard-index-inconsistent" in rules(run_check(CheckRequest(current=sides[1], baseline=sides[0])))

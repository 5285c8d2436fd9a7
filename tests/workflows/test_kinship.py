"""When a release is another model: judged by the matrices that tell, and left open by those that nobody saw."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from hfsemver.core.surface import PATH
from hfsemver.tensors import Estimate, median_of
from hfsemver.workflows.check import CheckRequest, run_check
from hfsemver.workflows.surface import write_into
from tests.workflows.surfaces import lay

if TYPE_CHECKING:
    from pathlib import Path

    from hfsemver.core.report import Report

UNRELATED, UPDATED, CORRUPT = "weights-unrelated-to-baseline", "weights-updated", "weights-corrupt"

Tensors = dict[str, Any]


def saved(folder: Path, tensors: Tensors, file: str = "model.safetensors") -> Path:
    lay(folder, {"norm.weight": "F32[64]"}, "1.0.0")
    save_file(tensors, folder / file)
    return folder


def judge(current: Path, baseline: Path, weights: str = "full") -> Report:
    return run_check(CheckRequest(current=str(current), baseline=str(baseline), declared="9.9.9", weights=weights))


def rules(report: Report) -> set[str]:
    return {finding.rule for finding in report.findings}


def skipped(report: Report) -> set[str]:
    return {skip.rule for skip in report.skips}


def surface_of(folder: Path) -> Path:
    """Write the surface of a release, and return it alone."""
    write_into(str(folder))
    kept = folder.with_name(f"{folder.name}-surface")
    kept.mkdir()
    shutil.copy(folder / PATH, kept / "surface.json")
    return kept / "surface.json"


def matrices(names: list[str], seed: int, shape: tuple[int, int] = (64, 64)) -> Tensors:
    random = np.random.default_rng(seed)
    return {name: (random.standard_normal(shape) * 0.02).astype(np.float32) for name in names}


BODY = [f"model.layers.{layer}.mlp.up_proj.weight" for layer in range(20)]


def test_matrices_that_were_not_sampled_may_be_the_baselines_own(tmp_path: Path) -> None:
    """A large new head is all that a sample sees to differ, beside twenty matrices that it cannot call unchanged."""
    body = matrices(BODY, 1)
    old = saved(tmp_path / "old", body | matrices(["score.weight"], 2, (512, 512)))
    new = saved(tmp_path / "new", body | matrices(["score.weight"], 3, (512, 512)))
    full, sample = judge(new, old), judge(new, old, "sample")

    assert rules(full) & {UNRELATED, UPDATED} == {UPDATED}
    assert UNRELATED not in rules(sample)
    assert UNRELATED in skipped(sample)


def test_a_shard_that_is_not_here_may_hold_the_baselines_own(tmp_path: Path) -> None:
    """New heads in the shard that is here, and an LFS pointer for the rest."""
    heads = [f"heads.{number}.weight" for number in range(4)]
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'1' * 64}\nsize 999999\n"
    index = dict.fromkeys(heads, "model-00002-of-00002.safetensors") | dict.fromkeys(
        BODY, "model-00001-of-00002.safetensors"
    )
    sides = []
    for seed in (1, 2):
        folder = tmp_path / str(seed)
        lay(folder, {"norm.weight": "F32[64]"}, "1.0.0")
        (folder / "model.safetensors").unlink()
        save_file(matrices(heads, seed), folder / "model-00002-of-00002.safetensors")
        (folder / "model-00001-of-00002.safetensors").write_text(pointer)
        weight_map = ", ".join(f'"{name}": "{file}"' for name, file in index.items())
        (folder / "model.safetensors.index.json").write_text(
            f'{{"metadata": {{"total_size": 1}}, "weight_map": {{{weight_map}}}}}'
        )
        sides.append(folder)
    report = judge(sides[1], sides[0])

    assert UNRELATED not in rules(report)
    assert UNRELATED in skipped(report)


@pytest.mark.parametrize("scale", ["weight_scale_inv", "weight_scale", "scales", "qzeros"])
def test_scales_of_quantised_weights_vouch_for_nothing(scale: str, tmp_path: Path) -> None:
    """They are all of one sign, so those of any two models look alike."""
    names = [f"model.layers.{layer}.mlp.up_proj" for layer in range(4)]
    sides = []
    for seed in (1, 2):
        random = np.random.default_rng(seed)
        tensors: Tensors = {}
        for name in names:
            tensors[f"{name}.weight"] = random.integers(-127, 128, (64, 64)).astype(np.int8)
            for suffix in (scale, f"other.{scale}"):
                tensors[f"{name}.{suffix}"] = (random.random((64, 64)) + 0.5).astype(np.float32)
        sides.append(saved(tmp_path / str(seed), tensors))

    assert UNRELATED in rules(judge(sides[1], sides[0]))


def test_factors_inside_of_a_whole_model_make_it_no_adapter(tmp_path: Path) -> None:
    """The base beside them says whether it is another model, whatever became of the factors."""
    base = [f"model.layers.{layer}.up_proj.base_layer.weight" for layer in range(4)]
    factors = [f"model.layers.{layer}.up_proj.lora_{kind}.speech.weight" for layer in range(4) for kind in "AB"]
    old = saved(tmp_path / "old", matrices(base, 1) | matrices(factors, 2))
    retrained = saved(tmp_path / "retrained", matrices(base, 1) | matrices(factors, 3))
    another = saved(tmp_path / "another", matrices(base, 4) | matrices(factors, 2))

    assert rules(judge(retrained, old)) & {UNRELATED, UPDATED} == {UPDATED}
    assert UNRELATED in rules(judge(another, old))


def test_a_surface_does_not_miss_another_model_among_frozen_matrices(tmp_path: Path) -> None:
    """Eighty of 200 are unchanged, so the median is far off the middle of the noisy others: it says so, or finds it."""
    names = [f"model.layers.{layer}.mlp.up_proj.weight" for layer in range(200)]
    norms = [f"model.layers.{layer}.n{number}.weight" for layer in range(200) for number in range(4)]
    old, new = matrices(names, 1), matrices(names, 2)
    new.update({name: old[name] for name in names[:80]})
    small: Tensors = {name: np.ones(4, np.float32) for name in norms}
    before, after = saved(tmp_path / "old", old | small), saved(tmp_path / "new", new | small)
    by_surface = judge(after, surface_of(before))

    assert UNRELATED in rules(judge(after, before))
    assert UNRELATED in rules(by_surface) | skipped(by_surface)


def test_the_median_of_estimates_is_where_its_figures_are() -> None:
    """Sure ones stand for themselves, noisy ones for their middle, unknown ones for anything."""
    sure = [Estimate.exact(value) for value in (0.9, 0.8, 1.0)]
    noisy = [Estimate(value=value, low=value - 0.2, high=value + 0.2) for value in (-0.1, 0.0, 0.1, 0.05, -0.05)]
    found = median_of(noisy)

    assert median_of([]) is None
    assert median_of(sure) == Estimate.exact(0.9)
    assert found is not None
    assert found.low < 0.0 < found.high
    assert found.high - found.low < 0.6
    mixed = median_of([*noisy, *sure])
    assert mixed is not None
    assert mixed.low < 0.0 < mixed.high
    doubtful = median_of(sure, unknown=3)
    assert doubtful is not None
    assert (doubtful.value, doubtful.low, doubtful.high) == pytest.approx((0.9, -0.1, 1.0))


def test_what_is_constant_by_right_is_not_corrupt(tmp_path: Path) -> None:
    """Zero points, counters, gates and pairs of numbers; a whole bias of zeros is another matter."""
    weight = matrices(["q"], 1)
    old: Tensors = {
        "counter": np.array([1000], np.int64),
        "zeros": np.arange(64, dtype=np.int32),
        "gate": np.array(1.0, np.float32),
        "pair": np.array([0.3, 0.4], np.float32),
        "bias": np.linspace(0.1, 1.0, 64).astype(np.float32),
    }
    new: Tensors = {
        "counter": np.array([0], np.int64),
        "zeros": np.full(64, 7, np.int32),
        "gate": np.array(0.0, np.float32),
        "pair": np.array([0.5, 0.5], np.float32),
    }
    before = saved(tmp_path / "old", weight | old)
    sound = judge(saved(tmp_path / "sound", weight | old | new), before)
    broken = judge(saved(tmp_path / "broken", weight | old | {"bias": np.zeros(64, np.float32)}), before)

    assert CORRUPT not in rules(sound)
    assert UPDATED in rules(sound)
    assert CORRUPT in rules(broken)


def test_integers_that_fit_are_only_recast(tmp_path: Path) -> None:
    """Positions saved in 32 bits are the same positions."""
    weight = matrices(["q"], 1)
    old = saved(tmp_path / "old", weight | {"positions": np.arange(512)})
    new = saved(tmp_path / "new", weight | {"positions": np.arange(512, dtype=np.int32)})

    for report in (judge(new, old), judge(new, surface_of(old))):
        assert UPDATED not in rules(report)
        assert "tensor-dtype-changed" in rules(report)


@pytest.mark.parametrize("factor", [1e-50, 1e45, 1e-160])
def test_a_surface_measures_numbers_of_any_size(factor: float, tmp_path: Path) -> None:
    """Its sums are kept in units of the norm; where no double holds the squares, it measures nothing."""
    old = {name: values.astype(np.float64) * factor for name, values in matrices(BODY, 1).items()}
    new = {name: values * 1.01 for name, values in old.items()}
    before, after = saved(tmp_path / "old", old), saved(tmp_path / "new", new)
    report = judge(after, surface_of(before))

    assert report.weights is not None
    assert rules(report) & {UNRELATED, UPDATED} == {UPDATED}
    if factor == 1e-160:
        assert report.weights.relative_l2 is None
    else:
        assert report.weights.relative_l2_interval is not None
        low, high = report.weights.relative_l2_interval
        assert low <= 0.01 <= high


@pytest.mark.parametrize(("scale", "cast"), [(1e-6, "float16"), (1e-7, "float16"), (0.02, "float16")])
def test_a_surface_does_not_call_rounding_an_update(scale: float, cast: str, tmp_path: Path) -> None:
    """Nor where numbers are so small that rounding moves them far: whether it was one cannot be told then."""
    random = np.random.default_rng(1)
    values = (random.standard_normal((64, 64)) * scale).astype(np.float32)
    old = saved(tmp_path / "old", {"q": values})
    new = saved(tmp_path / "new", {"q": values.astype(cast).astype(np.float32)})
    report = judge(new, surface_of(old))

    assert UPDATED not in rules(report)
    assert UPDATED in skipped(report)


def test_masters_behind_a_narrower_baseline_are_the_same_weights(tmp_path: Path) -> None:
    """Rounded back they have the hash that the surface gives."""
    values = matrices(["q"], 1)
    old = saved(tmp_path / "old", {"q": values["q"].astype(np.float16)})
    new = saved(tmp_path / "new", values)

    for report in (judge(new, old), judge(new, surface_of(old))):
        assert UPDATED not in rules(report)
        assert UPDATED not in skipped(report)
        assert "tensor-dtype-changed" in rules(report)

"""Sketches: what they say is exact, and how often their intervals hold what is true."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from hfsemver.core.errors import EvidenceMissing
from hfsemver.tensors import Measure, Sketch, joined, measure_all, measured, rounded_into_all, seed_of, sketch_all
from hfsemver.tensors.sketch import distance, folded
from tests.dtypes import NUMPY
from tests.tensors.held import held

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hfsemver.tensors import Distance, TensorBytes

KINDS = ("dense", "sparse", "heavy", "rows", "columns", "low rank", "unrelated", "tiny", "corner", "scaled", "few")


def tensor(values: NDArray[np.float64], dtype: str = "F32") -> TensorBytes:
    return held(values.astype(NUMPY[dtype]).tobytes(), dtype, values.shape)


def sketch(one: TensorBytes, seed: int = 1, sums: int = 128) -> Sketch:
    (found,) = sketch_all([(one, seed)], sums)
    assert isinstance(found, Sketch)
    return found


def stored(one: Sketch) -> Sketch:
    """The same sketch after it was written and read: its sums in single precision."""
    return replace(one, sums=tuple(float(np.float32(value)) for value in one.sums))


def pair(  # noqa: C901 -- one case for each way
    kind: str, random: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A weight matrix and what became of it, in one of the ways in which weights change."""
    shape = (int(random.choice([32, 100])), int(random.choice([64, 90])))
    old = random.standard_normal(shape) * 0.02
    size = 10.0 ** random.uniform(-5, -1)
    gap = np.zeros(shape)
    match kind:
        case "dense":
            gap = random.standard_normal(shape) * size
        case "sparse":
            gap = random.standard_normal(shape) * (random.random(shape) < 0.01) * size
        case "heavy":
            gap = random.standard_t(2, shape) * size
        case "rows":
            gap[random.integers(0, shape[0], 3)] = random.standard_normal((3, shape[1])) * size
        case "columns":
            gap[:, random.integers(0, shape[1], 2)] = random.standard_normal((shape[0], 2)) * size
        case "low rank":
            gap = np.outer(random.standard_normal(shape[0]), random.standard_normal(shape[1])) * size
        case "unrelated":
            gap = random.standard_normal(shape) * 0.02 - old
        case "tiny":
            gap = random.standard_normal(shape) * 1e-7
        case "few":
            gap.flat[random.choice(gap.size, int(random.integers(1, 13)), replace=False)] = size
        case "corner":
            gap[:8, :8] = size
        case _:
            gap = old * size
    return old, old + gap


def test_intervals_hold_what_is_true() -> None:
    """Of 1,000 simulated pairs, at least 94 in 100 true values lie inside of their 95 % intervals: distance and cosine."""
    random = np.random.default_rng(2026)
    inside = {"relative L2": 0, "cosine": 0}
    for number in range(1_000):
        old, new = (values.astype(np.float32).astype(np.float64) for values in pair(KINDS[number % len(KINDS)], random))
        seed = seed_of(f"layer.{number}", 7)
        before, after = (sketch(tensor(values), seed, 64) for values in (old, new))
        found = distance(stored(before), after)
        assert found is not None
        truth = np.linalg.norm(new - old) / np.linalg.norm(old)
        angle = (old * new).sum() / np.linalg.norm(old) / np.linalg.norm(new)
        apart, cosine = found.relative_l2, found.cosine
        assert apart is not None
        assert cosine is not None
        inside["relative L2"] += int(apart.low <= truth <= apart.high)
        inside["cosine"] += int(cosine.low - 1e-12 <= angle <= cosine.high + 1e-12)

    assert min(inside.values()) >= 940, inside


@pytest.mark.parametrize("sums", [16, 64, 256])
@pytest.mark.parametrize("elements", [1, 2, 4, 10])
def test_intervals_allow_for_elements_that_meet_in_one_sum(elements: int, sums: int) -> None:
    """Few elements that changed by as much: where two of them meet, they are told as twice their squares or as none."""
    random = np.random.default_rng(elements)
    inside = 0
    for seed in range(400):
        old = random.standard_normal((32, 32)) * 0.02
        gap = np.zeros(old.shape)
        gap.flat[random.choice(gap.size, elements, replace=False)] = 1.0
        old, new = (values.astype(np.float32).astype(np.float64) for values in (old, old + gap))
        found = distance(stored(sketch(tensor(old), seed, sums)), sketch(tensor(new), seed, sums))
        assert found is not None
        apart = found.relative_l2
        assert apart is not None
        inside += bool(apart.low <= np.linalg.norm(new - old) / np.linalg.norm(old) <= apart.high)

    assert inside >= 372


def test_intervals_over_many_tensors_hold_what_is_true() -> None:
    """The figure of a whole release has an interval of its own, narrower than that of a tensor."""
    random = np.random.default_rng(7)
    inside = 0
    for trial in range(60):
        parts: list[Distance] = []
        truth = [0.0, 0.0]
        for number in range(12):
            old, new = (values.astype(np.float32).astype(np.float64) for values in pair(KINDS[number % 5], random))
            seed = seed_of(f"layer.{number}", trial)
            found = distance(stored(sketch(tensor(old), seed, 64)), sketch(tensor(new), seed, 64))
            assert found is not None
            parts.append(found)
            truth[0] += float(((new - old) ** 2).sum())
            truth[1] += float((old * old).sum())
        whole = joined(parts)
        assert whole is not None
        apart = whole.relative_l2
        assert apart is not None
        inside += apart.low <= math.sqrt(truth[0] / truth[1]) <= apart.high

    assert inside >= 54


def test_sketches_are_linear_and_fold() -> None:
    """The sketch of a sum is the sum of the sketches, at every number of sums, so that two of unequal length compare."""
    random = np.random.default_rng(0)
    old, gap = random.standard_normal((2, 40, 70))
    whole, part, both = (sketch(tensor(values, "F64"), 3, 1024).sums for values in (old, gap, old + gap))

    np.testing.assert_allclose(np.add(whole, part), both, atol=1e-9)
    np.testing.assert_allclose(folded(both, 64), sketch(tensor(old + gap, "F64"), 3, 64).sums, atol=1e-9)


def test_a_single_changed_element_is_found_exactly() -> None:
    """One element lands in one sum: there is nothing for chance to add."""
    old = np.random.default_rng(0).standard_normal((128, 128))
    new = old.copy()
    new[5, 77] += 3.0
    found = distance(sketch(tensor(old, "F64")), sketch(tensor(new, "F64")))
    assert found is not None

    assert found.squares.total == pytest.approx(9.0)


@pytest.mark.parametrize("count", [1, 17, 1023, 1024, 1025, 300_000])
def test_a_sketch_does_not_depend_on_chunks(count: int) -> None:
    """Tensors larger than a chunk, and those that end in the middle of a row."""
    values = np.random.default_rng(count).standard_normal(count)
    one = sketch(tensor(values, "F64"), 5, 1024)

    assert math.fsum(value * value for value in one.sums) == pytest.approx(float((values**2).sum()), rel=0.4)
    assert one.fingerprint == sketch(tensor(values, "F64"), 6, 64).fingerprint


def test_content_and_health_are_those_of_a_full_comparison() -> None:
    """A finding has one fingerprint, whether the old weights were here or only described."""
    random = np.random.default_rng(3)
    old, new = tensor(random.standard_normal((100, 60))), tensor(random.standard_normal((100, 60)))
    (full,) = measure_all([(old, new)])
    assert isinstance(full, Measure)
    found = measured(sketch(old), sketch(new), "F32", "F32", 6_000)
    assert found is not None

    assert (found.content, found.current_health) == (full.content, full.current_health)
    assert found.baseline_health == full.baseline_health
    assert found.changed is None


def test_equal_tensors_are_equal_exactly() -> None:
    """128 bits over dtype, shape and bytes: no estimate is asked."""
    values = np.random.default_rng(0).standard_normal((9, 9))
    found = measured(sketch(tensor(values)), sketch(tensor(values)), "F32", "F32", 81)
    assert found is not None

    assert found.changed == 0
    assert found.distance is None


def test_what_may_have_been_rounded_only_is_not_told_from_a_light_training() -> None:
    """Values that fit bfloat16, near the old ones: without the old elements nobody knows; far from them somebody trained."""
    random = np.random.default_rng(1)
    old = random.standard_normal((200, 100))
    near = old.astype(NUMPY["BF16"]).astype(np.float64)
    far = (old + random.standard_normal(old.shape) * 0.1).astype(NUMPY["BF16"]).astype(np.float64)
    trained = old + random.standard_normal(old.shape) * 1e-4

    assert measured(sketch(tensor(old)), sketch(tensor(near)), "F32", "F32", old.size) is None
    assert measured(sketch(tensor(old)), sketch(tensor(far)), "F32", "F32", old.size) is not None
    assert measured(sketch(tensor(old)), sketch(tensor(trained)), "F32", "F32", old.size) is not None
    assert measured(sketch(tensor(old)), sketch(tensor(near, "BF16")), "F32", "BF16", old.size) is None


@pytest.mark.parametrize("narrow", ["BF16", "F16", "F8_E4M3", "F8_E5M2"])
def test_a_wider_dtype_finds_its_narrower_baseline_again(narrow: str) -> None:
    """Rounded back, it has the fingerprint of the baseline: a recast, proved without one old byte."""
    form = np.random.default_rng(1).standard_normal((30, 20)).astype(NUMPY[narrow])
    # Every zero, denormal and large number that one byte, or the upper half of two, can be.
    form.flat[:256] = (np.arange(256) << (8 * form.itemsize - 8)).astype(f"u{form.itemsize}").view(NUMPY[narrow])
    values = np.where(np.isnan(form.astype(np.float64)), -0.0, form.astype(np.float64))
    before, now = tensor(values, narrow), tensor(values, "F32")
    other = tensor(values + 1e-3, "F32")

    same, differs = rounded_into_all([(now, narrow), (other, narrow)])

    assert not isinstance(same, EvidenceMissing)
    assert not isinstance(differs, EvidenceMissing)
    assert sketch(before).fingerprint in same
    assert sketch(before).fingerprint not in differs


def test_what_has_no_numbers_is_equal_or_not() -> None:
    """Four-bit floats are named by their bytes and not sketched."""
    one, other = held(b"\1\2", "F4", (4,)), held(b"\1\3", "F4", (4,))
    found = measured(sketch(one), sketch(other), "F4", "F4", 4)
    assert found is not None

    assert sketch(one).sums == ()
    assert found.distance is None
    assert found.content


def test_squares_that_no_double_holds_give_no_distance() -> None:
    """What cannot be measured is not near, and not far either."""
    values = np.full((20, 20), 1e200)
    found = measured(sketch(tensor(values, "F64")), sketch(tensor(values * 2, "F64")), "F64", "F64", values.size)

    assert found is not None
    assert found.apart is None
    assert found.cosine is None


def test_bytes_that_are_not_here_are_the_answer_for_one_tensor() -> None:
    """The others are sketched all the same."""

    def missing(start: int, view: memoryview) -> None:
        raise EvidenceMissing("model.safetensors", "only its pointer is here")

    whole = tensor(np.ones(9))
    gone = replace(whole, read_into=missing)
    answers = list(sketch_all([(whole, 1), (gone, 2), (whole, 3)], 64))

    assert [type(answer) for answer in answers] == [Sketch, EvidenceMissing, Sketch]

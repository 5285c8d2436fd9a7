"""Samples: how little they read, what they prove, and how often their intervals hold what is true."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from hfsemver.tensors import Sample, TensorBytes, sample_all
from hfsemver.tensors.sample import SHARE, places_of
from tests.dtypes import NUMPY
from tests.tensors.held import held

if TYPE_CHECKING:
    from numpy.typing import NDArray


def tensor(values: NDArray[np.float64], dtype: str = "F32") -> TensorBytes:
    return held(values.astype(NUMPY[dtype]).tobytes(), dtype, values.shape)


def sample(old: TensorBytes, new: TensorBytes, name: str = "w") -> Sample | None:
    (found,) = sample_all([(name, old, new)])
    assert found is None or isinstance(found, Sample)
    return found


@pytest.mark.parametrize("step", [1, 2, 4, 8])
@pytest.mark.parametrize("size", [0, 1, 100, 6_399, 6_400, 100_000, 1_000_003, 2**31, 2**40])
def test_at_most_one_hundredth_is_read(size: int, step: int) -> None:
    """Whatever the size; places lie inside, apart from one another, and one in each stratum."""
    places = places_of("w", size, step)

    assert sum(stop - start for start, stop in places) * step <= SHARE * size * step
    assert all(0 <= start < stop <= size for start, stop in places)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(places))
    for number, (start, _) in enumerate(places):
        assert size * number // len(places) <= start < size * (number + 1) // len(places)
    assert len({stop - start for start, stop in places}) <= 1


def test_places_are_those_of_the_name() -> None:
    """Two runs look at the same places, two tensors at different ones."""
    assert places_of("a", 10**6, 2) == places_of("a", 10**6, 2)
    assert places_of("a", 10**6, 2) != places_of("b", 10**6, 2)


def test_what_is_counted_is_what_was_read() -> None:
    """Byte by byte, of both sides."""
    random = np.random.default_rng(0)
    seen: Counter[str] = Counter()

    def watched(side: str, one: TensorBytes) -> TensorBytes:
        def read_into(start: int, view: memoryview) -> None:
            seen[side] += len(view)
            one.read_into(start, view)

        return TensorBytes(dtype=one.dtype, shape=one.shape, size=one.size, read_into=read_into)

    old, new = tensor(random.standard_normal((700, 700)), "F32"), tensor(random.standard_normal((700, 700)), "BF16")
    found = sample(watched("old", old), watched("new", new))
    assert found is not None

    assert found.octets == (seen["old"], seen["new"])
    assert seen["old"] <= SHARE * old.size
    assert seen["new"] <= SHARE * new.size


def test_equal_tensors_are_never_called_so() -> None:
    """A sample without a difference gives no measure."""
    values = np.random.default_rng(0).standard_normal((500, 500))
    found = sample(tensor(values), tensor(values))
    assert found is not None

    assert not found.differs
    assert found.measure() is None
    words = (Sample.__doc__ or "") + (sample_all.__doc__ or "")
    assert not re.search("unchanged", words)


def test_rounding_is_left_open() -> None:
    """What was read may be a round trip, or a cast: only all of it could tell."""
    values = np.random.default_rng(0).standard_normal((500, 500))
    rounded = values.astype(NUMPY["BF16"]).astype(np.float64)
    for new in (tensor(rounded), tensor(rounded, "BF16")):
        found = sample(tensor(values), new)
        assert found is not None
        assert found.differs
        assert found.measure() is None


def test_one_element_that_is_no_rounding_proves_an_update() -> None:
    """A counterexample is exact, however few bytes were read."""
    values = np.random.default_rng(0).standard_normal((500, 500))
    found = sample(tensor(values), tensor(values * (1 + 1e-5)))
    assert found is not None
    measure = found.measure()
    assert measure is not None

    assert measure.sampled
    assert measure.changed is None


@pytest.mark.parametrize("count", [1, 100, 1_500])
def test_small_tensors_are_not_sampled(count: int) -> None:
    """One hundredth of them is less than the smallest piece."""
    values = np.ones(count)

    assert sample(tensor(values), tensor(values * 2)) is None
    assert sample(held(b"12", "F4", (4,)), held(b"13", "F4", (4,))) is None


def test_intervals_hold_what_is_true() -> None:
    """Of 1,000 tensors that changed everywhere, 94 in 100 true distances and cosines lie inside of their intervals."""
    random = np.random.default_rng(11)
    inside = Counter[str]()
    kinds = ("dense", "heavy", "scaled", "unrelated", "smooth")
    for number in range(1_000):
        kind = kinds[number % len(kinds)]
        old = random.standard_normal((256, int(random.choice([200, 450])))) * 0.02
        size = 10.0 ** random.uniform(-3, 0)
        gap = {
            "dense": random.standard_normal(old.shape) * 0.02 * size,
            "heavy": random.standard_t(4, old.shape) * 0.02 * size,
            "scaled": old * size * (1 + 0.1 * random.standard_normal(old.shape)),
            "unrelated": random.standard_normal(old.shape) * 0.02 - old,
            # Rows that move by different amounts, as layers of an embedding do.
            "smooth": random.standard_normal(old.shape) * np.linspace(0.5, 1.5, 256)[:, None] * 0.02 * size,
        }[kind]
        before, after = tensor(old), tensor(old + gap)
        found = sample(before, after, f"layer.{number}")
        assert found is not None
        apart = found.distance
        if apart is None:  # one element of a heavy tail outweighs all others that were seen: there is no interval
            assert kind == "heavy"
            continue
        inside["told"] += 1
        distance, cosine = apart.relative_l2, apart.cosine
        assert distance is not None
        assert cosine is not None
        a, b = (values.astype(np.float32).astype(np.float64) for values in (old, old + gap))
        moved = np.linalg.norm(b - a) / np.linalg.norm(a)
        angle = (a * b).sum() / np.linalg.norm(a) / np.linalg.norm(b)
        inside["relative L2"] += int(distance.low <= moved <= distance.high)
        inside["cosine"] += int(cosine.low <= angle <= cosine.high)

    assert inside["told"] >= 980, inside
    assert min(inside.values()) >= 0.94 * inside["told"], inside


def test_one_piece_that_holds_everything_says_nothing_of_the_others() -> None:
    """Eight rows of 512 are not zero: the spread over pieces that are zero is no certainty."""
    random = np.random.default_rng(5)
    old = np.zeros((512, 512))
    old[64:72] = random.standard_normal((8, 512))
    new = old.copy()
    new[64:72] *= 1 + 0.3 * random.standard_normal((8, 512))

    found = [sample(tensor(old), tensor(new), f"layer.{number}") for number in range(40)]
    differing = [one for one in found if one is not None and one.differs]

    assert differing
    assert all(one.distance is None for one in differing)

"""Bands and measures of tensors against a plain float64 reference."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from hfsemver.core.errors import EvidenceMissing
from hfsemver.tensors import Band, Health, Measure, TensorBytes, band_of, examine_all, fingerprint_all, measure_all
from hfsemver.tensors.decoding import decode, rounded
from hfsemver.tensors.dtypes import NARROWER
from hfsemver.tensors.passes import BLOCK
from hfsemver.tensors.stored import CHUNK
from tests.dtypes import NUMPY
from tests.tensors.held import held

if TYPE_CHECKING:
    from numpy.typing import NDArray

FLOATS = ("F64", "F32", "F16", "BF16")
TORCH = {
    "F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16,
    "F8_E4M3": torch.float8_e4m3fn, "F8_E5M2": torch.float8_e5m2,
}  # fmt: skip


def stored(values: NDArray[np.float64], dtype: str) -> TensorBytes:
    """Put values into a tensor of the dtype."""
    return held(values.astype(NUMPY[dtype]).tobytes(), dtype, values.shape)


def numbers(tensor: TensorBytes) -> NDArray[np.float64]:
    data = bytearray(tensor.size)
    tensor.read_into(0, memoryview(data))
    return decode(data, tensor.dtype).astype(np.float64)


def measure(old: TensorBytes, new: TensorBytes) -> Measure:
    (seen,) = measure_all([(old, new)])
    assert isinstance(seen, Measure)
    return seen


def examine(tensor: TensorBytes) -> Health | None:
    (seen,) = examine_all([tensor])
    assert not isinstance(seen, EvidenceMissing)
    return seen


def fingerprint(tensor: TensorBytes) -> bytes:
    (seen,) = fingerprint_all([tensor])
    assert isinstance(seen, bytes)
    return seen


def normal(count: int, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).standard_normal(count)


@pytest.mark.parametrize("dtype", sorted(NUMPY))
@pytest.mark.parametrize("count", [0, 1, 7, BLOCK - 1, BLOCK, BLOCK + 1])
def test_measures_agree_with_float64(dtype: str, count: int) -> None:
    """Every dtype and every size around the block gives the sums of the plain formula."""
    left, right = np.abs(normal(count)) * 9, np.abs(normal(count, 1)) * 9
    if dtype == "BOOL":
        left, right = (left > 9) * 1.0, (left <= 9) * 1.0
    old, new = stored(left, dtype), stored(right, dtype)
    a, b = numbers(old), numbers(new)
    seen = measure(old, new)

    assert seen.count == count
    assert seen.changed == int((a != b).sum())
    assert seen.difference_squares == pytest.approx(float(((b - a) ** 2).sum()), rel=1e-6)
    assert seen.product == pytest.approx(float((a * b).sum()), rel=1e-6)
    assert seen.max_abs == pytest.approx(float(np.abs(b - a).max(initial=0.0)), rel=1e-6)


@pytest.mark.parametrize("dtype", FLOATS)
def test_each_dtype_decodes_every_bit_pattern_as_torch_does(dtype: str) -> None:
    """Reading a stored float is exact, NaN and infinity included."""
    width = NUMPY[dtype].itemsize
    bits = np.random.default_rng(0).integers(0, 256, (1 << 16) * width, dtype=np.uint8).tobytes()
    expected = torch.frombuffer(bytearray(bits), dtype=TORCH[dtype]).to(torch.float64).numpy()

    np.testing.assert_array_equal(decode(bits, dtype), expected)


@pytest.mark.parametrize("dtype", ["F16", "BF16", "F8_E4M3", "F8_E5M2"])
def test_rounding_is_that_of_torch(dtype: str) -> None:
    """Nearest-even, with saturation where the dtype has no infinity."""
    values = np.concatenate([normal(50_000), normal(50_000) * 1e3, np.linspace(-500, 500, 9_999)])
    values = values.astype(np.float32).astype(np.float64)
    expected = torch.from_numpy(values).float().to(TORCH[dtype]).double().numpy()

    np.testing.assert_array_equal(rounded(values, dtype), expected)


@given(st.sampled_from([(wide, narrow) for wide, narrows in NARROWER.items() for narrow in narrows]))
@settings(deadline=None)
def test_a_trip_through_a_narrower_dtype_is_a_roundtrip(pair: tuple[str, str]) -> None:
    """Current equals baseline rounded through one narrower dtype, every element: the band of a re-save."""
    wide, narrow = pair
    # Down to 1e-8, where a half float runs out of exponent and even bfloat16 loses something on the way through it.
    values = stored(normal(3_000) * 10.0 ** -(np.arange(3_000) % 9), wide)
    before = numbers(values)
    old, new = stored(before, wide), stored(rounded(before, narrow), wide)
    seen = measure(old, new)

    assert narrow in seen.through
    assert Band.ROUNDTRIP is band_of(seen, wide, wide)


def test_one_element_off_the_rounding_is_an_update() -> None:
    """A norm could not see it; the exact test does."""
    before = normal(100_000).astype(np.float32).astype(np.float64)
    after = rounded(before, "BF16")
    after[77_777] = np.nextafter(np.float32(after[77_777]), np.float32(9))
    seen = measure(stored(before, "F32"), stored(after, "F32"))

    assert seen.through == ()
    assert Band.UPDATED is band_of(seen, "F32", "F32")


@pytest.mark.parametrize(("old", "new"), [("F32", "BF16"), ("BF16", "F32"), ("F32", "F16"), ("F64", "F32")])
def test_a_cast_is_recast_in_both_directions(old: str, new: str) -> None:
    """The narrower side equals the wider one rounded to nearest-even."""
    narrow = old if NUMPY[old].itemsize < NUMPY[new].itemsize else new
    values = rounded(normal(5_000), narrow)

    assert Band.RECAST is band_of(measure(stored(values, old), stored(values, new)), old, new)


def test_a_cast_after_training_is_an_update() -> None:
    """Another dtype does not hide other values."""
    values = normal(5_000)

    assert Band.UPDATED is band_of(measure(stored(values, "F32"), stored(values * 1.01, "BF16")), "F32", "BF16")


@given(st.integers(0, 3_000), st.sampled_from(["F32", "BF16", "F16"]))
@settings(deadline=None, max_examples=30)
def test_equal_bytes_are_identical(count: int, dtype: str) -> None:
    """Nothing changed, whatever the values, NaN included."""
    values = normal(count)
    values[::7] = np.nan
    seen = measure(stored(values, dtype), stored(values, dtype))

    assert not seen.changed
    assert Band.IDENTICAL is band_of(seen, dtype, dtype)


def test_a_negative_zero_is_a_change_of_bits() -> None:
    """Identity is exact: equal numbers with other bits are not called identical."""
    seen = measure(stored(np.array([0.0, 1.0]), "F32"), stored(np.array([-0.0, 1.0]), "F32"))

    assert seen.changed == 1


def test_not_a_number_and_infinity_are_counted_and_stay_out_of_the_sums() -> None:
    """One broken element does not hide the others."""
    old, new = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, math.nan, math.inf, 5.0])
    seen = measure(stored(old, "F32"), stored(new, "F32"))

    assert (seen.current_health.nan, seen.current_health.infinite) == (1, 1)
    assert (seen.baseline_health.nan, seen.baseline_health.infinite) == (0, 0)
    assert seen.difference_squares == 1.0


def test_health_of_one_tensor() -> None:
    """Constants, masks and broken values are told apart."""
    constant = examine(stored(np.full(9, 2.5), "BF16"))
    mask = examine(stored(np.array([0.0, -math.inf]), "F32"))

    assert constant is not None
    assert constant.is_constant
    assert mask is not None
    assert mask.is_mask
    assert mask.infinite == 1


def test_packed_dtypes_are_compared_byte_by_byte() -> None:
    """Four-bit floats cannot be read as numbers here, and are still never called equal when they differ."""
    old, new = held(b"\1\2\3\4", "F4", (8,)), held(b"\1\2\3\5", "F4", (8,))
    seen = measure(old, new)

    assert seen.changed == 1
    assert seen.cosine is None
    assert Band.UPDATED is band_of(seen, "F4", "F4")
    assert examine(new) is None


def test_fingerprints_see_dtype_shape_and_bytes() -> None:
    """The same bytes under another shape are another tensor."""
    values = normal(16)
    wide, tall = stored(values.reshape(2, 8), "F32"), stored(values.reshape(8, 2), "F32")

    assert fingerprint(wide) == fingerprint(stored(values.reshape(2, 8), "F32"))
    assert fingerprint(wide) != fingerprint(tall)
    assert fingerprint(wide) != fingerprint(stored(values.reshape(2, 8) + 1, "F32"))


def test_a_readable_side_is_looked_at_beside_a_packed_one() -> None:
    """Packed weights that were unpacked into NaN are broken, whatever they were before."""
    packed = held(bytes(2), "F4", (4,))
    seen = measure(packed, stored(np.array([1.0, math.nan, 0.5, 2.0]), "F32"))

    assert seen.current_health.nan == 1
    assert seen.changed


@pytest.mark.parametrize("changed", [0, 2])
def test_an_equal_chunk_is_read_again_only_where_it_came_before_all_others(changed: int) -> None:
    """Its sums are wanted once any chunk differs; where that is known already, they are taken at once."""
    before = bytes(4 * CHUNK)
    after = bytearray(before)
    after[changed * CHUNK] = 1
    starts: list[int] = []

    def read_into(start: int, view: memoryview) -> None:
        starts.append(start // CHUNK)
        view[:] = after[start : start + len(view)]

    new = TensorBytes(dtype="U8", shape=(4 * CHUNK,), size=4 * CHUNK, read_into=read_into)
    (seen,) = measure_all([(held(before, "U8", (4 * CHUNK,)), new)], threads=1)

    assert isinstance(seen, Measure)
    assert 1 == seen.changed == seen.current_squares
    assert [0, 1, 2, 3, *range(changed)] == starts

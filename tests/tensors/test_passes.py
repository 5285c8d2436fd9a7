"""Kernel, NumPy and a plain float64 reference, held together over every dtype, size and kind of number."""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hfsemver.tensors.blocks import NumpyPasses
from hfsemver.tensors.decoding import decode, rounded, widened
from hfsemver.tensors.dtypes import code, is_float, is_narrow, width
from hfsemver.tensors.kernel import ENGINE, passes
from hfsemver.tensors.passes import BLOCK, ROW, Passes, Ways
from tests.dtypes import NUMPY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hfsemver.tensors.passes import Comparison

REFERENCE = NumpyPasses()
KERNELS = sorted({passes(name).name for name in ("plain", "avx2", "avx512")} - {"numpy"})
COUNTS = (0, 1, 31, 32, 33, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 77)
ALL = int(Ways(0x7F))

needs_kernel = pytest.mark.skipif(not KERNELS, reason="the kernel was not built: no compiler was at hand")


def told(answer: object) -> str:
    """Tell every bit of an answer: NaN equals itself, and a negative zero is none."""
    return repr(answer)


def agree(old: bytes, new: bytes, before: str, after: str) -> None:
    """Every vector width answers as NumPy does, bit by bit."""
    for ways in (0, ALL):
        expected = told(REFERENCE.compare(old, new, code(before), code(after), ways))
        for name in KERNELS:
            assert told(passes(name).compare(old, new, code(before), code(after), ways)) == expected, name
    expected = told(REFERENCE.examine(old, code(before)))
    for name in KERNELS:
        assert told(passes(name).examine(old, code(before))) == expected, name


def scattered(dtype: str, count: int, scale: float, seed: int) -> bytes:
    values = np.random.default_rng(seed).standard_normal(count) * scale
    with np.errstate(all="ignore"):
        return values.astype(NUMPY[dtype]).tobytes()


@needs_kernel
@pytest.mark.parametrize("dtype", sorted(NUMPY))
@pytest.mark.parametrize("count", COUNTS)
def test_the_kernel_answers_as_numpy_does(dtype: str, count: int) -> None:
    """Any bit pattern, ordinary weights, constants, zeros, and numbers whose squares overflow or vanish."""
    random = np.random.default_rng(count)
    size = count * width(dtype)
    bits = [random.integers(0, 256, size, dtype=np.uint8).tobytes() for _ in range(2)]
    agree(bits[0], bits[1], dtype, dtype)
    for scale in (0.02, 0.0, 1e-30, 1e30):
        agree(scattered(dtype, count, scale, 1), scattered(dtype, count, scale, 2), dtype, dtype)


@needs_kernel
@given(
    st.sampled_from(sorted(NUMPY)),
    st.sampled_from(sorted(NUMPY)),
    st.integers(0, 2 * BLOCK),
    st.sampled_from([1e-40, 1e-12, 0.02, 1.0, 300.0, 1e20]),
    st.integers(0, 2**32 - 1),
)
@settings(deadline=None, max_examples=60)
def test_casts_between_any_two_dtypes_are_told_alike(
    before: str, after: str, count: int, scale: float, seed: int
) -> None:
    """One side is the other, cast as NumPy casts it."""
    old = scattered(before, count, scale, seed)
    with np.errstate(all="ignore"):
        new = decode(old, before).astype(np.float32).astype(NUMPY[after]).tobytes()

    agree(old, new, before, after)


@needs_kernel
@given(st.data(), st.sampled_from([dtype for dtype in sorted(NUMPY) if is_float(dtype)]))
@settings(deadline=None, max_examples=60)
def test_specials_among_ordinary_numbers_are_told_alike(data: st.DataObject, dtype: str) -> None:
    """NaN, infinities, denormals and zeros of either sign, anywhere in a block."""
    count = data.draw(st.sampled_from([5, 64, BLOCK, BLOCK + 32]))
    sides = []
    for seed in range(2):
        with np.errstate(all="ignore"):
            values = (np.random.default_rng(seed).standard_normal(count) * 0.02).astype(NUMPY[dtype])
            for place in data.draw(st.lists(st.integers(0, count - 1), max_size=4)):
                special = data.draw(st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -0.0, 1e-45, -6e-8, 1e38]))
                values[place] = special
        sides.append(values.tobytes())

    agree(sides[0], sides[1], dtype, dtype)


@pytest.mark.parametrize("dtype", sorted(NUMPY))
@pytest.mark.parametrize("engine", ["numpy", *KERNELS])
def test_sums_agree_with_a_float64_reference(dtype: str, engine: str) -> None:
    """Within what single precision loses over one block, and exactly where it loses nothing."""
    old, new = (np.frombuffer(scattered(dtype, 20_000, 9.0, seed), NUMPY[dtype]) for seed in (1, 2))
    a, b = (decode(side.tobytes(), dtype).astype(np.float64) for side in (old, new))
    found = passes(engine).compare(old.tobytes(), new.tobytes(), code(dtype), code(dtype), 0)
    good = np.isfinite(a) & np.isfinite(b)
    x, y = a[good], b[good]

    assert found[0] == int((old.view(f"u{width(dtype)}") != new.view(f"u{width(dtype)}")).sum())
    expected = ((x * x).sum(), (y * y).sum(), ((y - x) ** 2).sum(), (x * y).sum(), np.abs(y - x).max())
    np.testing.assert_allclose(found[1], expected, rtol=1e-6, atol=1e-6 * float((x * x).sum()))


def reference(old: NDArray[np.float64], new: NDArray[np.float64]) -> tuple[float, ...]:
    gap = new - old
    return tuple(math.fsum(terms) for terms in (old * old, new * new, gap * gap, old * new))


@given(arrays(np.float32, 64, elements=st.floats(width=32, allow_nan=False, allow_infinity=False)))
@settings(deadline=None, max_examples=60)
def test_sums_neither_overflow_nor_vanish(values: NDArray[np.float32]) -> None:
    """Whatever single precision can hold: its squares are summed in double where they leave its range."""
    other = np.roll(values, 1)
    for name in ("numpy", *KERNELS):
        found = passes(name).compare(values.tobytes(), other.tobytes(), code("F32"), code("F32"), 0)
        expected = reference(values.astype(np.float64), other.astype(np.float64))
        scale = max(expected[0], expected[2])
        np.testing.assert_allclose(found[1][:4], expected, rtol=2e-6, atol=2e-6 * scale)
        assert (found[1][2] == 0.0) == (expected[2] == 0.0)


@needs_kernel
@pytest.mark.parametrize("dtype", sorted(NUMPY))
def test_sketches_are_told_alike(dtype: str) -> None:
    """The same seed projects to the same numbers on every machine; other rows of the tensor to other ones."""
    data = scattered(dtype, 3 * BLOCK + 5, 0.02, 7)
    found = set()
    for name in ("numpy", *KERNELS):
        sums = array("d", bytes(8 * ROW))
        passes(name).sketch(data, code(dtype), 5, 2**63 + 11, sums)
        found.add(sums.tobytes())

    assert len(found) == 1


@pytest.mark.parametrize("engine", ["numpy", *KERNELS])
def test_equal_bytes_and_others(engine: str) -> None:
    """One bit, anywhere, makes the difference."""
    chosen: Passes = passes(engine)
    data = bytearray(scattered("F32", 5_000, 1.0, 3))
    other = bytearray(data)
    other[-1] ^= 1

    assert chosen.is_equal(bytes(data), data)
    assert not chosen.is_equal(data, other)
    assert not chosen.is_equal(data, data[:-1])


@needs_kernel
def test_widths_are_told_apart() -> None:
    """Each name runs its own code, whichever was asked for last."""
    asked = [passes(name) for name in KERNELS]

    assert [one.name for one in asked] == KERNELS
    assert len({id(one) for one in asked}) == len(KERNELS)


@needs_kernel
@pytest.mark.parametrize("name", KERNELS)
def test_wrong_calls_are_refused(name: str) -> None:
    """The kernel believes no caller: half elements, unknown dtypes and unequal lengths end in an error."""
    kernel = passes(name)
    with pytest.raises(ValueError, match="whole number"):
        kernel.compare(b"123", b"123", code("F16"), code("F16"), 0)
    with pytest.raises(ValueError, match="compared with"):
        kernel.compare(b"1234", b"12", code("F16"), code("F16"), 0)
    with pytest.raises(ValueError, match="no dtype"):
        kernel.examine(b"", 99)
    with pytest.raises(ValueError, match="doubles"):
        kernel.sketch(b"", code("F16"), 0, 0, array("d", [0.0]))


def test_the_variable_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    """``HFSEMVER_KERNEL=numpy`` leaves the kernel aside."""
    monkeypatch.setenv(ENGINE, "numpy")
    passes.cache_clear()
    try:
        assert passes().name == "numpy"
    finally:
        passes.cache_clear()


@pytest.mark.parametrize("dtype", [dtype for dtype in sorted(NUMPY) if is_float(dtype) and dtype != "F8_E8M0"])
def test_what_a_dtype_holds_it_rounds_to_itself(dtype: str) -> None:
    """Every bit pattern of a narrow dtype, and many of a wide one, are fixed points of rounding into it."""
    bits = width(dtype) * 8
    every = 1 << min(bits, 16)
    patterns = np.arange(every, dtype=np.uint64) << np.uint64(bits - min(bits, 16))
    data = patterns.astype(f"<u{width(dtype)}").tobytes()
    values = widened(decode(data, dtype))
    # An infinity that the dtype cannot hold is none of its own values.
    np.testing.assert_array_equal(rounded(values, dtype), values)
    assert is_narrow(dtype) == (dtype != "F64")


@given(st.floats(width=64, allow_nan=False), st.sampled_from(["F32", "BF16", "F16", "F8_E4M3", "F8_E5M2"]))
@settings(deadline=None)
def test_rounding_goes_to_the_nearest(value: float, dtype: str) -> None:
    """No other value of the dtype lies nearer."""
    (found,) = rounded(np.array([value]), dtype)
    largest = {"F32": 3.4028234663852886e38, "BF16": 3.3895313892515355e38, "F16": 65504.0}.get(
        dtype, 448.0 if dtype == "F8_E4M3" else 57344.0
    )
    if abs(value) <= largest:
        for other in neighbours(found, dtype):
            assert abs(found - value) <= abs(other - value)


def neighbours(value: float, dtype: str) -> list[float]:
    """The values of the dtype next to one of its values."""
    stored = np.array([value]).astype(np.float32).astype(NUMPY[dtype]).view(f"u{width(dtype)}")
    near = [np.array([int(stored[0]) + step]).astype(f"u{width(dtype)}") for step in (-1, 1)]
    found = [float(decode(pattern.tobytes(), dtype)[0]) for pattern in near]
    return [one for one in found if math.isfinite(one)]


def test_an_answer_has_the_shape_that_is_promised() -> None:
    """Both engines return plain numbers, so that an answer may cross any border."""
    for name in ("numpy", *KERNELS):
        answer: Comparison = passes(name).compare(b"\0\0\x80?", b"\0\0\0@", code("F32"), code("F32"), 0)
        assert answer[:5] == (1, (1.0, 4.0, 1.0, 2.0, 1.0), 0, (0, 0, 1, 1.0, 1.0), (0, 0, 1, 2.0, 4.0))
        assert [type(part) for part in answer] == [int, tuple, int, tuple, tuple, bytes]


@needs_kernel
@pytest.mark.parametrize("dtype", sorted(NUMPY))
def test_bytes_may_lie_at_any_address(dtype: str) -> None:
    """Where a tensor begins in its file is up to whoever wrote the header."""
    count = 2 * BLOCK + 7
    old, new = scattered(dtype, count, 0.02, 3), scattered(dtype, count, 0.02, 4)
    for offset in (1, 3):
        moved = [memoryview(bytearray(offset) + data)[offset:] for data in (old, new)]
        for name in KERNELS:
            passed = passes(name)
            straight = told(passed.compare(old, new, code(dtype), code(dtype), ALL))
            assert told(passed.compare(moved[0], moved[1], code(dtype), code(dtype), ALL)) == straight

"""Whole lists of tensors, each with an answer of its own, in the order in which they were given.

One tensor whose bytes are not here takes nothing from the others: its answer is the ``EvidenceMissing`` that reading it
raised. What comes is asked for one by one, so that an engine may read ahead, or many at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from hfsemver.core.errors import EvidenceMissing
from hfsemver.tensors.measure import examine, fingerprint, measure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from hfsemver.tensors.measure import Health, Measure, TensorBytes

_Answer = TypeVar("_Answer")


def measure_all(pairs: Iterable[tuple[TensorBytes, TensorBytes]]) -> Iterator[Measure | EvidenceMissing]:
    """Compare tensors of one shape, the baseline's first, element by element."""
    return (_answer(measure, *pair) for pair in pairs)


def examine_all(tensors: Iterable[TensorBytes]) -> Iterator[Health | EvidenceMissing | None]:
    """Look at tensors by themselves; ``None`` for dtypes that are packed below a byte."""
    return (_answer(examine, tensor) for tensor in tensors)


def fingerprint_all(tensors: Iterable[TensorBytes]) -> Iterator[bytes | EvidenceMissing]:
    """Return 128 bits over dtype, shape and bytes: equal for the same tensor under any name."""
    return (_answer(fingerprint, tensor) for tensor in tensors)


def _answer(ask: Callable[..., _Answer], *tensors: TensorBytes) -> _Answer | EvidenceMissing:
    try:
        return ask(*tensors)
    except EvidenceMissing as missing:
        return missing

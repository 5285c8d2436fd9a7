"""Tensors whose bytes are in memory."""

from __future__ import annotations

from hfsemver.tensors import TensorBytes


def held(data: bytes, dtype: str, shape: tuple[int, ...]) -> TensorBytes:
    """Return a tensor of these bytes."""

    def read_into(start: int, view: memoryview) -> None:
        view[:] = data[start : start + len(view)]

    return TensorBytes(dtype=dtype, shape=shape, size=len(data), read_into=read_into)

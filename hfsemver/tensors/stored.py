"""Where the bytes of a tensor come from, and the windows that they are read into."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.tensors.dtypes import is_decodable, width

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHUNK: Final = 1 << 20
"""Elements that are read and passed over at a time: 2 MiB of bfloat16. A multiple of ``BLOCK``."""

_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorBytes:
    """The stored bytes of a tensor; ``read_into(start, view)`` fills a view with those from ``start`` on.

    It may be called from several threads at once. Raises ``EvidenceMissing`` when the bytes are not here, ``SourceError``
    when reading fails.
    """

    dtype: str
    shape: tuple[int, ...]
    size: int
    read_into: Callable[[int, memoryview], None]

    def part(self, start: int, stop: int) -> TensorBytes:
        """Return some of the bytes, as bytes."""

        def read_into(at: int, view: memoryview) -> None:
            self.read_into(start + at, view)

        return TensorBytes(dtype="U8", shape=(stop - start,), size=stop - start, read_into=read_into)

    @property
    def step(self) -> int:
        """Bytes of a chunk: those of ``CHUNK`` elements; 1 MiB where the dtype is packed below a byte."""
        return min(CHUNK * width(self.dtype) if is_decodable(self.dtype) else _BYTES, self.size)

    def chunks(self) -> Iterator[tuple[int, int]]:
        """Cut the bytes into chunks."""
        return ((start, min(start + self.step, self.size)) for start in range(0, self.size, max(self.step, 1)))


class _Windows(threading.local):
    """Two buffers for each thread, used over and over: memory does not grow with the tensors."""

    def __init__(self) -> None:
        self.buffers = [bytearray(), bytearray()]


_WINDOWS = _Windows()


def window(tensor: TensorBytes, start: int, stop: int, place: int = 0) -> memoryview:
    """Read bytes of a tensor into this thread's window ``place`` (0 or 1); what was there before is gone."""
    buffers = _WINDOWS.buffers
    if len(buffers[place]) < stop - start:
        buffers[place] = bytearray(stop - start)
    view = memoryview(buffers[place])[: stop - start]
    tensor.read_into(start, view)
    return view

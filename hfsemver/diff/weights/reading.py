"""The bytes of a tensor or a weight file of a release, for the floor that measures them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.diff.files.files import ANY_SIZE
from hfsemver.tensors import TensorBytes

if TYPE_CHECKING:
    from hfsemver.core.tensor import TensorInfo
    from hfsemver.diff.files.files import FilesDiff
    from hfsemver.diff.weights.depth import Depth
    from hfsemver.releases.release import Release


def tensor_bytes(release: Release, tensor: TensorInfo, rows: int | None = None) -> TensorBytes:
    """Return a reader of the tensor's bytes; of its first ``rows`` rows only, when given."""
    begin, end = tensor.data_offsets
    shape = tensor.shape
    if rows is not None and shape and rows < shape[0]:
        end = begin + (end - begin) // shape[0] * rows
        shape = (rows, *shape[1:])

    def read(start: int, stop: int) -> bytes:
        return release.source.read(tensor.file, begin + start, begin + stop)

    return TensorBytes(dtype=tensor.dtype, shape=shape, size=end - begin, read=read)


@dataclass(frozen=True, eq=False, kw_only=True)
class WeightReading:
    """Two releases, and how deep their weights may be read to tell them apart."""

    baseline: Release
    current: Release
    files: FilesDiff
    depth: Depth

    def same(self, old: str, new: str) -> bool | None:
        """Whether two weight files are equal, without reading both; ``None`` when only their tensors could tell."""
        return self.files.hashed(old, new) if self.depth.reads_values else self.files.listed(old, new)

    def same_whole(self, old: str, new: str) -> bool | None:
        """Whether two files are equal that are compared as a whole, because nothing here reads what is inside."""
        return self.files.same(old, new, ANY_SIZE) if self.depth.reads_values else self.files.listed(old, new)

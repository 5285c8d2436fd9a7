"""The bytes of a tensor or a weight file of a release, for the floor that measures them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hfsemver.core.digest import Algorithm
from hfsemver.tensors import TensorBytes

if TYPE_CHECKING:
    from hfsemver.core.tensor import TensorInfo
    from hfsemver.diff.weights.depth import Depth
    from hfsemver.releases.release import Release
    from hfsemver.releases.source import FileInfo


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


@dataclass(frozen=True, kw_only=True)
class FileIdentity:
    """Which files of the two releases are the same, byte for byte; each pair is settled once."""

    baseline: Release
    current: Release
    depth: Depth
    known: dict[tuple[str, str], bool | None] = field(default_factory=dict)

    def same(self, old_path: str, new_path: str) -> bool | None:
        """Whether two files are equal: by size, by digest and, where one side has a digest and bytes may be read, by hashing.

        ``None`` when only a comparison of the bytes themselves could tell.
        """
        key = (old_path, new_path)
        if key not in self.known:
            self.known[key] = self._settle(self.baseline.files[old_path], self.current.files[new_path])
        return self.known[key]

    def _settle(self, old: FileInfo, new: FileInfo) -> bool | None:
        if old.size != new.size:
            return False
        digests = old.digest, new.digest
        if old.digest is not None and new.digest is not None and old.digest.algorithm == new.digest.algorithm:
            return old.digest == new.digest
        if self.depth.reads_values and any(d is not None and d.algorithm is Algorithm.SHA256 for d in digests):
            return self.baseline.source.sha256(old.path) == self.current.source.sha256(new.path)
        return None

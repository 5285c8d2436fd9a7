"""The bytes of tensors and weight files, for the floor that measures them; nothing is read twice for a second policy."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.files.files import ANY_SIZE
from hfsemver.tensors import TensorBytes, examine_all, fingerprint_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hfsemver.core.progress import Progress
    from hfsemver.core.surface import DescribedTensor
    from hfsemver.core.tensor import TensorInfo
    from hfsemver.diff.files.files import FilesDiff
    from hfsemver.diff.weights.depth import Depth
    from hfsemver.releases.release import Release
    from hfsemver.releases.source import OpenFile
    from hfsemver.tensors import Health

    _Place = tuple[str, int, int, str, tuple[int, ...]]


_OPEN: Final = 8
"""Files of one release that are kept open."""


def _place(tensor: TensorInfo) -> _Place:
    # Two tensors of a pickle may be one piece of memory in two shapes.
    return (tensor.file, *tensor.data_offsets, tensor.dtype, tensor.shape)


@dataclass(frozen=True, eq=False)
class WeightSide:
    """The tensors of one release by their bytes. What was worked out of them is remembered, and what was read counted."""

    release: Release
    progress: Progress | None = None
    _read: dict[_Place, int] = field(default_factory=dict, init=False, repr=False)
    _open: OrderedDict[str, OpenFile] = field(default_factory=OrderedDict, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _fingerprints: dict[_Place, bytes | EvidenceMissing] = field(default_factory=dict, init=False, repr=False)
    _healths: dict[_Place, Health | EvidenceMissing | None] = field(default_factory=dict, init=False, repr=False)

    @property
    def bytes_read(self) -> int:
        """Bytes of the tensors whose values were looked at, each counted once."""
        return sum(self._read.values())

    def looked_at(self, tensor: TensorInfo, octets: int) -> None:
        """Count bytes of a tensor that is read in part."""
        place = _place(tensor)
        self._read[place] = max(octets, self._read.get(place, 0))

    def stored(self, tensor: TensorInfo, rows: int | None = None, *, in_part: bool = False) -> TensorBytes:
        """Return a reader of the tensor's bytes; of its first ``rows`` rows only, when given.

        Whoever reads it ``in_part`` says afterwards how much that was (``looked_at``).
        """
        begin, end = tensor.data_offsets
        shape = tensor.shape
        if rows is not None and shape and rows < shape[0]:
            end = begin + (end - begin) // shape[0] * rows
            shape = (rows, *shape[1:])
        place, size = _place(tensor), end - begin

        def read_into(start: int, view: memoryview) -> None:
            self._opened(tensor.file).read_into(begin + start, view)
            if in_part:
                return
            self._read[place] = max(size, self._read.get(place, 0))
            if self.progress is not None:
                self.progress.read(len(view))

        return TensorBytes(dtype=tensor.dtype, shape=shape, size=size, read_into=read_into)

    def announce(self, tensors: Iterable[TensorInfo]) -> None:
        """Say that these tensors are going to be read, to whoever wants to know how far reading has come."""
        if self.progress is not None:
            self.progress.expect(sum(tensor.size for tensor in tensors))

    def _opened(self, file: str) -> OpenFile:
        with self._lock:
            found = self._open.pop(file, None)
            self._open[file] = found = self.release.source.open_file(file) if found is None else found
            if len(self._open) > _OPEN:
                self._open.popitem(last=False)
        return found

    def described(self, tensor: TensorInfo) -> DescribedTensor | None:
        """Return what a surface says of a tensor whose bytes are not here; ``None`` for one that can be read."""
        told = self.release.described(tensor.file) if tensor.file in self.release.files else None
        return None if told is None else told.get(tensor.name)

    def fingerprints(self, tensors: Iterable[TensorInfo]) -> Iterator[bytes | EvidenceMissing]:
        """Return what tells each tensor from every other one, dtype and shape included, or why its bytes are not here."""
        wanted = tuple(tensors)
        for tensor in wanted:
            if (told := self.described(tensor)) is not None:
                self._fingerprints[_place(tensor)] = told.fingerprint
        new = {_place(t): t for t in wanted if _place(t) not in self._fingerprints}
        self.announce(new.values())
        self._fingerprints.update(zip(new, fingerprint_all(map(self.stored, new.values())), strict=True))
        return (self._fingerprints[_place(tensor)] for tensor in wanted)

    def known_fingerprint(self, tensor: TensorInfo) -> bytes | EvidenceMissing | None:
        """Return what ``fingerprints`` has found out before; reads nothing."""
        return self._fingerprints.get(_place(tensor))

    def are_equal(self, one: TensorInfo, other: TensorInfo) -> bool | None:
        """Whether two tensors of this release hold the same; ``None`` when bytes of one are not here."""
        left, right = self.fingerprints((one, other))
        if isinstance(left, EvidenceMissing) or isinstance(right, EvidenceMissing):
            return None
        return left == right

    def healths(self, tensors: Iterable[TensorInfo]) -> Iterator[Health | None]:
        """Return what each tensor looks like on its own, ``None`` where its dtype says nothing; may raise ``EvidenceMissing``."""
        wanted = tuple(tensors)
        new = {_place(t): t for t in wanted if _place(t) not in self._healths}
        self.announce(new.values())
        self._healths.update(zip(new, examine_all(map(self.stored, new.values())), strict=True))
        for tensor in wanted:
            health = self._healths[_place(tensor)]
            if isinstance(health, EvidenceMissing):
                raise health
            yield health


@dataclass(frozen=True, eq=False, kw_only=True)
class WeightReading:
    """Both sides, and how deep their weights may be read to tell them apart."""

    old: WeightSide
    new: WeightSide
    files: FilesDiff
    depth: Depth

    @property
    def baseline(self) -> Release:
        """The release that is compared with."""
        return self.old.release

    @property
    def current(self) -> Release:
        """The release that is compared."""
        return self.new.release

    def are_known_equal(self, old: TensorInfo, new: TensorInfo) -> bool:
        """Whether the bytes of two tensors were already found to be the same, as those of a renamed one were."""
        found = self.old.known_fingerprint(old)
        return isinstance(found, bytes) and found == self.new.known_fingerprint(new)

    def same(self, old: str, new: str) -> bool | None:
        """Whether two weight files are equal, without reading both; ``None`` when only their tensors could tell."""
        return self.files.hashed(old, new) if self.depth.reads_values else self.files.listed(old, new)

    def same_whole(self, old: str, new: str) -> bool | None:
        """Whether two files are equal that are compared as a whole, because nothing here reads what is inside."""
        return self.files.same(old, new, ANY_SIZE) if self.depth.reads_values else self.files.listed(old, new)

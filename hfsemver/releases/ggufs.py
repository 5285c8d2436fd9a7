"""The headers of the GGUF files of a release, each read when somebody asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing, FormatError
from hfsemver.releases.formats import gguf
from hfsemver.releases.source import FileKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.releases.formats.gguf_types import GgufHeader
    from hfsemver.releases.source import FileInfo, Source
    from hfsemver.releases.weight_formats import WeightFormat

KIND = "gguf"


class Ggufs(Mapping[str, "GgufHeader"]):
    """Headers by path. A model in several files has its metadata in the first, so the others are not among them.

    To look one up may raise ``FormatError`` for a malformed file and ``EvidenceMissing`` for one whose bytes are not here,
    or that is in a version of the format which is not read.
    """

    def __init__(self, formats: Mapping[str, WeightFormat], files: Mapping[str, FileInfo], source: Source) -> None:
        self._paths = tuple(found.files[0] for found in formats.values() if found.kind == KIND)
        self._files = files
        self._source = source
        self._known: dict[str, GgufHeader] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, path: str) -> GgufHeader:
        if path not in self._paths:
            raise KeyError(path)
        if path not in self._known:
            self._known[path] = self._header(self._files[path])
        return self._known[path]

    def _header(self, info: FileInfo) -> GgufHeader:
        if info.kind is FileKind.POINTER:
            raise EvidenceMissing(info.path, "only its LFS pointer is here, so its header cannot be read")
        if not info.readable:
            raise FormatError(info.refusal, info.path, hint="commit the file itself in its place")
        try:
            return gguf.read_header(self._source.read, info.path, info.size)
        except gguf.UnreadVersionError as error:
            raise EvidenceMissing(info.path, f"{error.where[-1]}: {error.fault}", hint=error.hint) from None

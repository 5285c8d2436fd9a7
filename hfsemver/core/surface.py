"""A release described without its bytes: enough to tell what changed since, and how far, when the old weights are gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.core.tensor import TensorInfo

PATH: Final = ".hfsemver/surface.json"
"""Where a release keeps its own surface."""
_UNFINISHED: Final = ".hfsemver/.surface.json."


def is_own(path: str) -> bool:
    """Whether a file is the surface of its release, which cannot hold its own digest, or what a killed writer left of one."""
    return path == PATH or path.startswith(_UNFINISHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedFile:
    """A file of the release: its size in bytes and the SHA-256 of its content in hex."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedTensor:
    """One tensor: 128 bits over dtype, shape and bytes, what it looks like on its own, and the sums of its sketch.

    ``squares`` is the sum of its squares, ``None`` where no double holds it, and there are no sums then; ``constant`` the number that all its finite
    elements are, if they are.
    """

    info: TensorInfo
    fingerprint: bytes
    squares: float | None
    nan: int = 0
    infinite: int = 0
    constant: float | None = None
    sums: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """Files by path, tensors by file and then by name, and digests of what the small files mean, whatever their spelling.

    ``seed`` is that of the sketches. ``config`` and ``tokenizer`` are digests in hex, empty where there is no such thing;
    ``templates`` gives a digest over the renders of each chat template by name. ``texts`` are small files themselves: the
    config, the card and their like, without which tensors have no meaning and the release no version.
    """

    seed: int
    files: Mapping[str, DescribedFile]
    tensors: Mapping[str, Mapping[str, DescribedTensor]]
    config: str
    tokenizer: str
    templates: Mapping[str, str]
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A surface as it was read or written: how it was named, its size in bytes, and what of it does not hold.

    ``stale`` names the files that are others than described, ``forged`` what is told falsely of files that are the same. Of
    ``unread`` files the size alone was compared. ``here`` is how many of the files are in a surface that lies in no release,
    or beside it, where nothing is said of the others. ``access`` says what was written
    down beside it of who may load the model.
    """

    ref: str
    size: int
    surface: Surface
    stale: tuple[str, ...] = ()
    forged: tuple[str, ...] = ()
    unread: int = 0
    here: int | None = None
    access: str = ""

    @property
    def ok(self) -> bool:
        """Whether it describes the release that it lies in."""
        return not self.stale and not self.forged

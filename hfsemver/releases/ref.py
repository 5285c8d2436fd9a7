"""How a release is named on the command line. Parsing is pure; whether it exists is found out on opening.

A value that no text could name cannot be made, so ``parse_ref(str(ref)) == ref`` holds for every one there is.
"""

from __future__ import annotations

import re
from dataclasses import astuple, dataclass
from typing import TypeAlias

from hfsemver.core.errors import RefError
from hfsemver.core.escape import clipped

_REPO_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_HUB = "hf://"
_SURFACE = "surface.json"
# What other tools write in front of the name for repositories of every kind.
_OTHERS = frozenset({"buckets", "datasets", "models", "spaces"})

# The @ of ``main@{yesterday}`` or ``@{upstream}`` belongs to the revision.
_SEPARATOR = re.compile(r"@(?!\{)")


@dataclass(frozen=True, slots=True)
class LocalRef:
    """A folder as it is now. ``str`` adds an empty revision where the path itself holds an ``@``."""

    path: str

    def __post_init__(self) -> None:
        _insist(self)

    def __str__(self) -> str:
        return f"{self.path}@" if "@" in self.path or _names_surface(self.path) else self.path


@dataclass(frozen=True, slots=True)
class GitRef:
    """A revision of the repository that holds ``path``; ``path`` is ``.`` for the repository we stand in.

    A path that would be read as something else gets ``./`` in front, as one would type it.
    """

    path: str
    revision: str

    def __post_init__(self) -> None:
        if self.path.startswith(("@", _HUB)) or _REPO_ID.fullmatch(self.path):
            object.__setattr__(self, "path", f"./{self.path}")
        _insist(self)

    def __str__(self) -> str:
        return f"{'' if self.path == '.' else self.path}@{self.revision}"


@dataclass(frozen=True, slots=True)
class HubRef:
    """A revision of a model repository on the Hub, or of a ``folder`` in it, such as an adapter that lies beside its base."""

    repo_id: str
    revision: str = "main"
    folder: str = ""

    def __post_init__(self) -> None:
        _insist(self)

    def __str__(self) -> str:
        return f"{_HUB}{self.repo_id}{'/' if self.folder else ''}{self.folder}@{self.revision}"


@dataclass(frozen=True, slots=True)
class SurfaceRef:
    """A committed surface, ``DIR/surface.json``: a release described without its weights."""

    path: str

    def __post_init__(self) -> None:
        _insist(self)

    def __str__(self) -> str:
        return self.path


ReleaseRef: TypeAlias = LocalRef | GitRef | HubRef | SurfaceRef
_Fields: TypeAlias = tuple[type[ReleaseRef], tuple[str, ...]]


def parse_ref(text: str) -> ReleaseRef:
    """Parse ``DIR``, ``DIR@GITREV``, ``@GITREV``, ``hf://org/name[/folder][@rev]``, ``org/name@rev`` or ``DIR/surface.json``.

    ``org/name@rev`` is the Hub; write ``./org/name@rev`` for a repository in the folder ``org/name``.
    A folder whose name holds an ``@`` is written with one more at its end. Raises ``RefError``.
    """
    kind, fields = _split(text)
    return kind(*fields)


def _insist(ref: ReleaseRef) -> None:
    if _split(str(ref)) != (type(ref), astuple(ref)):
        kind = type(ref).__name__
        fault = f"no text names {kind}{tuple(map(clipped, astuple(ref)))}"
        raise RefError(fault, hint="put ./ before the folder, or stand in it and write @REVISION")


def _split(text: str) -> _Fields:
    if not text or "\0" in text:
        fault = f"{clipped(text)!r} holds a NUL character" if text else "an empty reference"
        raise RefError(fault, hint="name a folder, or a git revision as in @v1.2.0")
    if text.startswith(_HUB):
        return _split_address(text)
    if text == "@":
        raise RefError("'@' names no revision", hint="write for example @HEAD or @v1.2.0")
    if text.endswith("@"):
        return LocalRef, (text[:-1],)
    if _names_surface(text):
        return SurfaceRef, (text,)
    if "@" not in text:
        return LocalRef, (text,)
    path, revision = _split_revision(text)
    if _REPO_ID.fullmatch(path):
        return HubRef, (path, revision, "")
    return GitRef, (path or ".", revision)


def _split_revision(text: str) -> tuple[str, str]:
    if text.startswith("@") and not text.startswith("@{"):
        return "", text[1:]
    separators = [match.start() for match in _SEPARATOR.finditer(text)]
    if separators:
        return text[: separators[-1]], text[separators[-1] + 1 :]
    start = text.index("@")
    return text[:start], text[start:]


def _split_address(text: str) -> _Fields:
    place, at, revision = text.removeprefix(_HUB).partition("@")
    parts = place.split("/")
    repo_id, folders = "/".join(parts[:2]), parts[2:]
    if not _REPO_ID.fullmatch(repo_id) or (at and not revision) or not {"", ".", ".."}.isdisjoint(folders):
        fault = f"{clipped(text)!r} is not an address on the Hub"
        raise RefError(fault, hint="write hf://org/name, hf://org/name@revision or hf://org/name/folder@revision")
    if folders and parts[0] in _OTHERS:
        fault = f"{clipped(text)!r} is in none of the model repositories"
        raise RefError(fault, hint="name a model as hf://org/name, without the kind in front")
    return HubRef, (repo_id, revision or "main", "/".join(folders))


def _names_surface(path: str) -> bool:
    return path.rpartition("/")[2] == _SURFACE

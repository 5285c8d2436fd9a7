"""Commits as git makes them: one run of ``git fast-import`` for each, whole or not at all."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.hub.errors import HubError, no_entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.hub.repository import Repository

# What `create_repo` puts into a new repository, shortened to the kinds of files that a test may hold.
LFS_SUFFIXES = (
    "bin", "ckpt", "gguf", "h5", "joblib", "model", "msgpack", "npy", "npz", "onnx", "ot", "parquet", "pickle", "pkl",
    "pt", "pth", "safetensors", "tar", "tflite", "zip",
)  # fmt: skip
GITATTRIBUTES = "".join(f"*.{suffix} filter=lfs diff=lfs merge=lfs -text\n" for suffix in LFS_SUFFIXES).encode()
STALE = "The branch was updated since you opened this page. Please refresh and try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """A blob at a path: a file, or the pointer to one."""

    path: str
    blob: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """A file or a folder that goes."""

    path: str


Change = Put | Delete


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who commits, and when in seconds since 1970: set by the caller, so that equal commits have equal hashes."""

    name: str
    time: int

    def __str__(self) -> str:
        return f"{self.name} <{self.name}@users.noreply.example.org> {self.time} +0000"


def identity(signature: Signature) -> dict[str, str]:
    """Return the variables by which other commands of git take a signature."""
    return {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (
            ("NAME", signature.name),
            ("EMAIL", f"{signature.name}@users.noreply.example.org"),
            ("DATE", f"{signature.time} +0000"),
        )
    }


def commit(
    repository: Repository,
    reference: str,
    changes: Iterable[Change],
    message: str,
    signature: Signature,
    *,
    expect: str = "",
    start: str = "",
) -> str:
    """Put one commit onto a full reference, or a new reference onto ``start``, and return it.

    Raises HubError (412) where ``expect`` is no longer its tip, and (404) for the deletion of what is not there.
    """
    with repository.lock:
        tip = start or repository.reference(reference)
        if expect and expect != tip:
            raise HubError(412, STALE)
        stream = [f"commit {reference}\nmark :1\ncommitter {signature}\n".encode(), _data(message.encode())]
        if tip:
            stream.append(f"from {tip}\n".encode())
        paths = set(repository.tree(tip)) if tip else set()
        for change in changes:
            if isinstance(change, Put):
                paths.add(change.path)
                stream += [f"M 100644 inline {_quoted(change.path)}\n".encode(), _data(change.blob)]
                continue
            if change.path not in paths:
                raise no_entry("A file with this name doesn't exist")
            stream.append(f"D {_quoted(change.path)}\n".encode())
        stream.append(b"\nget-mark :1\n")
        made = repository.read("-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", stdin=b"".join(stream))
        return made.decode().strip()


def squash(repository: Repository, branch: str, message: str, signature: Signature) -> str:
    """Leave one commit without a parent on a branch, with the files of its tip."""
    with repository.lock:
        tip = repository.commit_of(branch)
        made = repository.git.git("commit-tree", f"{tip}^{{tree}}", "-m", message, variables=identity(signature))
        repository.git.git("update-ref", f"refs/heads/{branch}", made, tip)
        return made


def large_paths(repository: Repository, commit_id: str, paths: Iterable[str]) -> set[str]:
    """Return which paths go through git-lfs, by the ``.gitattributes`` of a commit as git itself reads them."""
    with tempfile.TemporaryDirectory() as folder:
        index: Mapping[str, str] = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        repository.git.git("read-tree", commit_id, variables=index)
        asked = "".join(f"{path}\0" for path in paths).encode()
        answer = repository.git.git("check-attr", "--cached", "-z", "--stdin", "filter", stdin=asked, variables=index)
    fields = answer.split("\0")[:-1]
    return {path for path, value in zip(fields[::3], fields[2::3], strict=True) if value == "lfs"}


def _data(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)


def _quoted(path: str) -> str:
    if any(ord(character) < ord(" ") for character in path) or {"", ".", "..", ".git"} & set(path.split("/")):
        raise HubError(400, f"Invalid path: {path!r}")
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'

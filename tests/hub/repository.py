"""One repository of the Hub: real git, the large files beside it, and the few settings that git does not know."""

from __future__ import annotations

import hashlib
import re
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import RLock
from typing import TYPE_CHECKING, Literal

from tests.hub.errors import no_entry, no_revision
from tests.hub.lfs import LARGEST, SMALLEST, Objects, Pointer, parse_pointer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.gitworld import GitWorld
    from tests.hub.discussion import Discussion

RepoType = Literal["model", "dataset"]
Gate = Literal[False, "auto", "manual"]

SHA = re.compile(r"[0-9a-f]{5,40}")
NAME_CHARACTERS = re.compile(r"[^\s~^:?*\[\\]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file or a folder of a commit."""

    path: str
    folder: bool
    oid: str
    blob_size: int
    pointer: Pointer | None

    @property
    def size(self) -> int:
        return self.pointer.size if self.pointer else self.blob_size


@dataclass(slots=True, kw_only=True)
class Repository:
    """A bare repository with what the Hub knows about it; ``lock`` is held while it is written to."""

    repo_type: RepoType
    id: str
    git: GitWorld
    objects: Objects
    created: str
    private: bool = False
    gated: Gate = False
    granted: set[str] = field(default_factory=set)
    discussions: dict[int, Discussion] = field(default_factory=dict)
    xet_hashes: dict[str, str] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)
    _trees: dict[str, Mapping[str, Entry]] = field(default_factory=dict)

    @property
    def namespace(self) -> str:
        return self.id.partition("/")[0]

    @property
    def identity(self) -> str:
        """What stays when the repository moves."""
        return hashlib.sha1(f"{self.repo_type} {self.created}".encode(), usedforsecurity=False).hexdigest()[:24]

    @property
    def address(self) -> str:
        """The part of a URL that names the repository: ``ns/name`` or ``datasets/ns/name``."""
        return self.id if self.repo_type == "model" else f"{self.repo_type}s/{self.id}"

    @property
    def api(self) -> str:
        """The path below which the API speaks about the repository."""
        return f"/api/{self.repo_type}s/{self.id}"

    def read(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """Run git and return its output; raises CalledProcessError where it fails."""
        done = self.git.run(*arguments, stdin=stdin)
        done.check_returncode()
        return done.stdout

    def commit_of(self, revision: str) -> str:
        """Return the commit of a branch, else of a tag, a full reference or a (short) hash; raises HubError."""
        if NAME_CHARACTERS.fullmatch(revision):
            names = [f"refs/heads/{revision}", f"refs/tags/{revision}"]
            if revision.startswith("refs/") or SHA.fullmatch(revision):
                names.append(revision)
            asked = "".join(f"{name}^{{commit}}\n" for name in names)
            for line in self.read("cat-file", "--batch-check", stdin=asked.encode()).decode().splitlines():
                oid, what, *_ = line.split()
                if what == "commit":
                    return oid
        raise no_revision(revision)

    def reference(self, name: str) -> str:
        """Return what a full reference points to, a tag object included, or an empty text."""
        done = self.git.run("rev-parse", "--verify", "--quiet", name)
        return done.stdout.decode().strip()

    def tree(self, commit: str) -> Mapping[str, Entry]:
        """Return all files and folders of a commit by their paths, in the order of git."""
        if commit not in self._trees:
            self._trees[commit] = self._read_tree(commit)
        return self._trees[commit]

    def file(self, commit: str, path: str) -> Entry:
        """Return one file of a commit; raises HubError where there is none."""
        entry = self.tree(commit).get(path)
        if entry is None or entry.folder:
            raise no_entry(commit=commit)
        return entry

    def blob(self, oid: str) -> bytes:
        return self.read("cat-file", "blob", oid)

    def content(self, entry: Entry) -> bytes:
        """Return the bytes of a file, from the objects of git-lfs where there is a pointer."""
        return self.objects.path(entry.pointer.sha256).read_bytes() if entry.pointer else self.blob(entry.oid)

    def _read_tree(self, commit: str) -> Mapping[str, Entry]:
        rows = []
        for line in self.read("ls-tree", "-r", "-t", "-z", "-l", commit).split(b"\0")[:-1]:
            about, path = line.split(b"\t", 1)
            _, what, oid, size = about.decode().split()
            rows.append((path.decode(), what == "tree", oid, 0 if size == "-" else int(size)))
        pointers = self._pointers({oid for _, folder, oid, size in rows if not folder and SMALLEST <= size <= LARGEST})
        return {
            path: Entry(path=path, folder=folder, oid=oid, blob_size=size, pointer=pointers.get(oid))
            for path, folder, oid, size in rows
        }

    def _pointers(self, oids: Iterable[str]) -> Mapping[str, Pointer]:
        asked = "".join(f"{oid}\n" for oid in oids)
        answer, pointers = self.read("cat-file", "--batch", stdin=asked.encode()) if asked else b"", {}
        while answer:
            about, _, rest = answer.partition(b"\n")
            oid, _, size = about.decode().split()
            if pointer := parse_pointer(rest[: int(size)]):
                pointers[oid] = pointer
            answer = rest[int(size) + 1 :]
        return pointers


def hub_time(iso: str) -> str:
    """Write a time of git as the Hub writes it."""
    return datetime.fromisoformat(iso).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def valid_reference(name: str) -> bool:
    """Ask git whether something can be the full name of a reference."""
    return subprocess.run(["git", "check-ref-format", name], check=False).returncode == 0

"""A Hub for a test: a real server over real git, filled from Python and asked by the real client."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.hub.access import Account
from tests.hub.application import build
from tests.hub.commits import Delete, Put, commit, large_paths
from tests.hub.faults import Faults
from tests.hub.server import HOST, OTHER_HOST, Wire, listen, served
from tests.hub.site import Site
from tests.hub.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.hub.commits import Change
    from tests.hub.repository import Gate, Repository, RepoType
    from tests.hub.traffic import Request

OWNER = "ada"


@dataclass(slots=True, kw_only=True)
class Hub:
    """A Hub that runs; ``token`` belongs to its owner, who is a member of every organisation."""

    site: Site
    wire: Wire
    token: str = field(repr=False)

    @property
    def url(self) -> str:
        return self.site.url

    @property
    def faults(self) -> Faults:
        return self.wire.faults

    @property
    def requests(self) -> list[Request]:
        """Return what was asked so far, in the order of arrival; ``clear()`` it to count from here."""
        return self.wire.requests

    @property
    def latency(self) -> float:
        """How many seconds every request waits."""
        return self.wire.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self.wire.latency = seconds

    @property
    def page_size(self) -> int | None:
        """How many rows a page of any list has; as the Hub does it where nothing is set."""
        return self.site.page_size

    @page_size.setter
    def page_size(self, size: int | None) -> None:
        self.site.page_size = size

    @property
    def part_size(self) -> int:
        """From how many bytes on an object is uploaded in parts, and how large they are."""
        return self.site.part_size

    @part_size.setter
    def part_size(self, size: int) -> None:
        self.site.part_size = size

    def account(self, name: str, *organisations: str) -> str:
        """Make an account and return its token."""
        token = f"hf_{name}_{secrets.token_hex(8)}"
        self.site.store.accounts[token] = Account(name=name, organisations=frozenset(organisations))
        return token

    def trust(self, id_token: str, repo_id: str) -> None:
        """Make the workflow that this token of its CI speaks for a Trusted Publisher of a model."""
        self.site.store.publishers[id_token] = repo_id

    def repository(self, repo_id: str, repo_type: RepoType = "model") -> Repository:
        """Return a repository with its git and its objects."""
        return self.site.store.find(repo_type, repo_id)

    def create(
        self,
        repo_id: str,
        files: Mapping[str, bytes] | None = None,
        *,
        private: bool = False,
        gated: Gate = False,
        repo_type: RepoType = "model",
    ) -> str:
        """Make a repository, with files if there are any, and return the commit of its branch."""
        repository = self.site.store.create(repo_type, repo_id, OWNER)
        repository.private, repository.gated = private, gated
        return self.commit(repo_id, files, repo_type=repo_type) if files else repository.commit_of("main")

    def commit(
        self,
        repo_id: str,
        files: Mapping[str, bytes] | None = None,
        removed: tuple[str, ...] = (),
        *,
        message: str = "change",
        branch: str = "main",
        repo_type: RepoType = "model",
    ) -> str:
        """Commit files and removals by git and return the commit; weights become pointers and objects of git-lfs."""
        repository = self.repository(repo_id, repo_type)
        files = {**(files or {})}
        large = large_paths(repository, repository.commit_of(branch), files)
        blobs = {
            path: bytes(repository.objects.put(content)) if path in large else content
            for path, content in files.items()
        }
        changes: list[Change] = [Put(path=path, blob=blob) for path, blob in blobs.items()]
        changes += [Delete(path=path) for path in removed]
        return commit(repository, f"refs/heads/{branch}", changes, message, self.site.store.sign(OWNER))

    def branch(self, repo_id: str, name: str, revision: str = "main", *, repo_type: RepoType = "model") -> None:
        """Put a branch onto a revision."""
        repository = self.repository(repo_id, repo_type)
        repository.git.git("update-ref", f"refs/heads/{name}", repository.commit_of(revision))

    def tag(
        self, repo_id: str, name: str, revision: str = "main", *, message: str = "", repo_type: RepoType = "model"
    ) -> None:
        """Tag a revision, with an annotated tag where there is a message; an older tag of that name moves."""
        repository = self.repository(repo_id, repo_type)
        annotation = ("--annotate", "--message", message) if message else ()
        repository.git.git("tag", "--force", *annotation, "--", name, repository.commit_of(revision))

    def settings(
        self,
        repo_id: str,
        *,
        private: bool | None = None,
        gated: Gate | None = None,
        repo_type: RepoType = "model",
    ) -> None:
        """Change who may see a repository, and who may have its files."""
        repository = self.repository(repo_id, repo_type)
        if private is not None:
            repository.private = private
        if gated is not None:
            repository.gated = gated

    def grant(self, repo_id: str, name: str, *, repo_type: RepoType = "model") -> None:
        """Let an account through the gate before the files."""
        self.repository(repo_id, repo_type).granted.add(name)

    def move(self, old: str, new: str, *, repo_type: RepoType = "model") -> None:
        """Give a repository another id; the old one leads to it. ``old`` may be a bare name that never was an id."""
        store = self.site.store
        if "/" in old:
            store.move(store.find(repo_type, old), new)
        else:
            store.moved[repo_type, old] = new

    def delete(self, repo_id: str, *, repo_type: RepoType = "model") -> None:
        """Take a repository away."""
        self.site.store.delete(self.repository(repo_id, repo_type))

    def environment(self, home: Path) -> dict[str, str]:
        """Return the variables with which a program finds this Hub and nothing else, its home in a folder."""
        return {
            "HOME": str(home),
            "HF_HOME": str(home / "hf"),
            "HF_ENDPOINT": self.url,
            "HF_TOKEN": self.token,
            "HF_HUB_OFFLINE": "0",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_UPDATE_CHECK": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "HF_HUB_DISABLE_XET": "0" if self.site.xet else "1",
        }


@contextmanager
def running(root: Path, *, xet: bool = False) -> Iterator[Hub]:
    """Run a Hub that keeps everything below a folder until the end of the block; raises what went wrong inside of it."""
    token = f"hf_{OWNER}_{secrets.token_hex(8)}"
    store = Store(root, accounts={token: Account(name=OWNER, owner=True)})
    listening = listen()
    port = listening.getsockname()[1]
    site = Site(
        store=store, url=f"http://{HOST}:{port}", cdn=f"http://{OTHER_HOST}:{port}", xet=root / "cas" if xet else None
    )
    wire = Wire(app=build(site), faults=Faults(), requests=[])
    with served(wire, listening):
        yield Hub(site=site, wire=wire, token=token)
    if wire.failures:
        raise ExceptionGroup("the Hub itself failed", wire.failures)

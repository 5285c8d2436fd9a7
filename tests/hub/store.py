"""All repositories of the Hub, with who may use them and where they have moved."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from tests.gitworld import GitWorld, isolated
from tests.hub.access import may_see
from tests.hub.commits import GITATTRIBUTES, Put, Signature, commit
from tests.hub.errors import HubError, no_repository
from tests.hub.lfs import Objects
from tests.hub.repository import Repository, hub_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.hub.access import Account
    from tests.hub.repository import RepoType

ID = re.compile(r"[A-Za-z0-9_][\w.-]*/[A-Za-z0-9_][\w.-]*", re.ASCII)
PRE_RECEIVE = Path(__file__).with_name("programs") / "pre_receive.py"
EPOCH = int(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp())
# An old name of one part, as the first models had, stands for a name of two.
ADDRESS = re.compile(
    r"(/api/(?P<types>models|datasets)/|/(?P<prefix>datasets)/|/)(?P<id>[^/]+(?:/[^/]+?)?)(?=\.git/|/|$)"
)


@dataclass(slots=True)
class Store:
    """Repositories below a folder; its clock goes a minute further with each commit, so that runs repeat exactly."""

    root: Path
    accounts: dict[str, Account] = field(default_factory=dict)
    publishers: dict[str, str] = field(default_factory=dict)
    repositories: dict[tuple[RepoType, str], Repository] = field(default_factory=dict)
    moved: dict[tuple[RepoType, str], str] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)
    _minutes: Iterator[int] = field(default_factory=count)

    def sign(self, name: str) -> Signature:
        """Return the signature of somebody at the next minute."""
        return Signature(name=name, time=EPOCH + 60 * next(self._minutes))

    def find(self, repo_type: RepoType, repo_id: str, *, anonymous: bool = False) -> Repository:
        """Return a repository; raises HubError where there is none."""
        if (repository := self.repositories.get((repo_type, repo_id))) is None:
            raise no_repository(anonymous=anonymous)
        return repository

    def create(self, repo_type: RepoType, repo_id: str, name: str) -> Repository:
        """Make a repository with its first commit, as the Hub does; raises HubError for an id that cannot be had."""
        if not ID.fullmatch(repo_id):
            raise HubError(400, f"Invalid repository name: {repo_id!r}")
        with self.lock:
            if (repo_type, repo_id) in self.repositories:
                raise HubError(409, f"You already created this {repo_type} repo: {repo_id}")
            signature = self.sign(name)
            # Not by its id, which it may pass on.
            folder = self.root / "repositories" / f"{signature.time}.git"
            folder.mkdir(parents=True)
            git = GitWorld(folder, isolated(self.root))
            git.git("init", "--quiet", "--bare", "--initial-branch=main", "--template=", ".")
            with (folder / "config").open("a", encoding="utf-8") as config:
                config.write("[http]\n\treceivepack = true\n[uploadpack]\n\tallowAnySHA1InWant = true\n")
            created = hub_time(datetime.fromtimestamp(signature.time, UTC).isoformat())
            hook = folder / "hooks" / "pre-receive"
            hook.parent.mkdir()
            hook.write_text(f"#!/bin/sh\nexec '{sys.executable}' -I '{PRE_RECEIVE}'\n", encoding="utf-8")
            hook.chmod(0o755)
            repository = Repository(
                repo_type=repo_type, id=repo_id, git=git, objects=Objects(folder / "lfs"), created=created
            )
            first = Put(path=".gitattributes", blob=GITATTRIBUTES)
            commit(repository, "refs/heads/main", [first], "initial commit", signature)
            self.repositories[repo_type, repo_id] = repository
            self.moved.pop((repo_type, repo_id), None)
        return repository

    def delete(self, repository: Repository) -> None:
        """Take a repository away."""
        del self.repositories[repository.repo_type, repository.id]
        shutil.rmtree(repository.git.root)

    def move(self, repository: Repository, new: str) -> None:
        """Give a repository another id, to which the old one leads from now on; raises HubError for one that is taken."""
        with self.lock:
            if not ID.fullmatch(new) or (repository.repo_type, new) in self.repositories:
                raise HubError(409, f"The name {new!r} cannot be had")
            old, repository.id = repository.id, new
            del self.repositories[repository.repo_type, old]
            self.repositories[repository.repo_type, new] = repository
            self.moved[repository.repo_type, old] = new
            self.moved.pop((repository.repo_type, new), None)

    def moved_to(self, path: str, account: Account | None) -> str:
        """Return where a path of a repository that has moved leads whoever may see it, or an empty text."""
        match = ADDRESS.match(path)
        if match is None:
            return ""
        repo_type: RepoType = "dataset" if "datasets" in {match["types"], match["prefix"]} else "model"
        for old in (match["id"], match["id"].partition("/")[0]):
            new = self.moved.get((repo_type, old))
            while new and (further := self.moved.get((repo_type, new))):
                new = further
            if new and (repository := self.repositories.get((repo_type, new))) and may_see(account, repository):
                start = match.start("id")
                return path[:start] + new + path[start + len(old) :]
        return ""

"""A publisher: a repository with git-lfs and the hook, a bare remote, and releases of a small model."""

from __future__ import annotations

import itertools
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.workflows.hook.install import install_hook
from tests import builders
from tests.gitworld import GitWorld

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

BODY = {"body": "F32[8,4]", "head": "F32[8,4]"}
TUNED = {"body": "F32[8,4]", "head": "F32[8,4] seed=1 scale=1e-3"}
HEADLESS = {"body": "F32[8,4]"}


def files(tensors: Mapping[str, str], version: str | None = None, **more: str) -> dict[str, bytes]:
    """Return a release: weights, a configuration, and a card with or without a version."""
    line = f"version: {version}\n" if version else ""
    card = f"---\nlicense: mit\n{line}---\nA model.\n"
    return builders.files({**tensors, "config.json": {"model_type": "llama"}, "README.md": card, **more})


@dataclass(frozen=True)
class Publisher:
    """What a test pushes from, and what it pushes to."""

    work: GitWorld
    remote: GitWorld

    @classmethod
    def create(cls, folder: Path) -> Publisher:
        """Make both, install git-lfs and the hook."""
        work = GitWorld.with_lfs(folder / "work")
        remote = work.bare(folder / "remote.git")
        install_hook(str(work.root))
        return cls(work, remote)

    @classmethod
    def released(cls, folder: Path, version: str | None = None) -> Publisher:
        """Make both, and publish v1.0.0."""
        publisher = cls.create(folder)
        publisher.work.commit(files(BODY, version), "one")
        publisher.work.tag("v1.0.0", "-a", "-m", "v1.0.0")
        publisher.push("origin", "main", "v1.0.0")
        return publisher

    def push(self, *arguments: str, code: int = 0, **variables: str) -> str:
        """Push, insist on the outcome (0, or 1 as git has it for a refusal), and return what was said."""
        done = self.work.push(*arguments, variables=variables)
        said = done.stderr.decode() + done.stdout.decode()
        assert done.returncode == code, said
        assert "Traceback" not in said
        return said

    def refused(self, *arguments: str, **variables: str) -> str:
        """Push and insist that nothing at all arrives: no ref moves, no object is uploaded."""
        before = (self.refs(), self.uploads())
        said = self.push(*arguments, code=1, **variables)
        assert (self.refs(), self.uploads()) == before
        return said

    def follow(self, said: str) -> list[str]:
        """Do to the letter what a refusal says to type, and return those lines; every command has to succeed."""
        lines = said.partition("To release it as ")[2].splitlines()[1:]
        steps = [line.strip() for line in itertools.takewhile(lambda line: line.startswith("  "), lines)]
        assert steps, said
        for step in steps:
            if step.startswith("git "):
                self.work.git(*shlex.split(step)[1:])
                continue
            version = re.fullmatch(r"set `(version: \S+)` in README\.md", step)
            assert version, step
            card = self.work.root / "README.md"
            card.write_text(re.sub(r"^version: .*$", version[1], card.read_text(), flags=re.MULTILINE))
        return steps

    def refs(self) -> dict[str, str]:
        """Return the refs of the remote with what they point to."""
        lines = self.remote.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        return dict(line.split(" ") for line in lines)

    def uploads(self) -> list[str]:
        """Return the LFS objects that the remote has."""
        return sorted(path.name for path in self.objects())

    def objects(self) -> Iterator[Path]:
        """Walk the LFS store of the remote, where git-lfs puts objects of a remote on the same disk."""
        return (path for path in (self.remote.root / "lfs" / "objects").rglob("*") if path.is_file())

"""Real repositories in a temporary folder, cut off from the configuration of the machine they are made on."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LFS_PATTERNS = ("*.safetensors", "*.bin", "*.gguf")
TIMEOUT = 120
NOTHING: Mapping[str, str] = MappingProxyType({})


def isolated(home: Path) -> dict[str, str]:
    """Return an environment in which git knows no user, no system settings and only the dates given here."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return environment | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        # No device: root's ``git config --global`` would put a file in its place.
        "GIT_CONFIG_GLOBAL": str(home / "global.gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_NAME": "Ada Author",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_AUTHOR_DATE": "2026-01-02T03:04:05+00:00",
        "GIT_COMMITTER_NAME": "Ada Author",
        "GIT_COMMITTER_EMAIL": "ada@example.org",
        "GIT_COMMITTER_DATE": "2026-01-02T03:04:05+00:00",
        "LC_ALL": "C",
    }


@dataclass(frozen=True)
class GitWorld:
    """One repository under ``root``; commits are a minute apart, so that no two of them are the same object."""

    root: Path
    environment: dict[str, str] = field(repr=False)

    @classmethod
    def create(cls, root: Path, *options: str) -> GitWorld:
        """Make an empty repository in ``root`` on the branch ``main``; ``options`` go to ``git init``."""
        root.mkdir(parents=True, exist_ok=True)
        world = cls(root, isolated(root.parent))
        world.git("init", "--quiet", "--initial-branch=main", *options, ".")
        return world

    @classmethod
    def with_lfs(cls, root: Path) -> GitWorld:
        """Make an empty repository whose weight files go through git-lfs, its pre-push hook installed."""
        world = cls.create(root)
        world.git("lfs", "install", "--local")
        lines = [f"{pattern} filter=lfs diff=lfs merge=lfs -text\n" for pattern in LFS_PATTERNS]
        world.commit({".gitattributes": "".join(lines).encode()}, "track weights with git-lfs")
        return world

    def run(
        self, *arguments: str, stdin: bytes = b"", variables: Mapping[str, str] = NOTHING
    ) -> subprocess.CompletedProcess[bytes]:
        """Run git in the working tree and return whatever came of it."""
        return subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env={**self.environment, **variables},
            input=stdin,
            capture_output=True,
            check=False,
            timeout=TIMEOUT,
        )

    def git(self, *arguments: str, stdin: bytes = b"", variables: Mapping[str, str] = NOTHING) -> str:
        """Run git in the working tree, insist that it succeeds, and return its output without the last line break."""
        done = self.run(*arguments, stdin=stdin, variables=variables)
        assert done.returncode == 0, f"git {' '.join(arguments)}: {done.stderr.decode(errors='replace')}"
        return done.stdout.decode().rstrip("\n")

    def write(self, files: Mapping[str, bytes | None]) -> None:
        """Write files into the working tree; ``None`` removes one."""
        for name, content in files.items():
            path = self.root / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def commit(self, files: Mapping[str, bytes | None], message: str = "change") -> str:
        """Write files, commit everything in the working tree and return the commit."""
        self.write(files)
        self.git("add", "--all")
        count = len(self.git("rev-list", "--all").splitlines())
        date = f"2026-01-{1 + count // 1440:02}T{count // 60 % 24:02}:{count % 60:02}:00+00:00"
        dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        self.git("commit", "--quiet", "--no-verify", "--allow-empty", "-m", message, variables=dates)
        return self.head()

    def head(self) -> str:
        """Return the commit that is checked out."""
        return self.git("rev-parse", "HEAD")

    def tag(self, name: str, *options: str) -> None:
        """Make a lightweight tag, or an annotated one with ``-a``, ``-m`` and a message as options."""
        self.git("tag", *options, "--", name)

    def bare(self, path: Path, name: str = "origin") -> GitWorld:
        """Make a bare repository in ``path`` and add it as a remote."""
        path.mkdir(parents=True)
        remote = GitWorld(path, self.environment)
        remote.git("init", "--quiet", "--bare", "--initial-branch=main", ".")
        self.git("remote", "add", name, str(path))
        return remote

    def push(self, *arguments: str, variables: Mapping[str, str] = NOTHING) -> subprocess.CompletedProcess[bytes]:
        """Run ``git push`` with hooks and git-lfs as the user would, and return whatever came of it."""
        return self.run("push", *arguments, variables=variables)

    def worktree(self, path: Path, revision: str = "HEAD") -> GitWorld:
        """Check ``revision`` out into a linked worktree."""
        self.git("worktree", "add", "--quiet", "--detach", str(path), revision)
        return GitWorld(path, self.environment)

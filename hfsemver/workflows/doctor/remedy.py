"""What to type where a name of a release is wrong, in a clone and on a Hub."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from hfsemver.core.version import Version


class Remedy(Protocol):
    """The commands of one place that keeps releases."""

    def untag(self, tag: str) -> str:
        """Take a tag away."""
        ...

    def tag(self, version: Version, commit: str) -> str:
        """Put back the tag of a release that has none."""
        ...

    def release(self, version: Version, commit: str) -> str:
        """Give a commit the tag of the release that it says to be, once that number is known to be large enough."""
        ...

    def retag(self, tag: str, commit: str) -> str:
        """Put a tag back where it was."""
        ...

    def follow(self, branch: str, tag: str) -> str:
        """Bring a branch to a release."""
        ...

    def unbranch(self, branch: str) -> str:
        """Take a branch away."""
        ...

    def join(self, tag: str) -> str:
        """Take a release back into the history, without its content."""
        ...


@dataclass(frozen=True, slots=True)
class InClone:
    """Git, and the remote first where a tag may only be missing here."""

    def untag(self, tag: str) -> str:
        """Take a tag away."""
        return f"git tag -d {tag}"

    def tag(self, version: Version, commit: str) -> str:
        """Put back the tag of a release that has none."""
        return f"git fetch --tags; where it is gone there too: git tag -a v{version} -m 'Release {version}' {_typed(commit)}"

    def release(self, version: Version, commit: str) -> str:
        """Give a commit the tag of the release that it says to be, once that number is known to be large enough."""
        revision = _typed(commit[:12] or "HEAD")
        return f"hfsemver check @{revision}, then: git tag -a v{version} -m 'Release {version}' {revision}"

    def retag(self, tag: str, commit: str) -> str:
        """Put a tag back where it was."""
        return f"git tag --force -a -m {tag} {tag} {_typed(commit)}"

    def follow(self, branch: str, tag: str) -> str:
        """Bring a branch to a release."""
        return f"git branch --force {branch} {tag}"

    def unbranch(self, branch: str) -> str:
        """Take a branch away."""
        return f"git branch -D {branch}"

    def join(self, tag: str) -> str:
        """Take a release back into the history, without its content."""
        return f"git merge --strategy=ours --allow-unrelated-histories {tag}"


@dataclass(frozen=True, slots=True)
class OnHub:
    """The client of the Hub, which moves nothing: it takes away and makes anew."""

    repo_id: str
    endpoint: str

    def untag(self, tag: str) -> str:
        """Take a tag away."""
        return f"hf repos tag delete {self.repo_id} {tag}"

    def tag(self, version: Version, commit: str) -> str:
        """Put back the tag of a release that has none."""
        return f"hf repos tag create {self.repo_id} v{version} --revision {_typed(commit)}"

    def release(self, version: Version, commit: str) -> str:
        """Give a commit the tag of the release that it says to be, once that number is known to be large enough."""
        revision = _typed(commit or "main")
        return f"hfsemver check hf://{self.repo_id}@{revision}, then: {self.tag(version, commit or 'main')}"

    def retag(self, tag: str, commit: str) -> str:
        """Put a tag back where it was."""
        return f"{self.untag(tag)} && hf repos tag create {self.repo_id} {tag} --revision {_typed(commit)}"

    def follow(self, branch: str, tag: str) -> str:
        """Bring a branch to a release."""
        return f"{self.unbranch(branch)} && hf repos branch create {self.repo_id} {branch} --revision {tag}"

    def unbranch(self, branch: str) -> str:
        """Take a branch away."""
        return f"hf repos branch delete {self.repo_id} {branch}"

    def join(self, tag: str) -> str:
        """Take a release back into the history, without its content."""
        address = shlex.quote(f"{self.endpoint}/{self.repo_id}")
        clone = f"GIT_LFS_SKIP_SMUDGE=1 git clone {address} && cd {self.repo_id.partition('/')[2]}"
        return f"{clone} && git merge --strategy=ours --allow-unrelated-histories {tag} && git push"


def _typed(commit: str) -> str:
    """Return a commit as it is typed; an id that a Hub tells may be anything."""
    return shlex.quote(commit) if commit else "COMMIT"

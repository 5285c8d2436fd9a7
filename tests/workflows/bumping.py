"""The second release of a small model in git, and what is to be seen of it however it came about."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.gitworld import GitWorld


def insist_on_one_release(world: GitWorld) -> None:
    """Insist on one commit, one tag, both branches, a clean working tree, and a repository that is sound."""
    assert world.git("tag", "--list") == "v1.0.0\nv1.1.0"
    assert world.git("log", "--format=%s").split("\n") == ["Release 1.1.0", "two", "Release 1.0.0", "one"]
    named = world.git("for-each-ref", "--points-at=v1.1.0^{commit}", "--format=%(refname:short)", "refs/heads")
    assert named == "main\nv1\nv1.1"
    assert world.git("status", "--porcelain") == ""
    assert "version: 1.1.0" in (world.root / "README.md").read_text()
    world.git("fsck", "--strict", "--no-dangling")

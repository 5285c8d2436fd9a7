"""What a refusal says to type, typed to the letter: it publishes, and what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.workflows.pushing import BODY, HEADLESS, TUNED, Publisher, files

if TYPE_CHECKING:
    from pathlib import Path

RELEASES = pytest.mark.parametrize("version", [None, "1.0.0"], ids=["tags", "card"])
PROTECTED = {".hfsemver.yaml": "protected_branches: [main, dev]\n"}


def released(folder: Path, version: str | None) -> Publisher:
    """Publish v1.0.0 on two branches that may not change without a version."""
    publisher = Publisher.create(folder)
    publisher.work.commit(files(BODY, version, **PROTECTED), "one")
    publisher.work.tag("v1.0.0")
    publisher.work.git("branch", "dev")
    publisher.push("origin", "main", "dev", "v1.0.0")
    return publisher


def small(version: str | None) -> dict[str, bytes]:
    """Return a break under too small a version."""
    return files(HEADLESS, version and "1.0.1", **PROTECTED)


def tips(publisher: Publisher) -> tuple[str, str]:
    """Return what the two branches are on the remote."""
    refs = publisher.refs()
    return refs["refs/heads/main"], refs["refs/heads/dev"]


@RELEASES
def test_two_branches_on_one_bad_commit_go_out_together(tmp_path: Path, version: str | None) -> None:
    """``git push --all`` is refused for both, and one release is the answer to both."""
    publisher = released(tmp_path, version)
    publisher.work.commit(small(version), "two")
    publisher.work.git("branch", "--force", "dev", "HEAD")

    said = publisher.refused("--all", "origin")
    publisher.follow(said)

    assert said.count("REFUSED") == 2
    assert tips(publisher) == (publisher.work.head(), publisher.work.head())
    assert publisher.refs()["refs/tags/v2.0.0"] == publisher.work.git("rev-parse", "v2.0.0")
    publisher.push("--all", "origin")


@RELEASES
@pytest.mark.parametrize("checked_out", ["main", "dev"])
def test_a_branch_that_lies_behind_another_follows_it(tmp_path: Path, version: str | None, checked_out: str) -> None:
    """The other is refused on an older commit of main: no number is left for it, and what it holds is in the release."""
    publisher = released(tmp_path, version)
    publisher.work.commit(small(version), "two")
    publisher.work.git("branch", "--force", "dev", "HEAD")
    publisher.work.commit(small(version) | {"notes.md": b"x"}, "three")
    publisher.work.git("checkout", "-q", checked_out)

    steps = publisher.follow(publisher.refused("--all", "origin"))

    assert len(set(tips(publisher))) == 1
    assert ("git merge --ff-only main" in steps) == (checked_out == "dev" and version is None)
    publisher.push("--all", "origin")


@RELEASES
def test_branches_on_lines_of_their_own_are_released_one_after_the_other(tmp_path: Path, version: str | None) -> None:
    """Two contents cannot be one version, so the second gets its own once the first is out."""
    publisher = released(tmp_path, version)
    publisher.work.git("checkout", "-q", "dev")
    publisher.work.commit(small(version) | {"config.json": b'{"model_type": "llama", "a": 1}'}, "aside")
    publisher.work.git("checkout", "-q", "main")
    publisher.work.commit(small(version), "two")

    said = publisher.refused("origin", "main", "dev")
    publisher.follow(said)
    rest = said.splitlines()[
        said.splitlines().index("Then what is left, which is judged anew beside that release:") + 1
    ]
    publisher.follow(publisher.refused(*rest.split()[2:]))

    assert rest.strip() == "git push origin dev"
    main, dev = tips(publisher)
    assert main != dev
    assert {"refs/tags/v2.0.0", "refs/tags/v3.0.0"} <= publisher.refs().keys()


@RELEASES
def test_what_is_checked_out_may_be_pushed_to_two_branches(tmp_path: Path, version: str | None) -> None:
    """``git push origin HEAD:main HEAD:dev`` names no branch that would have to follow."""
    publisher = released(tmp_path, version)
    publisher.work.git("checkout", "-q", "--detach")
    publisher.work.commit(small(version), "two")

    publisher.follow(publisher.refused("origin", "HEAD:main", "HEAD:dev"))

    assert tips(publisher) == (publisher.work.head(), publisher.work.head())


@RELEASES
def test_a_commit_that_is_not_checked_out_is_released_and_no_other(tmp_path: Path, version: str | None) -> None:
    """``HEAD~1`` of the push is not ``HEAD~1`` after a release commit, and what lies above it stays at home."""
    publisher = released(tmp_path, version)
    publisher.work.commit(small(version), "two")
    publisher.work.commit({"secret.bin": b"x"}, "three")

    publisher.follow(publisher.refused("origin", "HEAD~1:main"))

    assert "secret.bin" not in publisher.remote.git("ls-tree", "--name-only", "main").splitlines()
    assert "refs/tags/v2.0.0" in publisher.refs()


def test_an_old_tag_is_released_from_its_own_commit(tmp_path: Path) -> None:
    """The release commit of v1.0.1 goes on top of what v1.0.1 was, and not of what is checked out."""
    publisher = released(tmp_path, "1.0.0")
    publisher.work.commit(small("1.0.0"), "two")
    publisher.work.tag("v1.0.1")
    publisher.work.commit({"secret.bin": b"x"}, "three")

    publisher.follow(publisher.refused("origin", "v1.0.1"))

    assert "secret.bin" not in publisher.remote.git("ls-tree", "--name-only", "v2.0.0").splitlines()
    assert "version: 2.0.0" in publisher.remote.git("show", "v2.0.0:README.md")


def test_two_tags_are_released_one_after_the_other(tmp_path: Path) -> None:
    """The first break is a major version; what takes it back breaks again, and goes out as the next one."""
    publisher = Publisher.released(tmp_path)
    publisher.work.commit(files(HEADLESS), "two")
    publisher.work.tag("v1.0.1")
    publisher.work.commit(files(TUNED), "three")
    publisher.work.tag("v1.0.2")

    said = publisher.refused("origin", "--tags")
    publisher.follow(said)
    publisher.follow(publisher.refused("origin", "v1.0.2"))

    assert "  git push origin v1.0.2" in said.splitlines()
    assert set(publisher.refs()) == {"refs/heads/main", *(f"refs/tags/v{n}" for n in ("1.0.0", "2.0.0", "3.0.0"))}


def test_a_forced_push_stays_one(tmp_path: Path) -> None:
    """Without its sign git would refuse what the advice says to type."""
    publisher = released(tmp_path, None)
    publisher.work.commit({"notes.md": b"x"}, "two")
    publisher.push("origin", "main")
    publisher.work.git("reset", "-q", "--hard", "v1.0.0")
    publisher.work.commit(small(None), "another two")

    said = publisher.refused("--force", "origin", "main")
    publisher.follow(said)

    assert "HFSEMVER_SKIP='say here why' git push origin +main" in said
    assert publisher.refs()["refs/heads/main"] == publisher.work.head()


def test_a_commit_named_by_its_id_is_skipped_and_no_other(tmp_path: Path) -> None:
    """The way without a judgement pushes what was refused, and not what happens to be checked out."""
    publisher = released(tmp_path, None)
    commit = publisher.work.commit(small(None), "two")
    publisher.work.commit({"secret.bin": b"x"}, "three")

    said = publisher.refused("origin", f"{commit}:refs/heads/main")

    assert f"git push origin {commit}:refs/heads/main" in said


def test_a_tag_that_is_there_already_is_not_made_again(tmp_path: Path) -> None:
    """The refused commit carries the right number beside the wrong one."""
    publisher = released(tmp_path, None)
    publisher.work.commit(small(None), "two")
    publisher.work.tag("v1.0.1")
    publisher.work.tag("v2.0.0")

    steps = publisher.follow(publisher.refused("origin", "v1.0.1"))

    assert steps == ["git tag -d v1.0.1", "git push origin v2.0.0"]


def test_a_tag_that_stayed_behind_goes_to_where_the_version_is_declared(tmp_path: Path) -> None:
    """The branch declares what the changes require; its commit takes the tag, and no further one is made."""
    publisher = released(tmp_path, "1.0.0")
    publisher.work.commit(small("1.0.1"), "two")
    publisher.work.tag("v1.0.1")
    publisher.work.commit(files(HEADLESS, "2.0.0", **PROTECTED), "three")

    publisher.follow(publisher.refused("origin", "main", "v1.0.1"))

    refs = publisher.refs()
    assert publisher.work.head() == refs["refs/heads/main"] == publisher.work.git("rev-parse", "v2.0.0^{commit}")
    assert "refs/tags/v2.0.0" in refs
    assert "refs/tags/v1.0.1" not in refs

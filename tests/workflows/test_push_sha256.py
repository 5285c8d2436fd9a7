"""Repositories whose objects are named by sha256: what the hook says there, and that it leads somewhere."""

from __future__ import annotations

import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from hfsemver.workflows.hook.install import install_hook
from tests.gitworld import GitWorld
from tests.workflows.pushing import BODY, HEADLESS, Publisher, files

if TYPE_CHECKING:
    from pathlib import Path

REASON = "compared as folders"


def created(folder: Path) -> Publisher:
    """Make a repository and its remote, both by sha256, and install the hook."""
    work = GitWorld.create(folder / "work", "--object-format=sha256")
    remote = GitWorld(folder / "remote.git", work.environment)
    remote.root.mkdir()
    remote.git("init", "-q", "--bare", "--object-format=sha256", "--initial-branch=main")
    work.git("remote", "add", "origin", str(remote.root))
    install_hook(str(work.root))
    return Publisher(work, remote)


def hfsemver(publisher: Publisher, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in the working tree."""
    command = [sys.executable, "-m", "hfsemver", *arguments]
    return subprocess.run(command, cwd=publisher.work.root, capture_output=True, text=True, check=False)


def test_a_first_release_is_said_to_need_no_comparison(tmp_path: Path) -> None:
    """It is refused, since nothing was read, and the way on is to say so."""
    publisher = created(tmp_path)
    publisher.work.commit(files(BODY, "1.0.0"), "one")
    publisher.work.tag("v1.0.0")

    said = publisher.refused("origin", "main", "v1.0.0")
    publisher.push("origin", "main", "v1.0.0", HFSEMVER_SKIP="a first release")

    assert "names its objects by sha256, and only repositories that name them by sha1 can be read" in said
    assert "There is no release before it" in said
    assert "mend what is named above" not in said


@pytest.mark.parametrize(
    ("version", "outcome"), [("1.0.1", "v1.0.1 declares patch, the changes require major"), ("2.0.0", "large enough")]
)
def test_what_that_refusal_says_to_type_judges_the_release(tmp_path: Path, version: str, outcome: str) -> None:
    """The two commits are unpacked beside the repository and compared; then the push goes out for a reason."""
    publisher = created(tmp_path)
    publisher.work.commit(files(BODY, "1.0.0"), "one")
    publisher.work.tag("v1.0.0")
    publisher.push("origin", "main", "v1.0.0", HFSEMVER_SKIP="a first release")
    publisher.work.commit(files(HEADLESS, "1.0.0"), "two")
    publisher.work.tag(f"v{version}")

    said = publisher.refused("origin", "main", f"v{version}")
    steps = [line.strip() for line in said.partition("compare folders, and give")[2].splitlines()[1:]]
    *preparations, check = (step for step in steps if step.startswith(("mkdir", "hfsemver check")))
    for step in preparations:
        subprocess.run(["sh", "-c", step], cwd=publisher.work.root, env=publisher.work.environment, check=True)
    done = hfsemver(publisher, *shlex.split(check)[1:])
    publisher.push("origin", "main", f"v{version}", HFSEMVER_SKIP=REASON)

    assert done.returncode == (0 if version == "2.0.0" else 1), done.stderr
    assert outcome in done.stdout
    assert f"refs/tags/v{version}" in publisher.refs()


def test_what_the_check_of_such_a_repository_says_to_type_works(tmp_path: Path) -> None:
    """The hint of the error is two commands that can be pasted."""
    publisher = created(tmp_path)
    publisher.work.commit(files(BODY, "1.0.0"), "one")
    publisher.work.tag("v1.0.0")
    publisher.work.commit(files(HEADLESS, "2.0.0"), "two")

    refused = hfsemver(publisher, "check")
    worktree, _, check = refused.stderr.partition("compare folders instead: ")[2].strip().partition(" && ")
    publisher.work.git(*shlex.split(worktree)[1:])
    done = hfsemver(publisher, *shlex.split(check)[1:])

    assert refused.returncode == 3
    assert "v2.0.0 declares major, the changes require major: large enough" in done.stdout


def test_what_needs_no_object_goes_out_as_everywhere(tmp_path: Path) -> None:
    """Prose, and the deletion of a release, whose number stays taken."""
    publisher = created(tmp_path)
    publisher.work.commit(files(BODY, "1.0.0"), "one")
    publisher.work.tag("v1.0.0", "-a", "-m", "one")
    publisher.push("origin", "main", "v1.0.0", HFSEMVER_SKIP="a first release")
    publisher.work.commit({"notes.md": b"x"}, "prose")

    publisher.push("origin", "main")
    publisher.push("origin", ":v1.0.0")

    assert len((publisher.work.root / ".git/hfsemver/retired.log").read_text().splitlines()) == 1

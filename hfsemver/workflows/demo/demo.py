"""``hfsemver demo``: a real repository, a real hook, and a push that would break its consumers."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hfsemver.core.errors import SourceError, UsageError
from hfsemver.publish.command import run_command
from hfsemver.publish.files import write_whole
from hfsemver.publish.folders import make_folder, make_temporary_folder
from hfsemver.workflows.demo.classifier import MORE_TITLES, TITLES, as_files, train

if TYPE_CHECKING:
    from collections.abc import Iterator

WHO = {
    "GIT_AUTHOR_NAME": "Demo", "GIT_AUTHOR_EMAIL": "demo@example.org", "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "Demo", "GIT_COMMITTER_EMAIL": "demo@example.org",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z", "GIT_CONFIG_NOSYSTEM": "1",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One line of the demo: a comment, a command that was run, or what it answered."""

    kind: str
    text: str


def run_demo(folder: str | None) -> Iterator[Said]:
    """Make the repository in ``folder`` (a new temporary one without), and yield what happens, as it happens.

    Raises ``UsageError`` when the folder is not empty, ``SourceError`` when git cannot be run.
    """
    place = _place(folder)
    work, remote = place / "issue-triage", place / "hub.git"
    shell = _Shell(work)
    make_folder(work)
    yield Said(kind="comment", text="a model repository, a remote to push to, and the hook")
    yield from shell.run("git", "init", "--quiet", "--bare", "--initial-branch=main", str(remote), shown=False)
    yield from shell.run("git", "init", "--quiet", "--initial-branch=main", shown=False)
    yield from shell.run("git", "remote", "add", "origin", str(remote), shown=False)
    yield from shell.run(sys.executable, "-m", "hfsemver", "hook", "install", shown=False)
    yield Said(kind="command", text="hfsemver hook install")
    labels = ("bug", "question", "wish")
    first = train(TITLES, labels)
    _write(work, as_files(first, "1.0.0"))
    yield Said(kind="comment", text="a classifier, trained just now on twelve issue titles, is released as 1.0.0")
    yield from _commit(shell, "Release 1.0.0")
    yield from shell.run("git", "tag", "-a", "v1.0.0", "-m", "v1.0.0")
    yield from shell.run("git", "push", "--quiet", "origin", "main", "v1.0.0")
    # The training script of the second release sorts the labels by how often they occur.
    second = train(TITLES + MORE_TITLES[:1], tuple(reversed(labels)))
    _write(work, as_files(second, "1.0.1"))
    yield Said(kind="comment", text="one more title, a new run, and a card that says 1.0.1")
    yield from _commit(shell, "Retrain, 1.0.1")
    yield from shell.run("git", "push", "--quiet", "origin", "main", expected=1)
    yield Said(kind="comment", text="nothing was pushed; the repository is yours to try the way out:")
    yield Said(kind="next", text=f"cd {work}")
    yield Said(kind="next", text="sed -i 's/^version: .*/version: 2.0.0/' README.md")
    yield Said(kind="next", text="git commit -qam 'Release 2.0.0' && git tag -a v2.0.0 -m v2.0.0")
    yield Said(kind="next", text="git push origin main v2.0.0")
    yield Said(kind="comment", text="then guard a repository of your own: cd YOUR-MODEL && hfsemver init")


def _place(folder: str | None) -> Path:
    if folder is None:
        return make_temporary_folder("hfsemver-demo-")
    place = Path(folder)
    try:
        make_folder(place)
        occupied = any(place.iterdir())
    except OSError as error:
        problem = f"{folder}: {error.strerror}"
        raise UsageError(problem, hint="name a folder that can be made") from error
    if occupied:
        problem = f"{folder} is not empty"
        raise UsageError(problem, hint="name a new folder, or none for a temporary one")
    return place.resolve()


def _write(work: Path, content: dict[str, bytes]) -> None:
    for name, data in content.items():
        write_whole(work / name, data)


def _commit(shell: _Shell, message: str) -> Iterator[Said]:
    yield from shell.run("git", "add", ".", shown=False)
    yield from shell.run("git", "commit", "--quiet", "-m", message)


class _Shell:
    """Runs commands in the demo's repository and tells what they said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *argv: str, shown: bool = True, expected: int = 0) -> Iterator[Said]:
        if shown:
            words = (f"'{word}'" if " " in word else word for word in argv if word != "--quiet")
            yield Said(kind="command", text=" ".join(words))
        status, answer = run_command(self.folder, *argv, variables=WHO)
        if bool(status) != bool(expected):
            problem = f"{' '.join(argv[:2])} ended with {status}: {answer.strip()}"
            raise SourceError(problem, hint="see what is missing with: hfsemver doctor")
        if shown and answer.strip():
            # Without the place, so that the demo says the same on every machine.
            yield Said(kind="answer", text=answer.replace(f"{self.folder.parent}/", "").rstrip("\n"))

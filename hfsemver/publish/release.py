"""Carry out a plan in a git repository: objects first, which nobody sees, then all names in one transaction.

What git refuses moves no name. What ends git itself on the way, a kill or a full disk, may leave some of them: the tag comes last,
so that until then the same plan is made again and carried out to the same end.
The user's hooks for commits do not run and nothing is signed: objects are written as they are, and not by ``git commit``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.errors import SourceError
from hfsemver.core.version import Tag
from hfsemver.publish.filters import insist_signed
from hfsemver.publish.folders import temporary_folder
from hfsemver.publish.git import insist_on_room, tell_git, write_git
from hfsemver.releases.git_command import read_git

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hfsemver.core.plan import PlannedFile, ReleasePlan
    from hfsemver.releases.repository import Repository

_NOWHERE = "0" * 40
_PLAIN, _GONE = "100644", "0"
_NOT_ATOMIC = "does not support --atomic"


def carry_out(plan: ReleasePlan, repository: Repository) -> str:
    """Make the release and return its commit. Raises ``SourceError`` where git refuses; done again, it is finished.

    Where the signature would not hold nothing is made, which is a ``UsageError``. The working tree is brought to the new commit; ``finish``
    does that where it was interrupted.
    """
    commit = _commit(plan, repository) if plan.files else plan.parent
    insist_signed(plan, commit, repository)
    if commit != plan.parent:
        _insist_on_a_way(repository, plan.parent, commit)
    tag = write_git(repository.root, "mktag", stdin=_tag_object(plan, commit, _identity(repository)).encode()).text
    lines = [] if commit == plan.parent else [f"update refs/heads/{plan.branch} {commit} {plan.parent}"]
    lines += [f"update refs/heads/{one.name} {commit} {one.old or _NOWHERE}" for one in plan.floating]
    lines.append(f"create refs/tags/{plan.tag} {tag}")
    write_git(
        repository.root,
        "update-ref",
        "--stdin",
        "--create-reflog",
        "-m",
        f"hfsemver: release {plan.tag}",
        stdin="".join(f"{line}\n" for line in lines).encode(),
    )
    if commit != plan.parent:
        finish(repository, plan.parent, commit)
    return commit


def try_out(plan: ReleasePlan, repository: Repository, remote: str) -> None:
    """Ask a remote whether it would take a tag of that name, and what the release is made on top of.

    Raises ``SourceError`` where it has such a tag or a newer branch, or cannot be reached. Nothing is sent, so that the hooks
    before a push have nothing to say yet.
    """
    names = (f"refs/tags/{plan.tag}", f"refs/heads/{plan.branch}")
    specs = [f"{plan.parent}:{name}" for name in names]
    write_git(repository.root, "push", "--dry-run", "--no-verify", "--quiet", operands=(remote, *specs))


def send(repository: Repository, remote: str, names: Sequence[str]) -> None:
    """Push branches and tags, all of them or none. Raises ``SourceError`` where the remote does not take them.

    A remote that cannot take all at once gets the tag last: who sees the release sees all of it. What it took although nobody
    heard so, because the connection broke, is no failure.
    """
    try:
        write_git(repository.root, "push", "--atomic", operands=(remote, *names))
    except SourceError as error:
        if _has_all(repository, remote, names):
            return
        if _NOT_ATOMIC not in error.problem:
            raise
        for name in sorted(names, key=_is_version):
            write_git(repository.root, "push", operands=(remote, name))


def _has_all(repository: Repository, remote: str, names: Sequence[str]) -> bool:
    """Ask a remote what is left to push to it. The hooks before a push have had their say."""
    asked = tell_git(repository.root, "push", "--dry-run", "--no-verify", "--porcelain", operands=(remote, *names))
    return asked.status == 0 and sum(line.startswith("=\t") for line in asked.lines) == len(names)


def _is_version(name: str) -> bool:
    try:
        Tag.parse(name)
    except ValueError:
        return False
    return True


def finish(repository: Repository, old: str, new: str) -> None:
    """Bring index and working tree from one commit to the next; what differs from both stops it before anything is written."""
    _refresh(repository, old, new)
    write_git(repository.root, "read-tree", "-m", "-u", operands=(old, new))


def _insist_on_a_way(repository: Repository, old: str, new: str) -> None:
    """Insist that git would bring the working tree there: once the names have moved, a refusal would leave it behind."""
    _refresh(repository, old, new)
    try:
        write_git(repository.root, "read-tree", "-n", "-m", "-u", operands=(old, new))
    except SourceError as error:
        # The files are those of the commit, so it is what git makes of them on their way: line ends that attributes came to name.
        hint = "see what it calls changed: git status; commit that: git add --renormalize . && git commit"
        raise SourceError(f"nothing was released: {error.problem}", hint=hint) from error


def _refresh(repository: Repository, old: str, new: str) -> None:
    # A working tree that was copied has other times than its index knows, and read-tree goes by these. What cannot be looked
    # at again, and what really is another file, read-tree refuses.
    names = ("-r", "-z", "--name-only", "--no-renames", "--diff-filter=a")
    known = read_git(repository.root, "diff-tree", *names, operands=(old, new)).text
    refreshed = tell_git(repository.root, "add", "--refresh", operands=[path for path in known.split("\0") if path])
    insist_on_room(repository.root, "add", refreshed)


def restore(repository: Repository, commit: str) -> None:
    """Bring index and working tree to a commit, whatever they hold."""
    write_git(repository.root, "read-tree", "--reset", "-u", operands=(commit,))


def _commit(plan: ReleasePlan, repository: Repository) -> str:
    """Write a commit with the files of the plan on top of its parent, by an index of its own."""
    with temporary_folder() as folder:
        index = {"GIT_INDEX_FILE": str(folder / "index")}
        write_git(repository.root, "read-tree", operands=(plan.parent,), variables=index)
        for file in plan.files:
            _stage(file, repository, index)
        tree = write_git(repository.root, "write-tree", variables=index).text
    made = write_git(
        repository.root, "commit-tree", "-p", plan.parent, "-F", "-", operands=(tree,), stdin=plan.message.encode()
    )
    return made.text


def _stage(file: PlannedFile, repository: Repository, index: dict[str, str]) -> None:
    if file.content is None:
        write_git(
            repository.root,
            "update-index",
            "-z",
            "--index-info",
            stdin=_entry(_GONE, _NOWHERE, file.path),
            variables=index,
        )
        return
    # Through the filters that the repository has for this path: a file that git-lfs takes becomes a pointer.
    blob = write_git(repository.root, "hash-object", "-w", "--stdin", f"--path={file.path}", stdin=file.content).text
    write_git(
        repository.root, "update-index", "-z", "--index-info", stdin=_entry(_PLAIN, blob, file.path), variables=index
    )


def _entry(mode: str, blob: str, path: str) -> bytes:
    return f"{mode} {blob}\t{path}\0".encode()


def _tag_object(plan: ReleasePlan, commit: str, tagger: str) -> str:
    return f"object {commit}\ntype commit\ntag {plan.tag}\ntagger {tagger}\n\n{plan.tag_message}"


def _identity(repository: Repository) -> str:
    """Return who makes the release, and when. Raises ``SourceError`` where git does not know."""
    return read_git(repository.root, "var", "GIT_COMMITTER_IDENT").text

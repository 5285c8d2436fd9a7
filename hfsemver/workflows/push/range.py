"""What a push brings that the remote has not got, and whether any of it could matter to a rule.

This is what a push without model files waits for, so it stands on a few calls of git and imports nothing large.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.errors import RefError, SourceError
from hfsemver.core.version import Tag
from hfsemver.releases.git_command import ask_git
from hfsemver.workflows.neutral import is_neutral
from hfsemver.workflows.remotes import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hfsemver.releases.repository import Repository
    from hfsemver.workflows.push.ref_updates import RefUpdate
    from hfsemver.workflows.push.ruling import Push


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """A branch of a remote, and the commit that it was last seen at."""

    branch: str
    commit: str


def all_neutral(paths: Iterable[str]) -> bool:
    """Whether a change of these files cannot change any verdict."""
    return all(map(is_neutral, paths))


def commit_of(repository: Repository, oid: str) -> str | None:
    """Return the commit behind an id that git gave; ``None`` when this clone has not got it, or it is no commit."""
    if not oid.strip("0"):
        return None
    try:
        return repository.resolve(oid)
    except RefError:
        return None


def tracked_name(push: Push) -> str:
    """Return the name of the remote that is pushed to, also where it was pushed to by its URL."""
    if not push.url or push.remote != push.url:
        return push.remote
    settings = ask_git(
        push.repository.root, "config", "--null", "--get-regexp", operands=(r"^remote\..+\.(url|pushurl)$",)
    )
    for setting in settings.text.split("\0"):
        key, _, value = setting.partition("\n")
        if value and place_of(value) == place_of(push.url):
            return key.removeprefix("remote.").rpartition(".")[0]
    return push.remote


def leaves_out_tags(push: Push) -> bool:
    """Whether this clone was told to fetch no tags from the remote, as ``git clone --no-tags`` does."""
    setting = ask_git(push.repository.root, "config", "--get", operands=(f"remote.{push.tracked}.tagOpt",))
    return setting.text == "--no-tags"


def newest_published(repository: Repository, remote: str, commit: str) -> str | None:
    """Return the newest commit in the history of ``commit`` that a branch of the remote was last seen at."""
    return next((tip.commit for tip in published_tips(repository, remote, commit)), None)


def published_tips(repository: Repository, remote: str, commit: str) -> tuple[Tip, ...]:
    """Return the branches of the remote that were last seen in the history of ``commit``, the newest first."""
    tracking = f"refs/remotes/{remote}/"
    options = ("--sort=-committerdate", "--format=%(objectname) %(refname)", f"--merged={commit}")
    answer = ask_git(repository.root, "for-each-ref", *options, operands=(tracking,))
    pairs = (line.split(" ", 1) for line in answer.lines if answer.status == 0)
    return tuple(Tip(branch=name.removeprefix(tracking), commit=tip) for tip, name in pairs)


def has_published(repository: Repository, remote: str, commit: str) -> bool:
    """Whether a branch of the remote, as it was last seen, contains the commit."""
    options = ("--count=1", "--format=%(objectname)", f"--contains={commit}")
    answer = ask_git(repository.root, "for-each-ref", *options, operands=(f"refs/remotes/{remote}/",))
    return answer.status == 0 and bool(answer.text)


def has_branches(repository: Repository, remote: str) -> bool:
    """Whether any branch of the remote was ever seen."""
    options = ("--count=1", "--format=%(objectname)")
    return bool(ask_git(repository.root, "for-each-ref", *options, operands=(f"refs/remotes/{remote}/",)).text)


def branches_that_hold(repository: Repository, remote: str, commit: str) -> tuple[str, ...]:
    """Return the branches of the remote that, as they were last seen, contain the commit."""
    tracking = f"refs/remotes/{remote}/"
    options = ("--format=%(symref)%00%(refname)", f"--contains={commit}")
    lines = ask_git(repository.root, "for-each-ref", *options, operands=(tracking,)).lines
    # Where the remote's HEAD is kept, it is one of its branches under another name.
    return tuple(line[1:].removeprefix(tracking) for line in lines if line.startswith("\0"))


def insist_on_history(push: Push) -> None:
    """Raise ``SourceError`` where this clone leaves out what a first release would have to be the first of."""
    untold = "so whether there is a release before it cannot be told"
    if push.repository.is_shallow:
        raise SourceError(f"this clone has no full history, {untold}", hint="git fetch --unshallow --tags")
    if leaves_out_tags(push):
        name = push.tracked
        hint = f"git config --unset remote.{name}.tagOpt && git fetch --tags {name}"
        raise SourceError(f"this clone leaves out the tags of {name}, {untold}", hint=hint)


def holds(repository: Repository, commits: Iterable[str], path: str) -> bool:
    """Whether any of several commits has a file."""
    asked = "".join(f"{commit}:{path}\n" for commit in commits).encode()
    answer = ask_git(repository.root, "cat-file", "--batch-check=%(objecttype)", stdin=asked)
    return any(line == "blob" for line in answer.lines)


def tags_on(repository: Repository, commit: str) -> tuple[Tag, ...]:
    """Return the version tags that point to a commit, the lowest first."""
    options = ("--format=%(refname:lstrip=2)", f"--points-at={commit}")
    found = []
    for name in ask_git(repository.root, "for-each-ref", *options, operands=("refs/tags",)).lines:
        with suppress(ValueError):
            found.append(Tag.parse(name))
    return tuple(sorted(found, key=lambda tag: (tag.version.precedence, str(tag))))


def pushed_tag(updates: Iterable[RefUpdate], repository: Repository, commit: str) -> Tag | None:
    """Return the highest version that this push releases the commit as, whether or not the tag exists here."""
    named = [u.tag for u in updates if u.tag and not u.is_deletion and commit_of(repository, u.local) == commit]
    return max(named, key=lambda tag: tag.version.precedence, default=None)


def descends(repository: Repository, old: str, new: str) -> bool | None:
    """Whether the history of ``new`` contains ``old``; ``None`` when one of them is no commit that is here."""
    status = ask_git(repository.root, "merge-base", "--is-ancestor", operands=(old, new)).status
    return None if status > 1 else status == 0


def forced(update: RefUpdate) -> str:
    """Say that a ref loses history."""
    return f"forced: {update.remote[:12]} leaves the history of {update.name}"


def stale(update: RefUpdate) -> str:
    """Say that the remote went on without this clone."""
    return f"the remote is at {update.remote[:12]}, which is not here: fetch before you push"

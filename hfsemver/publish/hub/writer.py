"""What a release changes on a Hub, through the client that everybody uploads with; each step finds out first whether it is done."""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hfsemver.core.errors import RefError, SourceError
from hfsemver.core.escape import clipped, printable
from hfsemver.publish.hub.attempts import attempt
from hfsemver.publish.hub.branches import move_branch
from hfsemver.publish.hub.client import one_try
from hfsemver.releases.disk import RegularFile
from hfsemver.releases.hub.history import HubHistory
from hfsemver.releases.hub.patience import READING, Patience
from hfsemver.releases.hub.remote import find_model
from hfsemver.releases.hub.source import HubSource
from hfsemver.releases.ref import HubRef

if TYPE_CHECKING:
    from hfsemver.core.plan import FloatingBranch, PlannedUpload, ReleasePlan
    from hfsemver.core.version import Tag
    from hfsemver.releases.hub.wire import Wire

_FAR: Final = 1000
"""Commits that are looked through for one of ours; so many at once means that others publish there."""


class TagTaken(SourceError):
    """Another commit has the name of the release: doing the same again will not change that."""


@dataclass(frozen=True, eq=False, kw_only=True)
class HubWriter:
    """The model ``repo_id``, whose ``branch`` a release goes to."""

    wire: Wire
    repo_id: str
    branch: str = "main"
    patience: Patience = READING

    @cached_property
    def api(self) -> Any:
        """The client that everybody uploads with, for this Hub."""
        from huggingface_hub import HfApi

        from hfsemver.core.about import __version__

        return HfApi(
            endpoint=self.wire.endpoint, token=self.wire.token, library_name="hfsemver", library_version=__version__
        )

    def commit(self, plan: ReleasePlan, mark: str) -> str:
        """Make the commit of a plan on top of its parent, and return it; ``mark`` is in its message, to know it again.

        Raises ``SourceError`` where somebody else was faster, where a file is another one than was judged, and where the Hub
        refuses.
        """
        message = f"{plan.message.rstrip()}\n\n{mark}\n"
        title, _, description = message.partition("\n")
        additions = _additions(plan)
        operations = [*self._deletions(plan), *additions]
        if additions:
            self._upload(additions)
        _insist_on_what_was_judged(plan, additions)

        def make() -> None:
            with one_try(self.patience):
                self.api.create_commit(
                    self.repo_id,
                    operations,
                    commit_message=title,
                    commit_description=description.strip(),
                    revision=self.branch,
                    parent_commit=plan.parent,
                )

        return attempt(f"the commit to {self.repo_id}", make, lambda: self._made(plan.parent, mark), self.patience)

    def found(self, parent: str, mark: str) -> str | None:
        """Return the commit after ``parent`` that carries a mark, ``None`` where there is none on the branch."""
        return self._since(parent, mark)[0]

    def has(self, commit: str) -> bool:
        """Whether the model still has a commit."""
        return self._commit_of(commit) == commit

    def _made(self, parent: str, mark: str) -> str | None:
        commit, newest = self._since(parent, mark)
        if commit is not None or newest is None:
            return commit
        fault = f"{self.repo_id}: {printable(self.branch)} went on to {newest[:12]} while the release was made on top of {parent[:12]}"
        raise SourceError(fault, hint="run the same command again: the release is judged against what is there now")

    def _since(self, parent: str, mark: str) -> tuple[str | None, str | None]:
        """Return the commit that carries a mark, and the newest one of the branch where it is no longer on ``parent``."""
        newest = None
        for number, (commit, message) in enumerate(self._history().log(self.branch)):
            if commit == parent or number >= _FAR:
                break
            newest = newest or commit
            if mark in message.splitlines():
                return commit, newest
        return None, newest

    def tag(self, tag: Tag, commit: str, message: str) -> None:
        """Name a commit. Raises ``TagTaken`` where another one has that name: a tag is never moved."""
        if self._tagged(tag, commit):
            return

        def name() -> None:
            with one_try(self.patience):
                self.api.create_tag(self.repo_id, tag=str(tag), tag_message=message, revision=commit)

        attempt(f"the tag {tag} of {self.repo_id}", name, lambda: self._tagged(tag, commit) or None, self.patience)

    def _tagged(self, tag: Tag, commit: str) -> bool:
        targets = [target for one, target in self._history().version_tags() if str(one) == str(tag)]
        if not targets:
            return False
        # What the listing calls the target of an annotated tag may be the tag itself.
        if commit in targets or self._commit_of(str(tag)) == commit:
            return True
        fault = f"{self.repo_id} has a {tag} already, and it names {targets[0][:12]}, not {commit[:12]}"
        look = f"hfsemver diff hf://{self.repo_id}@{tag} hf://{self.repo_id}"
        raise TagTaken(fault, hint=f"run the same command again for a higher version; see what that one is: {look}")

    def _commit_of(self, revision: str) -> str | None:
        try:
            return find_model(self.wire, HubRef(self.repo_id, revision)).commit
        except RefError:
            return None

    def follow(self, branch: FloatingBranch, commit: str) -> None:
        """Bring a branch that follows the releases to a new one. It only goes forward; ``SourceError`` for any other way."""
        name = branch.name
        tip = self._history().tip(name)

        def move() -> None:
            if tip is None:
                with one_try(self.patience):
                    self.api.create_branch(self.repo_id, branch=name, revision=commit)
            else:
                move_branch(self.wire, self.repo_id, name, tip, commit)

        if not self._follows(name, commit):
            attempt(
                f"the branch {name} of {self.repo_id}",
                move,
                lambda: self._follows(name, commit) or None,
                self.patience,
            )

    def _follows(self, name: str, commit: str) -> bool:
        """Whether a branch is at a release, or at a later one; ``SourceError`` where it is on none of the way there."""
        history = self._history()
        tip = history.tip(name)
        if tip is None or (tip != commit and history.is_ancestor(tip, commit)):
            return False
        if tip == commit or history.is_ancestor(commit, tip):
            return True
        fault = (
            f"the branch {name} of {self.repo_id} is on {tip[:12]}, which lies outside of the history of this release"
        )
        raise SourceError(fault, hint="see what it holds; or leave it alone: --no-floating")

    def _history(self) -> HubHistory:
        # Anew each time: what was read before may have changed by now.
        return HubHistory(wire=self.wire, repo_id=self.repo_id)

    def _deletions(self, plan: ReleasePlan) -> list[Any]:
        from huggingface_hub import CommitOperationDelete

        # Of what the folder alone has nothing is to be taken away there.
        there = {info.path for info in HubSource(wire=self.wire, repo_id=self.repo_id, commit=plan.parent).files()}
        gone = (file.path for file in plan.files if file.content is None and file.path in there)
        return [CommitOperationDelete(path, is_folder=False) for path in gone]

    def _upload(self, additions: list[Any]) -> None:
        """Bring the content of large files to the store of the Hub; nobody sees it before the commit, and none goes twice."""
        done: list[bool] = []
        arrived: set[str] = set()

        def upload() -> None:
            with one_try(self.patience) as watch:
                try:
                    self.api.preupload_lfs_files(
                        self.repo_id, additions=additions, revision=self.branch, free_memory=False
                    )
                    done.append(True)
                finally:
                    arrived.update(watch.arrived)

        what = f"the upload of {len(additions)} files to {self.repo_id}"
        while True:
            before = len(arrived)
            try:
                attempt(what, upload, lambda: done or None, self.patience)
            except SourceError:
                # As long as each round of tries brings a file or a part of one, it goes on: a bad line is no broken one.
                if len(arrived) == before:
                    raise
            else:
                return


def _additions(plan: ReleasePlan) -> list[Any]:
    """Return what a plan adds. Raises ``SourceError`` where a file is another one than was judged."""
    from huggingface_hub import CommitOperationAdd

    additions = [CommitOperationAdd(file.path, file.content) for file in plan.files if file.content is not None]
    for upload in plan.uploads:
        try:
            addition = CommitOperationAdd(upload.path, upload.place)
        except (OSError, ValueError) as error:
            fault = f"{upload.place} cannot be read: {clipped(str(error), 200)}"
            raise SourceError(fault, hint="run the command again") from error
        if addition.upload_info.sha256.hex() != upload.sha256:
            raise _written_to(upload)
        additions.append(addition)
    return additions


def _insist_on_what_was_judged(plan: ReleasePlan, additions: list[Any]) -> None:
    """Raise ``SourceError`` where the commit would hold less than was judged, or something else.

    The client reads a small file again when it commits, and tells the store the digest of a large one from before it read
    that: so the first are handed over as bytes, and the others may not have been written to since.
    """
    judged = {upload.path: upload for upload in plan.uploads}
    for addition in additions:
        if addition._should_ignore:  # noqa: SLF001 -- the only place where it is told
            fault = f".gitignore names {printable(addition.path_in_repo)}, which no upload takes along then"
            raise SourceError(
                fault, hint="take it from .gitignore, or out of the folder; then run the same command again"
            )
        upload = judged.get(addition.path_in_repo)
        if upload is not None:
            whole = addition._upload_mode == "regular"  # noqa: SLF001 -- as above
            content = _content(upload, whole=whole)
            addition.path_or_fileobj = content if whole else addition.path_or_fileobj


def _content(upload: PlannedUpload, *, whole: bool) -> bytes:
    """Return what was judged, nothing of it where the ``whole`` is not asked for. Raises ``SourceError`` once it is another."""
    with closing(RegularFile(Path(upload.place), upload.path, upload.size, written=upload.written)) as file:
        data = file.read(0, upload.size if whole else 0)
    if whole and hashlib.sha256(data).hexdigest() != upload.sha256:
        raise _written_to(upload)
    return data


def _written_to(upload: PlannedUpload) -> SourceError:
    fault = f"{printable(upload.path)} was written to while it was released"
    return SourceError(fault, hint="wait until that is done, then run the same command again")

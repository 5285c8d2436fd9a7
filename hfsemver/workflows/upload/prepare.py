"""Prepare a release on a Hub: what a folder changes there, judged against the newest release in the history of the branch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hfsemver.core.access import PATH as ACCESS
from hfsemver.core.errors import RefError, SourceError
from hfsemver.core.escape import clipped, printable
from hfsemver.core.plan import PlannedFile, PlannedUpload
from hfsemver.core.surface import PATH as SURFACE
from hfsemver.diff.files.files import ANY_SIZE, compare_files
from hfsemver.releases.hub.history import HubHistory
from hfsemver.releases.hub.remote import find_model
from hfsemver.releases.hub.source import HubSource
from hfsemver.releases.local import LocalSource
from hfsemver.releases.ref import HubRef, LocalRef, parse_ref
from hfsemver.releases.release import Release
from hfsemver.releases.source import FileKind
from hfsemver.releases.union import UnionSource
from hfsemver.workflows.baselines import newest_reachable, view_tags
from hfsemver.workflows.bump.making import Making
from hfsemver.workflows.bump.request import CARD, CHANGELOG, Proposal
from hfsemver.workflows.place import Place
from hfsemver.workflows.upload.behind import GIT_ATTRIBUTES, behind

if TYPE_CHECKING:
    from hfsemver.core.plan import ReleasePlan
    from hfsemver.core.progress import Progress
    from hfsemver.diff.files.files import FilesDiff
    from hfsemver.releases.hub.wire import Wire
    from hfsemver.workflows.upload.request import PushRequest

_NEEDED: Final = frozenset({GIT_ATTRIBUTES, CARD, CHANGELOG, SURFACE, ACCESS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A folder and the branch of a model that it goes to."""

    request: PushRequest
    wire: Wire
    folder: Path
    target: HubRef

    @classmethod
    def of(cls, request: PushRequest, wire: Wire) -> Upload:
        """Read what was typed. Raises ``RefError`` where it names no folder, or no model on a Hub."""
        # A folder that is there is meant, whatever else its name could be.
        named = LocalRef(request.folder) if Path(request.folder).is_dir() else parse_ref(request.folder)
        source, target = named, parse_ref(request.target)
        if not isinstance(target, HubRef):
            fault = f"{clipped(request.target)} is no model on a Hub"
            raise RefError(
                fault, hint="write hf://org/name, or hf://org/name@BRANCH; in a git repository: hfsemver bump --push"
            )
        if target.folder:
            fault = f"{clipped(request.target)} is a folder in a model, and the whole of one is released"
            raise RefError(
                fault, hint=f"release hf://{target.repo_id}, from a folder that holds {clipped(target.folder)}"
            )
        if not isinstance(source, LocalRef) or not Path(source.path).is_dir():
            fault = f"{clipped(request.folder)} is no folder"
            raise RefError(fault, hint="name the folder that holds the files of the release")
        if request.successor_of is not None:
            _insist_on_model(request.successor_of.removeprefix("hf://"))
        return cls(request=request, wire=wire, folder=Path(source.path), target=target)

    def proposed(self, progress: Progress | None = None) -> Proposal:
        """Judge the release and plan it. Raises ``SourceError`` where something in the folder cannot be uploaded."""
        model, branch = find_model(self.wire, self.target), self.target.revision
        home = HubHistory(wire=self.wire, repo_id=model.id)
        if home.tip(branch) is None:
            fault = f"{clipped(branch)} is no branch of {model.id}, and nothing else holds a release"
            raise RefError(
                fault, hint=f"write hf://{model.id}@BRANCH; make one: hf repos branch create {model.id} BRANCH"
            )
        below = HubSource(wire=self.wire, repo_id=model.id, commit=model.commit)
        above = _uploadable(self.folder)
        removed = self._removed(below, above)
        ref = str(LocalRef(str(self.folder)))
        former = behind(Release(above, ref=ref), Release(below))
        source = UnionSource(below, above, removed, former)
        current = Release(source, ref=ref)
        files = compare_files(Release(below), current)
        changed = tuple(path for path in (*files.added, *files.kept) if not _is_same(files, path))
        own = None if changed or removed else view_tags(home, model.commit).own
        if own is not None and (own.tag.version.is_stable or self.request.pre is not None):
            return Proposal(version=str(own.tag.version))
        making = Making(
            asked=self.request,
            home=home,
            ref=HubRef(model.id, model.commit),
            head=model.commit,
            branch=branch,
            current=current,
            place=Place(
                commit=model.commit,
                tags=newest_reachable(home, model.commit),
                branch=branch,
                home=home,
            ),
            below=source,
            repo=model.id,
        )
        proposal = making.proposed(progress)
        if proposal.plan is None:
            return proposal
        return replace(proposal, plan=_complete(proposal.plan, above, changed, removed))

    def _removed(self, below: HubSource, above: LocalSource) -> frozenset[str]:
        """Return what is to go. What each release needs goes by its own name alone: no pattern means that."""
        here = {info.path for info in above.files()}
        there = {info.path for info in below.files()} - here
        return frozenset(
            path
            for path in there
            for one in self.request.delete
            if path == one or (path not in _NEEDED and fnmatchcase(path, one))
        )


def _insist_on_model(former: str) -> None:
    """Insist, before anything is released, on the whole of a model: a folder or a revision of one has no successor."""
    named = parse_ref(f"hf://{former}")
    if not isinstance(named, HubRef) or named.repo_id != former:
        raise RefError(f"{clipped(former)} is no model on a Hub", hint="write --successor-of org/name")


def _uploadable(folder: Path) -> LocalSource:
    source = LocalSource(folder)
    for info in source.files():
        if ".cache" in info.path.split("/")[:-1]:
            fault = f"{printable(info.path)} lies below a .cache, of which the client of the Hub uploads nothing"
            raise SourceError(fault, hint="move it out of the folder, or take it away")
        if info.kind is FileKind.POINTER:
            raise SourceError(f"{info.path}: only its LFS pointer is in {folder}", hint="fetch it: git lfs pull")
        if info.kind is not FileKind.FILE:
            raise SourceError(f"{info.path} {info.refusal}", hint="put the file itself in its place")
    return source


def _is_same(files: FilesDiff, path: str) -> bool:
    return path in files.kept and files.same(path, limit=ANY_SIZE) is True


def _complete(plan: ReleasePlan, above: LocalSource, changed: tuple[str, ...], removed: frozenset[str]) -> ReleasePlan:
    """Add to what the release writes by itself what the folder brings, and what is to go."""
    written = {file.path for file in plan.files}
    sizes = {info.path: info.size for info in above.files()}
    return replace(
        plan,
        files=(
            *plan.files,
            *(PlannedFile(path=path, before=None, content=None) for path in sorted(removed - written)),
        ),
        uploads=tuple(
            PlannedUpload(
                path=path,
                place=str(above.place(path)),
                size=sizes[path],
                sha256=above.sha256(path),
                written=above.written(path),
            )
            for path in sorted(changed)
            if path not in written
        ),
    )

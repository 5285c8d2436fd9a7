"""From the name of a release to the release: what exists is found out here, and nothing is read yet."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from hfsemver.core.errors import RefError, SourceError
from hfsemver.core.escape import clipped, printable
from hfsemver.core.surface import PATH
from hfsemver.releases.git import GitSource
from hfsemver.releases.hub.remote import open_on_hub
from hfsemver.releases.local import LocalSource
from hfsemver.releases.ref import GitRef, HubRef, LocalRef, SurfaceRef, parse_ref
from hfsemver.releases.release import Release
from hfsemver.releases.repository import Repository
from hfsemver.releases.surface import SurfaceSource

if TYPE_CHECKING:
    from hfsemver.releases.ref import ReleaseRef


def open_release(ref: ReleaseRef, beside: Release | None = None) -> Release:
    """Open a release without reading its files. Raises ``RefError``, whose hint says what to type instead.

    ``beside`` is the release that it will be compared with: what a surface only describes may lie there unchanged.
    """
    match ref:
        case LocalRef():
            return _open_folder(ref)
        case GitRef():
            return _open_revision(ref)
        case HubRef():
            return _open_on_hub(ref)
        case SurfaceRef():
            return _open_surface(ref, beside)
    assert_never(ref)


def _open_on_hub(ref: HubRef) -> Release:
    try:
        return open_on_hub(ref)
    except (RefError, SourceError) as error:
        folder = f"{ref.repo_id}/{ref.folder}" if ref.folder else ref.repo_id
        if not Path(folder).is_dir():
            raise
        here = _typed(f"./{folder}@{ref.revision}")
        hint = f"for the repository in the folder {printable(folder)} write {here}; else {error.hint}"
        kind = RefError if isinstance(error, RefError) else SourceError
        raise kind(error.problem, hint=hint) from error


def _open_folder(ref: LocalRef) -> Release:
    path = Path(ref.path)
    if path.is_dir():
        _insist_on_files(path)
        return Release(LocalSource(path), ref=str(ref))
    if path.exists():
        fault = f"{ref.path} is a file, and a release is a folder"
        raise RefError(fault, hint=f"name its folder: {_typed(path.parent)}")
    fault = f"there is no folder {ref.path}"
    hub = _hub_ref(f"hf://{ref.path}")
    hint = f"on the Hub it is {hub}" if hub else "name the folder of a release, or a git revision as in @v1.2.0"
    raise RefError(fault, hint=hint)


def _open_surface(ref: SurfaceRef, beside: Release | None) -> Release:
    path = Path(ref.path)
    if not path.is_file():
        raise RefError(f"there is no surface {ref.path}", hint="write one into a release: hfsemver surface write DIR")
    # Beside a surface, or above its own folder in a release, small files may lie that it describes.
    folder = path.parent.parent if path.parent.name == Path(PATH).parent.name else path.parent
    return Release(SurfaceSource(path, folder, None if beside is None else beside.source), ref=str(ref))


def _insist_on_files(path: Path) -> None:
    """Refuse a folder whose files are not those of a release: the inside of a repository, or a part of a checkout."""
    if (path / "HEAD").is_file() and (path / "objects").is_dir() and (path / "refs").is_dir():
        resolved = path.resolve()
        named = path.parent if path.name == ".git" else resolved.parent if resolved.name == ".git" else path
        fault = f"{path} is the inside of a git repository, and no release"
        raise RefError(fault, hint=f"name a revision in it, as in {_at_head(named)}")
    try:
        missing = Repository.discover(path).left_out(path)
    except (RefError, SourceError):
        return  # in no repository, or in one whose revisions cannot be read either
    if missing:
        fault = f"{path} is a sparse checkout, so files of the release are missing on purpose: {clipped(missing[0])}"
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise RefError(f"{fault}{more}", hint=f"commit, and name the revision: {_at_head(path)}")


def _at_head(path: Path) -> str:
    return _typed("@HEAD" if path == Path() else f"{path}@HEAD")


def _open_revision(ref: GitRef) -> Release:
    path = Path(ref.path)
    if not path.is_dir():
        fault = f"there is no folder {ref.path} to look up {ref.revision} in"
        folder = Path(f"{ref.path}@{ref.revision}")
        hint = "name a folder in a git repository, or stand in it and write @REVISION"
        if folder.is_dir():
            hint = f"for the folder {printable(str(folder))} itself append an @: {_typed(f'{folder}@')}"
        raise RefError(fault, hint=hint)
    repository = Repository.discover(path)
    commit = repository.resolve(ref.revision)
    folder_in_commit = _below(repository, path)
    repository.subtree(commit, folder_in_commit)
    return Release(
        GitSource(repository=repository, commit=commit, folder=folder_in_commit), ref=str(ref), commit=commit
    )


def _below(repository: Repository, path: Path) -> str:
    resolved = path.resolve()
    root = repository.root.resolve()
    if not resolved.is_relative_to(root) or resolved == root:
        return ""
    return resolved.relative_to(root).as_posix()


def _typed(word: Path | str) -> str:
    """Return a word as it is typed into a shell."""
    return printable(shlex.quote(str(word)))


def _hub_ref(text: str) -> HubRef | None:
    try:
        ref = parse_ref(text)
    except RefError:
        return None
    # A path of more parts is one on disk that is mistyped or not there yet, and hardly ever a folder of a model.
    return ref if isinstance(ref, HubRef) and not ref.folder else None

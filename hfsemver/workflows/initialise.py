"""``hfsemver init``: a policy to fill in, the hook, and on request a workflow. What is there already stays as it is."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hfsemver.core.about import __version__
from hfsemver.core.errors import SourceError, UsageError
from hfsemver.core.escape import printable
from hfsemver.policy.policy import FILE_NAME
from hfsemver.publish.files import create_file
from hfsemver.releases.repository import Repository
from hfsemver.workflows.hook.install import install_hook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

WORKFLOW: Final = ".github/workflows/hfsemver.yml"
_TEMPLATES: Final = {FILE_NAME: "policy.yaml", WORKFLOW: "workflow.yml"}


def initialise(path: str, wanted: tuple[str, ...] = (FILE_NAME,)) -> Iterator[str]:
    """Write the ``wanted`` files into the repository around ``path``, install the hook, and tell what was done.

    Raises ``SourceError`` or ``UsageError`` where something cannot be written; what was told before is done.
    """
    repository = Repository.discover(Path(path))
    if repository.root == repository.git_dir:
        fault = f"{repository.root} is a bare repository, and has no folder to write into"
        raise UsageError(fault, hint="run this in a clone of it")
    written = [name for name in wanted if _write(repository.root / name, _text(name))]
    for name in wanted:
        yield f"Wrote {name}" if name in written else f"Kept {name}, which is there already"
    yield from install_hook(str(repository.root))
    yield from _next_steps(repository, tuple(written))


def template_root() -> Traversable:
    """Return the folder of templates, from a wheel or from a checkout."""
    bundled = files("hfsemver") / "templates"
    return bundled if bundled.is_dir() else Path(__file__).parents[2] / "templates"


def _text(name: str) -> str:
    text = (template_root() / _TEMPLATES[name]).read_text(encoding="utf-8")
    return text.replace("@VERSION@", __version__)


def _write(path: Path, text: str) -> bool:
    """Write a file that is not there yet; return whether it was written."""
    try:
        return create_file(path, text.encode())
    except OSError as error:
        fault = f"{printable(str(path))} cannot be written: {error.strerror}"
        raise SourceError(fault, hint="make the folder writable, or make room") from error


def _next_steps(repository: Repository, written: tuple[str, ...]) -> Iterator[str]:
    yield ""
    yield "What to do next:"
    if WORKFLOW in written:
        yield f"  fill in HFSEMVER_SOURCE in {WORKFLOW}: where the runner gets hfsemver from"
    if written:
        yield f"  git add {' '.join(written)} && git commit -m 'Guard the version with hfsemver'"
    tags = repository.version_tags()
    if not tags:
        yield "  git tag -a v1.0.0 -m 'Release 1.0.0'    # name the state that consumers have today"
        yield "  git push origin HEAD v1.0.0             # the hook judges this push and every one after it"
    else:
        newest = tags[-1][0]
        yield f"  hfsemver check                          # what changed since {newest}, before you push"
    yield "  hfsemver doctor                         # whether everything is in its place"

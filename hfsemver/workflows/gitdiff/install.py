"""Let git show tensors in one repository, and take that back: settings and attributes that no push takes along."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hfsemver.core.about import PACKAGE
from hfsemver.core.escape import printable
from hfsemver.publish.settings import remove_settings, set_settings, write_lines
from hfsemver.releases.disk import read_small
from hfsemver.releases.git_command import ask_git
from hfsemver.releases.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Iterator

DRIVER: Final = "diff.hfsemver"
LINE: Final = "*.safetensors diff=hfsemver"
_LARGEST: Final = 1 << 20
# git hands the words of a driver to a shell. Where hfsemver is gone, git would end the whole of a diff.
_CALL: Final = (
    'shown() {{ if [ -x {python} ] && [ -f {package} ]; then {python} -P -m hfsemver gitdiff {word} "$@"; '
    "else echo 'hfsemver is not where it was: hfsemver gitdiff install'; fi; }}; shown"
)


def settings() -> dict[str, str]:
    """Return what git is told of the driver: a diff of its own for ``git diff``, and text for the log.

    That text is not kept (``cachetextconv``): the same pointer is another text once its object is here.
    """
    places = {"python": shlex.quote(sys.executable), "package": shlex.quote(PACKAGE)}
    return {
        f"{DRIVER}.command": _CALL.format(**places, word="show"),
        f"{DRIVER}.textconv": _CALL.format(**places, word="text"),
        f"{DRIVER}.binary": "true",
    }


def install(path: str) -> Iterator[str]:
    """Set the driver up in the repository around ``path``, and say what was done. A second time changes nothing.

    Raises ``RefError`` outside of a repository, ``SourceError`` where something cannot be written.
    """
    repository = Repository.discover(Path(path))
    set_settings(repository.root, settings())
    attributes = _attributes(repository)
    lines = _lines(attributes)
    if LINE not in lines:
        write_lines(attributes, [*lines, LINE])
    yield f"git shows the tensors of *.safetensors here now: {printable(str(attributes))}"
    yield "git diff by values; git log -p and git show by a line for each tensor"


def uninstall(path: str) -> Iterator[str]:
    """Take the driver out of the repository around ``path``, and say what was done. Raises as ``install`` does."""
    repository = Repository.discover(Path(path))
    attributes = _attributes(repository)
    lines = _lines(attributes)
    if LINE in lines:
        write_lines(attributes, [line for line in lines if line != LINE])
    known = ask_git(
        repository.root, "config", "--local", "--name-only", "--get-regexp", operands=(r"^diff\.hfsemver\.",)
    )
    if known.status == 0:
        remove_settings(repository.root, DRIVER)
    yield "git shows *.safetensors here as it did before" if known.status == 0 else "nothing of hfsemver was set here"


def _attributes(repository: Repository) -> Path:
    """Return the attributes that stand above those of the repository, and are its own."""
    return repository.common_dir / "info" / "attributes"


def _lines(path: Path) -> list[str]:
    data = read_small(path, _LARGEST) or b""
    return data.decode("utf-8", "surrogateescape").splitlines()

"""Files that no rule reads: prose, pictures, and the files of git itself."""

from __future__ import annotations

from typing import Final

from hfsemver.releases.formats.licence import may_hold_terms

_PROSE: Final = (".md", ".rst", ".adoc", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".ico", ".pdf", ".ipynb")
_GIT_FILES: Final = frozenset({".gitattributes", ".gitignore", ".gitkeep", ".mailmap", ".pre-commit-config.yaml"})


def is_neutral(path: str) -> bool:
    """Whether no rule reads the file, nor cares that it is there: pictures, prose, and the files of git itself.

    All the rest is judged; a name that is not known here costs time and no correctness.
    """
    folder, _, name = path.rpartition("/")
    if path.startswith(".github/") or name in _GIT_FILES:
        return True
    # The card and the terms are prose as well; both are looked for at the root only.
    is_read = not folder and ("readme" in name.lower() or may_hold_terms(name))
    return name.lower().endswith(_PROSE) and not is_read

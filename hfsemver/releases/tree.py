"""Tree objects of git: one level of a release as it was committed, read strictly.

Format: https://git-scm.com/docs/gitformat-index is silent on it; ``git ls-tree`` and ``git fsck`` define it.
An entry is an octal mode, a space, a name, a NUL and the object id in binary.
"""

from __future__ import annotations

import stat
from dataclasses import dataclass

from hfsemver.core.errors import FormatError
from hfsemver.core.escape import clipped

MAX_TREE_SIZE = 64 << 20
OID_SIZE = 20

_LONGEST_MODE = 7
_SUBMODULE = 0o160000
_HINT = "find what made this commit and write it again: git fsck names the object"


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeEntry:
    """One name of a tree. Of the mode only its type counts: a release has no executable files."""

    name: str
    mode: int
    oid: bytes

    @property
    def is_tree(self) -> bool:
        """Whether this is a folder."""
        return stat.S_ISDIR(self.mode)

    @property
    def is_link(self) -> bool:
        """Whether this is a symbolic link."""
        return stat.S_ISLNK(self.mode)

    @property
    def is_submodule(self) -> bool:
        """Whether this is a commit of another repository."""
        return stat.S_IFMT(self.mode) == _SUBMODULE


def parse_tree(data: bytes, where: str) -> tuple[TreeEntry, ...]:
    """Return the entries of a tree in its order. Raises ``FormatError`` for all that ``git fsck`` calls an error.

    ``where`` names the tree in messages.
    """
    entries: list[TreeEntry] = []
    seen: set[str] = set()
    before = b""
    position = 0
    while position < len(data):
        name_end = data.find(b"\0", position)
        end = name_end + 1 + OID_SIZE
        if name_end < 0 or end > len(data):
            raise FormatError("a tree entry is cut off", where, offset=position, hint=_HINT)
        mode_text, _, raw_name = data[position:name_end].partition(b" ")
        mode = _mode(mode_text, where, position)
        name = _name(raw_name, where, position)
        if name in seen:
            raise FormatError(f"the name {clipped(name)!r} occurs twice", where, offset=position, hint=_HINT)
        # Git sorts a folder as if its name ended in a slash.
        key = raw_name + b"/" if stat.S_ISDIR(mode) else raw_name
        if key < before:
            raise FormatError(f"the name {clipped(name)!r} is out of order", where, offset=position, hint=_HINT)
        seen.add(name)
        before = key
        entries.append(TreeEntry(name=name, mode=mode, oid=data[name_end + 1 : end]))
        position = end
    return tuple(entries)


def _mode(text: bytes, where: str, position: int) -> int:
    octal = text and len(text) <= _LONGEST_MODE and not text.strip(b"01234567")
    mode = int(text, 8) if octal else 0
    if stat.S_IFMT(mode) not in {stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK, _SUBMODULE}:
        shown = clipped(text.decode("latin-1"), 20)
        raise FormatError(
            f"a tree entry has the mode {shown!r}, which git does not know", where, offset=position, hint=_HINT
        )
    return mode


def _name(raw: bytes, where: str, position: int) -> str:
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        shown = clipped(raw.decode("utf-8", "backslashreplace"))
        hint = "rename the file: the Hub takes names in UTF-8 only"
        raise FormatError(f"the file name {shown} is not UTF-8", where, offset=position, hint=hint) from None
    if name in {"", ".", ".."} or "/" in name or name.lower() == ".git":
        fault = f"{clipped(name)!r} cannot be the name of a file"
        raise FormatError(fault, where, offset=position, hint=_HINT)
    return name

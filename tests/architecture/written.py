"""Find what writes in the syntax tree of a module: files opened to be written, moved, removed, made or changed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Methods of paths and arrays that write and share their name with nothing harmless.
METHODS = {
    "chmod", "hardlink_to", "lchmod", "mkdir", "rename", "rmdir", "symlink_to", "tofile", "touch", "unlink",
    "write_bytes", "write_text",
}  # fmt: skip
# What writes in modules whose other functions do not.
FUNCTIONS = {
    "os": {
        "chflags", "chmod", "chown", "copy_file_range", "fchmod", "fchown", "ftruncate", "lchmod", "lchown", "link",
        "makedirs", "mkdir", "mkfifo", "mknod", "posix_fallocate", "pwrite", "pwritev", "remove", "removedirs",
        "removexattr", "rename", "renames", "replace", "rmdir", "sendfile", "setxattr", "symlink", "truncate", "unlink",
        "utime", "write", "writev",
    },
    "shutil": {
        "chown", "copy", "copy2", "copyfile", "copyfileobj", "copymode", "copystat", "copytree", "make_archive", "move",
        "rmtree", "unpack_archive",
    },
    "numpy": {"memmap", "save", "savetxt", "savez", "savez_compressed"},
}  # fmt: skip
FLAGS = {"O_APPEND", "O_CREAT", "O_RDWR", "O_TMPFILE", "O_TRUNC", "O_WRONLY"}
# What tells reading from writing by its arguments, and is called by its full name so that they can be looked at.
OPENERS = {"os": {"fdopen", "open"} | FLAGS, "io": {"open"}, "codecs": {"open"}}
# Modules that write by themselves, with the names in them that do not.
WRITERS: dict[str, set[str]] = {
    "tempfile": {"gettempdir"},
    **{name: set() for name in ("bz2", "dbm", "fileinput", "gzip", "lzma", "shelve", "sqlite3", "tarfile", "zipfile")},
    "logging.handlers": set(),
}


def writes(tree: ast.Module) -> set[str]:
    """Return the expressions of a module that write, or that may do so for all that can be read off them."""
    aliases = {
        alias.asname or alias.name.partition(".")[0]: alias.name if alias.asname else alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    # What is looked at together with its arguments is not looked at again without them.
    called = {id(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    opened = {
        id(part)
        for node in called.values()
        if ast.unparse(node.func) == "os.open"
        for argument in node.args
        for part in ast.walk(argument)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found.update(_imported(node))
        elif isinstance(node, ast.Name | ast.Attribute) and id(node) not in opened and isinstance(node.ctx, ast.Load):
            found.update(_named(node, called.get(id(node)), aliases))
    return found


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (f"import {alias.name}" for alias in node.names if alias.name in WRITERS.keys() - {"tempfile"})
        return
    module = node.module or ""
    refused = FUNCTIONS.get(module, set()) | OPENERS.get(module, set())
    for alias in node.names:
        if alias.name in refused or (module in WRITERS and alias.name not in WRITERS[module]):
            yield f"from {module} import {alias.name}"


def _named(node: ast.Name | ast.Attribute, call: ast.Call | None, aliases: dict[str, str]) -> Iterator[str]:
    """Judge a name by itself, or with its arguments where these tell reading from writing."""
    text = ast.unparse(node)
    if isinstance(node, ast.Name):
        if text == "open" and not _reads(call, at=1):
            yield ast.unparse(call or node)
        return
    module = aliases.get(node.value.id, "") if isinstance(node.value, ast.Name) else ""
    if module == "os" and node.attr == "open":
        if call is None or _may_write(call):
            yield ast.unparse(call or node)
    elif node.attr == "open" or (module == "os" and node.attr == "fdopen"):
        if not _reads(call, at=1 if module else 0):
            yield ast.unparse(call or node)
    elif node.attr == "replace" and not module:
        if call is None or (len(call.args) == 1 and not call.keywords) or any(k.arg == "target" for k in call.keywords):
            yield ast.unparse(call or node)
    elif (
        node.attr in METHODS
        or node.attr in FUNCTIONS.get(module, set())
        or (module == "os" and node.attr in FLAGS)
        or (module in WRITERS and node.attr not in WRITERS[module])
    ):
        yield text


def _reads(call: ast.Call | None, at: int) -> bool:
    """Whether a file is opened in a mode that is written out and only reads."""
    if call is None or any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
        return False
    modes = [*call.args[at : at + 1], *(k.value for k in call.keywords if k.arg == "mode")]
    return all(
        isinstance(mode, ast.Constant) and isinstance(mode.value, str) and not set(mode.value) & set("wax+")
        for mode in modes
    )


def _may_write(call: ast.Call) -> bool:
    """Whether the flags of ``os.open`` name one that writes, or are a number."""
    flags = [part for flag in call.args[1:2] for part in ast.walk(flag)]
    flags += [part for k in call.keywords if k.arg != "dir_fd" for part in ast.walk(k.value)]
    names = {part.attr for part in flags if isinstance(part, ast.Attribute)}
    return bool(names & FLAGS) or not flags or any(isinstance(part, ast.Constant) for part in flags)

"""Modules of a release that loaders run, by their syntax trees: what they import, and what of them others call."""

from __future__ import annotations

import ast
import hashlib
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.diff.code.maps import CodeReference
    from hfsemver.releases.release import Release

MAX_SIZE: Final = 1 << 20
"""Bytes of one module; the longest real ones have some 200,000."""
# What every loader of such code has.
_AT_HAND: Final = frozenset(
    {"torch", "transformers", "numpy", "huggingface_hub", "tokenizers", "safetensors", "diffusers"}
)


@dataclass(frozen=True, eq=False)
class PythonModule:
    """One module: its path and its text; ``tree`` is ``None`` where this Python cannot parse it."""

    path: str
    data: bytes

    @cached_property
    def tree(self) -> ast.Module | None:
        """The syntax tree; nothing of it is run."""
        try:
            return ast.parse(self.data)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    @cached_property
    def dump(self) -> str | bytes:
        """What the module says, without comments, blanks and texts for its readers; its bytes where it cannot be parsed."""
        if self.tree is None:
            return self.data
        return ast.dump(_without_docstrings(ast.parse(self.data)))

    @property
    def digest(self) -> str:
        """Twelve hex digits that name what the module says."""
        said = self.dump.encode("utf-8", "backslashreplace") if isinstance(self.dump, str) else self.dump
        return hashlib.sha256(said).hexdigest()[:12]

    @cached_property
    def imports(self) -> frozenset[str]:
        """Packages that have to be installed, as transformers looks for them: not those inside of ``try``."""
        names = set(_imported(self.tree)) if self.tree is not None else set()
        return frozenset(names - sys.stdlib_module_names - _AT_HAND)

    @cached_property
    def public(self) -> Mapping[str, Signature]:
        """Functions, and classes with their methods, that others may call, by dotted name."""
        return dict(_public(self.tree.body, "")) if self.tree is not None else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """The parameters of something that others call: in their order, and those that have to be given."""

    names: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()
    takes_any: bool = False


def reachable(release: Release, references: tuple[CodeReference, ...]) -> Mapping[str, PythonModule]:
    """Return the modules that loaders run: those that are named, and what these import from beside them.

    Raises ``EvidenceMissing`` for a module whose bytes are not here, ``FormatError`` for one of more than 1 MiB.
    """
    found: dict[str, PythonModule] = {}
    waiting = sorted({one.path for one in references if not one.repository})
    while waiting:
        path = waiting.pop()
        if path in found or path not in release.files:
            continue
        data = release.read(path, MAX_SIZE)
        if data is None:
            raise EvidenceMissing(path, "is not here")
        found[path] = PythonModule(path, data)
        waiting += _beside(found[path])
    return dict(sorted(found.items()))


def _beside(module: PythonModule) -> Iterator[str]:
    folder = module.path.rpartition("/")[0]
    for node in ast.walk(module.tree) if module.tree is not None else ():
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        above = folder.split("/")[: len(folder.split("/")) - node.level + 1] if folder else []
        parts = [*above, *(node.module or "").split(".")] if node.module else above
        names = [".".join(part for part in parts if part)] if node.module else []
        names += [".".join([*(part for part in parts if part), alias.name]) for alias in node.names]
        yield from (f"{name.replace('.', '/')}.py" for name in names if name)


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Try) or (isinstance(node, ast.If) and "available" in ast.dump(node.test)):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.partition(".")[0]
        else:
            yield from _imported(node)


def _public(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, Signature]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield prefix + node.name, Signature(takes_any=True)
            yield from _public(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (
            not node.name.startswith("_") or node.name in ("__init__", "__call__")
        ):
            yield prefix + node.name, _parameters(node.args)


def _parameters(arguments: ast.arguments) -> Signature:
    plain = [*arguments.posonlyargs, *arguments.args]
    needed = [one.arg for one in plain[: len(plain) - len(arguments.defaults)]]
    needed += [one.arg for one, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if value is None]
    return Signature(
        names=tuple(one.arg for one in (*plain, *arguments.kwonlyargs)),
        required=frozenset(needed),
        takes_any=arguments.kwarg is not None,
    )


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:]
    return tree

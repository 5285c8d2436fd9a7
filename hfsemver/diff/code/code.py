"""What changed in the code that loaders run: whether they have to, what it needs, what it says and what others call."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.code.maps import MAPPED, CodeReference, code_references
from hfsemver.diff.code.modules import reachable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.diff.code.modules import PythonModule, Signature
    from hfsemver.releases.release import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiBreak:
    """Something that others call and cannot call as before."""

    file: str
    name: str
    problem: str


@dataclass(frozen=True, eq=False, kw_only=True)
class CodeDiff:
    """The code of two releases, compared on demand. Any part may raise ``EvidenceMissing`` for a module that is not here."""

    baseline: Release | None
    current: Release

    @cached_property
    def _references(self) -> tuple[tuple[CodeReference, ...], tuple[CodeReference, ...]]:
        if self.baseline is None:
            return (), ()
        return code_references(self.baseline), code_references(self.current)

    @cached_property
    def _modules(self) -> tuple[Mapping[str, PythonModule], Mapping[str, PythonModule]]:
        if self.baseline is None:
            return {}, {}
        old, new = self._references
        return reachable(self.baseline, old), reachable(self.current, new)

    @cached_property
    def required(self) -> tuple[CodeReference, ...]:
        """Classes that come from code now, in a part that loaded without any; one for each such part.

        What the baseline did not have at all could not be loaded before.
        """
        if self.baseline is None:
            return ()
        old, new = self._references
        before = {_part(one) for one in old}
        found = {_part(one): one for one in reversed(new) if _part(one) not in before and self._had(one)}
        return tuple(found[part] for part in sorted(found))

    @cached_property
    def imports(self) -> tuple[tuple[str, str], ...]:
        """Packages that the code needs now and did not, each with the module that imports it first.

        Code that nobody had to run before brings its packages with it, which is no second change.
        """
        old, new = self._modules
        if not old:
            return ()
        before = {name for module in old.values() for name in module.imports}
        found = {
            name: path for path, module in reversed([*new.items()]) for name in module.imports if name not in before
        }
        return tuple(sorted(found.items()))

    @cached_property
    def changed(self) -> tuple[tuple[str, str], ...]:
        """Modules that are run and say something else than in the baseline, each with a digest of what it says.

        Those that are told as broken are left out, and so is code that nobody had to run before.
        """
        old, new = self._modules
        told = {one.file for one in self.broken}
        other = [
            path for path in new if old and path not in told and (path not in old or old[path].dump != new[path].dump)
        ]
        return tuple((path, new[path].digest) for path in other)

    @cached_property
    def broken(self) -> tuple[ApiBreak, ...]:
        """What loaders and their callers use of the classes that are named, and cannot use as before."""
        old, new = self._modules
        before, after = ({(one.path, one.name) for one in side if not one.repository} for side in self._references)
        return tuple(
            one
            for path, name in sorted(before & after)
            if path in old and path in new and old[path].tree is not None and new[path].tree is not None
            for one in _broken(path, name, old[path].public, new[path].public)
        )

    def require_parsed(self) -> None:
        """Raise ``EvidenceMissing`` where this Python cannot parse a module that changed; call it after what could be said."""
        old, new = self._modules
        for path, module in new.items():
            if path in old and module.data != old[path].data and (module.tree is None or old[path].tree is None):
                hint = "run the check with the Python that the code is written for"
                raise EvidenceMissing(path, "cannot be parsed by this Python", hint=hint)

    def _had(self, one: CodeReference) -> bool:
        """Whether the baseline could be loaded in the part that a reference is about."""
        files = self.baseline.files if self.baseline is not None else ()
        return one.file in files if one.file in MAPPED else bool(files)


def _part(one: CodeReference) -> str:
    """Return what somebody loads: the model with its configuration is one, each other loader one of its own."""
    return "model" if one.loader == "AutoConfig" or one.loader.startswith("AutoModel") else one.loader


def _broken(path: str, name: str, old: Mapping[str, Signature], new: Mapping[str, Signature]) -> Iterator[ApiBreak]:
    """Compare a class and its own methods; a method that is gone may be one that it inherits."""
    if name in old and name not in new:
        yield ApiBreak(file=path, name=name, problem="is gone")
        return
    for method, before in old.items():
        after = new.get(method)
        if not method.startswith(f"{name}.") or after is None:
            continue
        lost = [] if after.takes_any else [one for one in before.names if one not in after.names]
        needed = sorted(after.required - before.required)
        if lost:
            yield ApiBreak(file=path, name=method, problem=f"takes no {', '.join(lost)} any more")
        elif needed:
            yield ApiBreak(file=path, name=method, problem=f"cannot do without {', '.join(needed)}")

"""Tensors of an adapter that do not fit to the base that its configuration names, by the headers of that base on a Hub.

Only what is certain counts. A module is looked up under its own name, and under that name with more or less in front of it, as
classes with and without a head have it; layers of the base under other names, packed weights and heads that somebody resizes
before loading are left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing, FormatError, SourceError
from hfsemver.core.escape import clipped
from hfsemver.diff.adapter.files import CONFIG, adapter_folders, adapter_tensors
from hfsemver.diff.adapter.mismatch import FACTOR, PREFIX, Mismatch
from hfsemver.diff.card.base_ids import address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from hfsemver.core.tensor import TensorInfo
    from hfsemver.releases.formats.strict_json import JsonObject
    from hfsemver.releases.hub.hub import Hub
    from hfsemver.releases.release import Release

    _Shape = tuple[int, ...]

_PLAIN: Final = frozenset({"F64", "F32", "F16", "BF16"})
_MATRIX: Final = 2
# Vocabularies grow before an adapter is trained, and grow again before it is loaded.
_RESIZED: Final = re.compile(r"(?:.*\.)?(?:lm_head|embed_tokens|embed_out|word_embeddings|wte|score|classifier)")
_NUMBER: Final = re.compile(r"(?<=\.)\d+(?=\.)")


@dataclass(frozen=True, eq=False, kw_only=True)
class _Weights:
    """The matrices of a base by name, and the ``modules`` that have any tensor, packed ones as well."""

    shapes: Mapping[str, _Shape]
    modules: frozenset[str] = field(repr=False)

    @cached_property
    def _by_end(self) -> Mapping[str, list[_Shape]]:
        ends: dict[str, list[_Shape]] = {}
        for name, shape in self.shapes.items():
            for end in _ends(name):
                ends.setdefault(end, []).append(shape)
        return ends

    @cached_property
    def _patterns(self) -> frozenset[str]:
        return frozenset(_NUMBER.sub("*", name) for name in self.shapes)

    def find(self, module: str) -> _Shape | None:
        """Return the shape under a name, or under the only one that ends in it or that it ends in."""
        key = f"{module}.weight"
        if key in self.shapes:
            return self.shapes[key]
        near = [*self._by_end.get(key, ()), *(self.shapes[end] for end in _ends(key) if end in self.shapes)]
        return near[0] if len(near) == 1 else None

    def lacks(self, module: str) -> bool:
        """Whether other layers have this module and its own one does not, in whatever form."""
        return module not in self.modules and f"{_NUMBER.sub('*', module)}.weight" in self._patterns


def _ends(name: str) -> Iterator[str]:
    """Yield what stands behind each dot of a name."""
    return (name[match.end() :] for match in re.finditer(r"\.", name))


def _modules(names: Iterable[str]) -> Iterator[str]:
    """Yield what stands before each dot of the names."""
    return (name[: match.start()] for name in names for match in re.finditer(r"\.", name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfits:
    """Everything that does not fit; ``missing`` is the first base that, with every module of it, could not be found, if any."""

    found: tuple[Mismatch, ...] = ()
    missing: EvidenceMissing | None = None


def find_misfits(release: Release, hub: Hub) -> Misfits:
    """Compare every low-rank adapter with its base, by shape."""
    found: list[Mismatch] = []
    missing = None
    for folder in adapter_folders(release):
        tensors = adapter_tensors(release, folder)
        if tensors is not None:
            try:
                found += _in_folder(release.json(folder + CONFIG) or {}, tensors, hub)
            except EvidenceMissing as silence:
                missing = missing or silence
    return Misfits(found=tuple(found), missing=missing)


def _in_folder(config: JsonObject, tensors: Mapping[str, TensorInfo], hub: Hub) -> Iterator[Mismatch]:
    written, revision = config.get("base_model_name_or_path"), config.get("revision")
    name = address(written) if isinstance(written, str) else None
    if config.get("peft_type") != "LORA" or name is None:
        return
    base = f"{name}@{revision}" if isinstance(revision, str) and revision else name
    weights = _read_base(hub, name, revision if isinstance(revision, str) and revision else "main", base)
    problems: dict[str, list[str]] = {}
    found = 0
    for tensor, match in ((t, m) for t in sorted(tensors) if (m := FACTOR.fullmatch(t))):
        module = match["module"].removeprefix(PREFIX)
        if _RESIZED.fullmatch(module):
            continue
        shape = weights.find(module)
        if shape is not None:
            found += 1
            problem = _misfit(tensors[tensor].shape, shape, match["side"], base)
        else:
            problem = f"a module that {base} does not have" if weights.lacks(module) else ""
        if problem:
            problems.setdefault(problem, []).append(tensor)
    for problem, names in problems.items():
        yield Mismatch(file=tensors[names[0]].file, tensor=names[0], count=len(names), problem=problem)
    if not found and not problems:
        raise EvidenceMissing(
            CONFIG, f"{base} has no module under a name that the adapter gives, so whether it fits is not known"
        )


def _read_base(hub: Hub, name: str, revision: str, base: str) -> _Weights:
    try:
        release = hub.release(name, revision)
        if release is None:
            raise EvidenceMissing(
                CONFIG, f"{base} is not on the Hub, so whether the adapter fits is not known", hint="name the base"
            )
        tensors = {
            tensor.name: tensor
            for one in release.weights.safe
            if "/" not in one.name
            for tensor in one.tensors.values()
        }
    except (SourceError, FormatError) as error:
        fault = f"the headers of {base} cannot be read, so whether the adapter fits is not known: {clipped(str(error), 200)}"
        raise EvidenceMissing(CONFIG, fault, hint=error.hint) from error
    shapes = {
        tensor.name: tensor.shape
        for tensor in tensors.values()
        if tensor.dtype in _PLAIN and len(tensor.shape) == _MATRIX
    }
    return _Weights(shapes=shapes, modules=frozenset(_modules(tensors)))


def _misfit(factor: _Shape, weight: _Shape, side: str, base: str) -> str:
    """Say where a factor has a side that the weight lacks; which side of a weight comes first depends on its class."""
    axis = 1 if side == "A" else 0
    if len(factor) != _MATRIX or factor[axis] in weight:
        return ""
    return f"made for another size than the weight of {base}, which is {weight[0]} by {weight[1]}"

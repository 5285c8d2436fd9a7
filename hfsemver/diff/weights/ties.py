"""A flag that says whether the output projection is the input embeddings, against what is stored."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.promise import Kind
from hfsemver.diff.config.text import text_values
from hfsemver.diff.weights.heads import EMBEDDINGS, FLAG, ends_in, equals_embeddings, is_head, tied_flag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.core.tensor import TensorInfo
    from hfsemver.diff.weights.depth import Depth
    from hfsemver.diff.weights.reading import WeightSide
    from hfsemver.releases.release import Release

_MATRIX: Final = 2
# Parts of names under which classes of somebody's own keep a projection onto the vocabulary.
_HEADLIKE: Final = ("head", "output", "proj_out", "embed_out", "unembed", "classifier", "logits")
_PROJECTS: Final = ("ForCausalLM", "LMHeadModel")


class TieProblem(StrEnum):
    """How flag and weights contradict each other."""

    NO_HEAD = "is false, and no output projection is stored"
    OTHER_HEAD = "is true, and the output projection that is stored is another matrix"


@dataclass(frozen=True, slots=True, kw_only=True)
class TieFault:
    """One weight set, the embeddings in it and what contradicts the flag."""

    problem: TieProblem
    file: str
    embeddings: str
    head: str = ""
    written: bool = True
    """Whether the configuration says the flag itself; else its class fills it in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """What contradicts in one release; ``missing`` is why some heads could not be compared with their embeddings."""

    faults: tuple[TieFault, ...] = ()
    missing: EvidenceMissing | None = None


def find_tie_faults(side: WeightSide, depth: Depth) -> Ties:
    """Look at the sets at the root of a language model whose class is known to follow the flag."""
    release = side.release
    flag = tied_flag(release) if release.kind in (Kind.GENERATIVE, Kind.QUANTIZED) and _projects(release) else None
    faults: list[TieFault] = []
    missing = None
    for weight_set in release.weights.sets.values() if flag is not None else ():
        tensors = weight_set.tensors
        table = next((t for t in tensors.values() if ends_in(t.name, EMBEDDINGS) and len(t.shape) == _MATRIX), None)
        if table is None or "/" in table.file or weight_set.missing:
            continue
        written = any(isinstance(value, bool) for value in text_values(release.config or {}, FLAG))
        if flag is False and not any(_may_project(tensor, table) for tensor in tensors.values()):
            problem = TieProblem.NO_HEAD
            faults.append(TieFault(problem=problem, file=table.file, embeddings=table.name, written=written))
        for head in _heads(tensors, table) if flag else ():
            equal = equals_embeddings(side, head, table, depth)
            if equal is None:
                what = "whether it equals the embeddings was not read"
                missing = EvidenceMissing(f"{head.file}: {head.name}", what, hint="run with --weights full")
            elif not equal:
                faults.append(
                    TieFault(
                        problem=TieProblem.OTHER_HEAD,
                        file=head.file,
                        embeddings=table.name,
                        head=head.name,
                        written=written,
                    )
                )
    return Ties(faults=tuple(faults), missing=missing)


def _projects(release: Release) -> bool:
    classes = (release.config or {}).get("architectures")
    names = [name for name in classes if isinstance(name, str)] if isinstance(classes, list) else []
    return any(name.endswith(_PROJECTS) for name in names)


def _may_project(tensor: TensorInfo, table: TensorInfo) -> bool:
    """Whether a tensor may be the output projection, whatever it is called and however it is packed."""
    return tensor is not table and (tensor.shape == table.shape or any(part in tensor.name for part in _HEADLIKE))


def _heads(tensors: Mapping[str, TensorInfo], table: TensorInfo) -> Iterator[TensorInfo]:
    """Yield stored projections of the shape and dtype of the embeddings: others may be the same matrix, saved otherwise."""
    for tensor in tensors.values():
        if is_head(tensor.name) and (tensor.dtype, tensor.shape) == (table.dtype, table.shape):
            yield tensor

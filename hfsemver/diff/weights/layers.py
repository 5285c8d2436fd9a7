"""Measured tensors by layer and module, told from their names, with figures from the sums of all tensors of a group."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.core.location import unsharded
from hfsemver.core.report import DistanceFigures, LayerFigures, ModuleFigures, PartFigures, TensorFigures
from hfsemver.tensors import Band, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hfsemver.diff.weights.tensor_values import TensorValues

PARTS: Final = ("attention", "mlp", "norm", "other")
"""What modules do, as coarse as it gets."""

# Six digits at most: a name is untrusted, and no network has a million layers.
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,5}")
# What numbered layers lie in: model.layers, encoder.layer, transformer.h, encoder.block, down_blocks, blk, resnet.stages.
_LIST: Final = re.compile(r"(?:.*_)?(?:layers?|h|(?:res)?blocks?|blk|stages?)")
_EXPERTS: Final = re.compile(r"(?:.*_)?experts")
# What one module stores side by side; its last part, as long as anything stands before it.
_PARAMETERS: Final = frozenset(
    ("weight", "bias", "gamma", "beta", "qweight", "qzeros", "scales", "g_idx", "weight_scale", "weight_scale_inv",
     "weight_packed", "weight_shape", "weight_zero_point", "input_scale")
)  # fmt: skip
_EMBEDDING: Final = re.compile(r"emb|(?:^|\.)w[tp]e(?:\.|$)", re.IGNORECASE)
_WHAT: Final = (
    ("norm", re.compile(r"norm|(?:^|\.)ln(?:_|\d|\.|$)", re.IGNORECASE)),
    ("mlp", re.compile(r"mlp|ffn|feed_?forward|expert|moe|densereludense", re.IGNORECASE)),
    ("attention", re.compile(r"att(?:n|ention)|(?:^|[._])(?:qkv|[qkvo]_?proj|query|key|value|[qkv])(?:[._]|$)", re.IGNORECASE)),
    ("mlp", re.compile(r"(?:^|[._])(?:fc_?\d?|w[123]|(?:gate|up|down)_proj|intermediate|output|dense)(?:[._]|$)", re.IGNORECASE)),
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a network a tensor belongs; without a layer the path is that of the module, whose name is empty."""

    path: str
    layer: int | None
    module: str


def place_of(name: str) -> Place:
    """Tell layer and module from the name of a tensor; other numbers in it, as those of experts, are folded into ``*``.

    >>> place_of("model.layers.12.mlp.experts.31.down_proj.weight")
    Place(path='model.layers', layer=12, module='mlp.experts.*.down_proj')
    """
    parts = name.split(".")
    numbers = [
        at for at in range(1, len(parts)) if _NUMBER.fullmatch(parts[at]) and not _EXPERTS.fullmatch(parts[at - 1])
    ]
    listed = (at for at in numbers if _LIST.fullmatch(parts[at - 1]))
    at = next(listed, numbers[0] if numbers else None)
    rest = parts if at is None else parts[at + 1 :]
    if len(rest) > 1 and rest[-1] in _PARAMETERS:
        rest = rest[:-1]
    module = ".".join("*" if _NUMBER.fullmatch(part) else part for part in rest)
    if at is None:
        return Place(path=module, layer=None, module="")
    return Place(path=".".join(parts[:at]), layer=int(parts[at]), module=module)


def part_of(module: str) -> str:
    """Return which of ``PARTS`` a module belongs to, by its name.

    >>> part_of("self_attn.q_norm"), part_of("attention.output.dense"), part_of("output.dense")
    ('norm', 'attention', 'mlp')
    """
    return next((part for part, pattern in _WHAT if pattern.search(module)), PARTS[-1])


def changed_tensors(tensors: Iterable[TensorValues]) -> tuple[TensorFigures, ...]:
    """Return the figures of each tensor whose values changed, in the order of the tensors."""
    return tuple(
        TensorFigures(
            name=values.pair.name,
            file=values.pair.new.file,
            band=values.band.word,
            elements=values.pair.new.count,
            distance=_distance([values]),
        )
        for values in tensors
        if values.band is not Band.IDENTICAL
    )


def by_layer(tensors: Iterable[TensorValues], *, modules: bool) -> tuple[LayerFigures, ...]:
    """Put tensors together layer by layer: embeddings first, then layers by their numbers, then what follows them."""
    layers: dict[tuple[str, str, int | None], list[tuple[str, TensorValues]]] = defaultdict(list)
    for values in tensors:
        place = place_of(values.pair.name)
        layers[unsharded(values.pair.new.file), place.path, place.layer].append((place.module, values))
    return tuple(_layer(*key, layers[key], modules=modules) for key in sorted(layers, key=_order))


def _order(key: tuple[str, str, int | None]) -> tuple[str, int, str, int]:
    file, path, layer = key
    if layer is None:
        return file, 0 if _EMBEDDING.search(path) else 2, path, 0
    return file, 1, path, layer


def _layer(
    file: str, path: str, layer: int | None, found: Sequence[tuple[str, TensorValues]], *, modules: bool
) -> LayerFigures:
    values = [one for _, one in found]
    parts: dict[str, list[tuple[str, TensorValues]]] = defaultdict(list)
    for module, one in found if modules and layer is not None else ():
        parts[part_of(module)].append((module, one))
    return LayerFigures(
        file=file,
        path=path,
        layer=layer,
        tensors=len(values),
        changed=_changed(values),
        distance=_distance(values),
        parts=tuple(_part(part, parts[part]) for part in PARTS if part in parts),
    )


def _part(part: str, found: Sequence[tuple[str, TensorValues]]) -> PartFigures:
    modules: dict[str, list[TensorValues]] = defaultdict(list)
    for module, values in found:
        modules[module].append(values)
    whole = [values for _, values in found]
    return PartFigures(
        part=part,
        tensors=len(whole),
        changed=_changed(whole),
        distance=_distance(whole),
        modules=tuple(
            ModuleFigures(module=name, tensors=len(own), changed=_changed(own), distance=_distance(own))
            for name, own in sorted(modules.items())
        ),
    )


def _changed(tensors: Iterable[TensorValues]) -> int:
    return sum(values.band is not Band.IDENTICAL for values in tensors)


def _distance(tensors: Iterable[TensorValues]) -> DistanceFigures:
    """Measure the tensors that changed as if they were one; what is unknown of one of them is unknown of all."""
    measures = [values.measure for values in tensors if values.band is not Band.IDENTICAL]
    known = [measure for measure in measures if measure is not None]
    if not measures or len(known) < len(measures):
        return DistanceFigures()
    apart = [measure.apart for measure in known]
    here = [one for one in apart if one is not None]
    whole = joined(here) if len(here) == len(known) else None
    distance, cosine = (None, None) if whole is None else (whole.relative_l2, whole.cosine)
    count = sum(measure.count for measure in known)
    changed = [measure.changed for measure in known if measure.changed is not None]
    largest = [measure.max_abs for measure in known if measure.max_abs is not None]
    return DistanceFigures(
        changed_share=sum(changed) / count if count and len(changed) == len(known) else None,
        relative_l2=None if distance is None else distance.value,
        cosine=None if cosine is None else cosine.value,
        max_abs=max(largest) if len(largest) == len(known) else None,
        relative_l2_interval=None if distance is None else distance.bounds,
        cosine_interval=None if cosine is None else cosine.bounds,
    )

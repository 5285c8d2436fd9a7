"""A declared relation to a base that the structure of the release contradicts, whatever the base holds.

Only what is certain without the weights of the base: a whole model is no adapter, an adapter alone is no fine-tuned model of the
base that it is loaded onto, and weights in 32 bits are not quantised. How far the weights are from those of the base has to be
read from the base (``diff/weights/descent.py``); ``tuned_from`` says of which one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.card.ancestry import ADAPTER, ADAPTER_FILE, CARD, read_ancestry
from hfsemver.diff.card.base_ids import address
from hfsemver.diff.card.packing import is_packed
from hfsemver.diff.config.derived import DEPTH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.core.tensor import TensorInfo
    from hfsemver.diff.card.ancestry import Ancestry
    from hfsemver.releases.release import Release

# What transformers loads as a whole model.
_WHOLE: Final = ("model.safetensors", "pytorch_model.bin")
_HEADS: Final = ("ForCausalLM", "LMHeadModel", "ForConditionalGeneration", "ForSequenceClassification", "ForMaskedLM")
_LAYER: Final = re.compile(r"(?:^|\.)(?:layers?|h|blocks?)\.(\d+)\.")
# Drafts and tests have a layer or two; nothing that is loaded onto a base has as many as this.
_FEWEST: Final = 4
# Integers of 64 bits and truth values count and mask; they hold no weights in any library.
_UNPACKED: Final = frozenset({"F32", "F64", "I64", "BOOL"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ContradictedRelation:
    """The relation as it was understood, and what shows that it is another one."""

    relation: str
    shown: str


def contradicted_relation(release: Release) -> ContradictedRelation | None:
    """Return what contradicts the declared relation; ``None`` where none is declared, or where it may be true.

    Raises ``EvidenceMissing`` where the header that would settle it is not here.
    """
    if release.card is None or not release.card.text("base_model_relation"):
        return None
    ancestry = read_ancestry(release)
    shown = None
    if ancestry.relation == "adapter":
        shown = _whole_model(release)
    elif ancestry.relation in ("finetune", "merge"):
        shown = _lone_adapter(release, ancestry)
    elif ancestry.relation == "quantized":
        shown = _unpacked(release)
    return None if shown is None else ContradictedRelation(relation=ancestry.relation, shown=shown)


def tuned_from(release: Release) -> str | None:
    """Return the one base that the card says the release is a fine-tuned model of, by its id on the Hub; ``None`` without one.

    A merge may hold layers of its bases in other places, and quantised weights are no numbers.
    """
    if release.card is None or ADAPTER in release.files:
        return None
    ancestry = read_ancestry(release)
    return address(ancestry.written[0]) if ancestry.relation == "finetune" and len(ancestry.written) == 1 else None


def _whole_model(release: Release) -> str | None:
    """A model with every layer that its config tells of, and nothing beside it that could be the adapter."""
    formats = release.weight_formats
    if ADAPTER in release.files or not formats or not formats.keys() <= {*_WHOLE}:
        return None
    config = release.config or {}
    classes, layers = config.get("architectures"), next((config[key] for key in DEPTH if key in config), None)
    named = [each for each in classes if isinstance(each, str)] if isinstance(classes, list) else []
    if not any(each.endswith(_HEADS) for each in named) or not isinstance(layers, int) or layers < _FEWEST:
        return None
    for name, tensors in _read_sets(release).items():
        found = {int(match[1]) for tensor in tensors for match in _LAYER.finditer(tensor)}
        if len(found) >= layers and not any("lora_" in tensor or "adapter" in tensor for tensor in tensors):
            return f"{name} holds a whole {named[0]} with {layers} layers, and there is no {ADAPTER}"
    return None


def _lone_adapter(release: Release, ancestry: Ancestry) -> str | None:
    """An adapter and no other weights, where the only base that is named is the one it is loaded onto.

    An adapter may be a fine-tuned or a merged one, of other adapters.
    """
    formats = release.weight_formats
    alone = bool(formats) and all(ADAPTER_FILE.fullmatch(name) for name in formats)
    if ADAPTER not in release.files or not alone or ancestry.ids != {ancestry.adapter_id}:
        return None
    return f"{', '.join(formats)} is all there is, an adapter that {ADAPTER} loads onto {ancestry.adapter}"


def _unpacked(release: Release) -> str | None:
    """Nothing but weights in 32 bits, which no file and no name says to be packed.

    Weights in 16 bits are a cast of such in 32, which some call quantised.
    """
    if ADAPTER in release.files or not release.weight_formats or is_packed(release):
        return None
    sets = _read_sets(release)
    dtypes = {tensor.dtype for tensors in sets.values() for tensor in tensors.values()}
    if sets.keys() != release.weight_formats.keys() or "F32" not in dtypes or not dtypes <= _UNPACKED:
        return None
    return f"{', '.join(sets)} holds weights in F32 alone, and nothing says how they are quantised"


def _read_sets(release: Release) -> Mapping[str, Mapping[str, TensorInfo]]:
    """Return the tensors of every set that is whole here."""
    sets = release.weights.sets
    missing = next((file for each in sets.values() for file in each.missing), None)
    if missing is not None:
        raise EvidenceMissing(missing, f"{CARD} declares a base_model_relation, and what it holds is not known")
    return {name: each.tensors for name, each in sets.items()}

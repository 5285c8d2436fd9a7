"""A release that is made from a base and lets nobody know from which, and an adapter whose base is not pinned.

Only what makes a base certain counts: an adapter, which is nothing without one, the recipe or the mark of mergekit, and a
declared relation. ``_name_or_path`` in ``config.json`` counts for nothing: transformers writes there whatever was loaded
last, the model's own id or a folder as often as the base.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.diff.card.ancestry import ADAPTER, CARD, is_pin, read_ancestry
from hfsemver.diff.card.base_ids import address, base_id
from hfsemver.diff.card.origins import MOST

if TYPE_CHECKING:
    from hfsemver.releases.hub.hub import Hub
    from hfsemver.releases.release import Release

RECIPE: Final = re.compile(r"mergekit(?:_moe)?_config\.ya?ml")
"""What mergekit calls the recipe that it writes beside a merge."""
# The one file of a LoRA of diffusers, which has no config to name its base in.
_LORA: Final = re.compile(r"pytorch_lora_weights\.(?:safetensors|bin)")
_ADDRESS: Final = re.compile(r"\w+://")


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeclaredBase:
    """Where the base should be named, what is written there and why that is none, or else what shows that there is one."""

    location: Location
    evidence: str
    written: str = ""
    problem: str = "is no repository"


def undeclared_base(release: Release, hub: Hub | None = None) -> UndeclaredBase | None:
    """Return what shows that there is a base, where no repository is named as such; ``None`` where one is, or none is needed.

    An address elsewhere names a base as well, if none of the Hub; a name of the Hub that a ``hub`` does not show names none.
    Raises ``EvidenceMissing`` where all depends on an adapter config whose bytes are not here, and where the Hub is silent.
    """
    named = release.card.texts("base_model") if release.card else ()
    lost = next((name for name in named[:MOST] if hub and (id_ := address(name)) and hub.model(id_) is None), None)
    if lost is not None:
        problem = "the Hub does not show: the name is wrong, or it is private or gone"
        return UndeclaredBase(
            location=Location(file=CARD, pointer="base_model"), evidence="", written=lost, problem=problem
        )
    # The card first: it settles this where the bytes of an adapter config are not here.
    if any(base_id(name) or _ADDRESS.match(name) for name in named):
        if hub is not None and len(named) > MOST:
            raise EvidenceMissing(CARD, f"names {len(named)} bases, and the Hub was asked for the first {MOST} alone")
        return None
    written = ", ".join(named)
    evidence = "" if written else _evidence(release)
    if evidence is None:
        return None
    return UndeclaredBase(location=Location(file=CARD, pointer="base_model"), evidence=evidence, written=written)


def _evidence(release: Release) -> str | None:
    """Return what says that there is a base."""
    if ADAPTER in release.files:
        adapter = read_ancestry(release).adapter
        return f"{ADAPTER} says {clipped(adapter, 80)}" if adapter else f"{ADAPTER} is that of an adapter"
    recipe = next((path for path in release.files if RECIPE.fullmatch(path) or _LORA.fullmatch(path)), None)
    if recipe is not None:
        return f"{recipe} stands for a merge or an adapter"
    relation = release.card.text("base_model_relation") if release.card else None
    if relation:
        return f"base_model_relation is {clipped(relation, 40)}"
    tags = release.card.texts("tags") if release.card else ()
    return "the card has the tag mergekit" if "mergekit" in map(str.casefold, tags) else None


def unpinned_base(release: Release) -> str | None:
    """Return the repository that an adapter is loaded onto at whatever its main branch holds, ``None`` where there is none.

    Adapters alone: PEFT and transformers load their base by its id, at the ``revision`` that the config of the adapter names.
    https://github.com/huggingface/peft/blob/main/src/peft/auto.py. Whatever else is made of a base holds its own weights.
    The Hub has no field for it, and what people write of a revision in the card counts.
    """
    if ADAPTER not in release.files:
        return None
    ancestry = read_ancestry(release)
    noted = is_pin((release.card.text("base_model_revision") if release.card else None) or "")
    return ancestry.adapter if ancestry.adapter_id and not ancestry.revision and not noted else None

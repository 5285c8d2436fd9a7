"""What one release says it was made from: in its card, and in the config of an adapter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.diff.card.base_ids import base_id

if TYPE_CHECKING:
    from hfsemver.releases.release import Release

CARD: Final = "README.md"
ADAPTER: Final = "adapter_config.json"
ADAPTER_FILE: Final = re.compile(
    r"(?:.*[\W_])?(?:lora|learned_embeds|adapter_model)(?:[\W_].*)?\.(?:safetensors|bin|pt)", re.IGNORECASE
)
"""Low-rank deltas and learned embeddings, which are nothing without their base."""

ORIGIN_FILES: Final = re.compile(
    r"README\.md|.*config\.json|.*\.(?:safetensors|gguf|bin|pt|onnx)|(?!\.)[^/]*\.(?:ya?ml|toml|py|sh)|[^/]*(?:merge|recipe)[^/]*",
    re.IGNORECASE,
)
"""The files that say where a release comes from, or show it."""

# The relations that the Hub knows, and what people write for them.
_RELATIONS = MappingProxyType(
    {
        "adapters": "adapter",
        "lora": "adapter",
        "fine-tune": "finetune",
        "fine-tuned": "finetune",
        "finetuned": "finetune",
        "merged": "merge",
        "quantization": "quantized",
        "quantize": "quantized",
        "quantised": "quantized",
    }
)
_BRANCHES = frozenset({"main", "master", "head"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ancestry:
    """The bases as the card writes them and as ids, the relation to them, and where an adapter config finds its base.

    ``revision`` is the commit or tag of that base, empty where there is none or a branch that moves.
    """

    written: tuple[str, ...]
    ids: frozenset[str]
    relation: str
    adapter: str
    adapter_id: str | None
    revision: str


def is_pin(revision: str) -> bool:
    """Whether a revision names a commit or a tag, as far as its name tells: the main branch moves.

    >>> is_pin("main"), is_pin("v1.0")
    (False, True)
    """
    return bool(revision) and revision.casefold() not in _BRANCHES


def read_ancestry(release: Release) -> Ancestry:
    """Gather what a release says. Raises ``EvidenceMissing`` where the bytes of an adapter config are not here."""
    card = release.card
    written = card.texts("base_model") if card else ()
    relation = ((card.text("base_model_relation") if card else None) or "").casefold()
    adapter = release.adapter_config or {}
    name, revision = adapter.get("base_model_name_or_path"), adapter.get("revision")
    return Ancestry(
        written=written,
        ids=frozenset(found for found in map(base_id, written) if found),
        relation=_RELATIONS.get(relation, relation),
        adapter=name if isinstance(name, str) else "",
        adapter_id=base_id(name) if isinstance(name, str) else None,
        revision=revision if isinstance(revision, str) and is_pin(revision) else "",
    )

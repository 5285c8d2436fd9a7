"""One configuration, two layouts: transformers 5 nests the keys of a text part that transformers 4 kept at the top."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.diff.config.rope import KEYS as ROPE_KEYS
from hfsemver.diff.config.text import TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue

_STAYS: Final = frozenset({
    "model_type", "architectures", "auto_map", "dtype", "torch_dtype", "transformers_version", "id2label", "label2id",
    "num_labels", "quantization_config", "tie_word_embeddings",
})  # fmt: skip
# A text part has these of its own, so they moved only where it spells them out and the top is without.
_TOKENS: Final = frozenset({"bos_token_id", "pad_token_id", "eos_token_id"})


def same_layout(
    old: JsonObject, new: JsonObject, known: Callable[[JsonObject], Collection[str]]
) -> tuple[JsonObject, JsonObject]:
    """Nest the text keys of the side that keeps them at the top while the other has a ``text_config``.

    ``known`` gives the keys that a text part may hold besides those it spells out.
    """
    if isinstance(new.get(TEXT), dict) and not isinstance(old.get(TEXT), dict):
        return _nested(old, new, known), new
    if isinstance(old.get(TEXT), dict) and not isinstance(new.get(TEXT), dict):
        return old, _nested(new, old, known)
    return old, new


def _nested(flat: JsonObject, nested: JsonObject, known: Callable[[JsonObject], Collection[str]]) -> JsonObject:
    part = nested[TEXT]
    if not isinstance(part, dict):
        return flat
    movable = ({*known(nested), *ROPE_KEYS} - _TOKENS | {*part}) - _STAYS
    moved: dict[str, JsonValue] = {key: flat[key] for key in flat if key in movable and key not in nested}
    if not moved:
        return flat
    if "model_type" in part:
        moved["model_type"] = part["model_type"]
    return {**{key: value for key, value in flat.items() if key not in moved or key == "model_type"}, TEXT: moved}

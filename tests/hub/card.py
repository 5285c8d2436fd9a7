"""What the Hub takes from a model card: its fields, the tags of a repository and who it descends from."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tests.hub.repository import Repository

# https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/repocard.py
FRONT_MATTER = re.compile(r"\A(\s*---(?:\r\n|\r|\n))([\S\s]*?)((?:\r\n|\r|\n)---[ \t]*(?:\r\n|\n|$))")


def front_matter(text: str) -> str | None:
    """Return the YAML of a card, or nothing where it has none."""
    match = FRONT_MATTER.match(text.removeprefix("\ufeff"))
    return match[2] if match else None


def card_of(repository: Repository, commit: str) -> dict[str, Any]:
    """Return the fields of a card as JSON; nothing where they cannot be read."""
    entry = repository.tree(commit).get("README.md")
    text = front_matter(repository.content(entry).decode("utf-8", "replace")) if entry else None
    try:
        card = yaml.safe_load(text or "")
    except yaml.YAMLError:
        return {}
    return json.loads(json.dumps(card, default=str)) if isinstance(card, dict) else {}


def bases(card: Mapping[str, Any]) -> list[str]:
    """Return the models that a card names as its bases."""
    return [name for name in listed(card.get("base_model")) if isinstance(name, str)]


def relation(card: Mapping[str, Any], paths: Collection[str]) -> str:
    """Return how a model descends from its bases: as its card says, else as its files suggest."""
    if said := card.get("base_model_relation"):
        return str(said)
    if len(bases(card)) > 1:
        return "merge"
    if "adapter_config.json" in paths:
        return "adapter"
    return "quantized" if any(path.endswith(".gguf") for path in paths) else "finetune"


def tags_of(card: Mapping[str, Any], paths: Collection[str]) -> list[str]:
    """Return the tags by which a repository is found."""
    said = relation(card, paths)
    parents = bases(card)
    found = [
        *([card["library_name"]] if card.get("library_name") else []),
        *(kind for kind in ("safetensors", "gguf") if any(path.endswith(f".{kind}") for path in paths)),
        *listed(card.get("tags")),
        *listed(card.get("language")),
        *(f"dataset:{name}" for name in listed(card.get("datasets"))),
        *(f"base_model:{name}" for name in parents),
        *(f"base_model:{said}:{name}" for name in parents),
        *(f"license:{name}" for name in listed(card.get("license"))),
        "region:us",
    ]
    return list(dict.fromkeys(str(tag) for tag in found))


def listed(value: Any) -> list[Any]:
    """Return a field that may hold one value or many as a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]

"""What a Hub says of one repository: who may load it, and the front matter of its card."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from hfsemver.core.access import NAME, Access, Gate
from hfsemver.core.card import CardData

if TYPE_CHECKING:
    from hfsemver.core.card import YamlValue

FIELDS = ("sha", "gated", "private", "cardData")
"""What is asked of a repository, in the words of the Hub's API."""
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_DEEP = 32
_GATES = MappingProxyType({"auto": Gate.AUTO, "manual": Gate.MANUAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class HubRepo:
    """A repository as the Hub answers: under its name of today, whichever name was asked for."""

    access: Access
    commit: str = ""
    card: CardData = field(default_factory=lambda: CardData(fields=MappingProxyType({})))

    @property
    def id(self) -> str:
        """The name of today, ``org/name``."""
        return self.access.repo


def read_repo(answer: Any, hub: str) -> HubRepo | None:
    """Return what the answer of a Hub to ``GET /api/models/ID`` says; ``None`` where it is none such.

    https://huggingface.co/docs/huggingface_hub/package_reference/hf_api#huggingface_hub.ModelInfo
    """
    if not isinstance(answer, dict):
        return None
    name, commit = answer.get("id"), answer.get("sha")
    gate, private = _gate(answer.get("gated")), answer.get("private") or False
    # A gate that is not known here is certainly not an open one.
    if not isinstance(name, str) or not isinstance(commit, str) or gate is None or not isinstance(private, bool):
        return None
    if not NAME.fullmatch(name) or not _COMMIT.fullmatch(commit):
        return None
    card = _yaml(answer.get("cardData") or {})
    return HubRepo(
        access=Access(hub=hub, repo=name, gate=gate, private=private),
        commit=commit,
        card=CardData(fields=card if isinstance(card, Mapping) else MappingProxyType({})),
    )


def _gate(told: Any) -> Gate | None:
    if told is None or told is False:
        return Gate.OPEN
    return {"auto": Gate.AUTO, "manual": Gate.MANUAL}.get(told) if isinstance(told, str) else None


def _yaml(value: Any, depth: int = 0) -> YamlValue:
    """Return JSON as front matter is read: every scalar as text. What lies too deep is left out."""
    if depth > _DEEP or value is None:
        return ""
    if isinstance(value, dict):
        return MappingProxyType({str(key): _yaml(item, depth + 1) for key, item in value.items()})
    if isinstance(value, list):
        return tuple(_yaml(item, depth + 1) for item in value)
    return str(value).lower() if isinstance(value, bool) else str(value)

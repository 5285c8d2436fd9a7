"""The modules of a sentence-transformers model, in the order in which a text passes them.

https://sbert.net/docs/sentence_transformer/usage/custom_models.html (structure of ``modules.json``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import FormatError
from hfsemver.releases.formats import strict_json

if TYPE_CHECKING:
    from hfsemver.releases.formats.strict_json import JsonValue

FILE: Final = "modules.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One module: its class, without the package that holds it in one version or another, and its folder."""

    kind: str
    folder: str

    @property
    def config(self) -> str:
        """The path of its settings."""
        return f"{self.folder}/config.json" if self.folder else "config.json"


def read_modules(data: bytes) -> tuple[Module, ...]:
    """Return the modules in order; raises ``FormatError`` for anything but a list of objects with a type and a path."""
    content = strict_json.load_settings(data, FILE)
    if not isinstance(content, list):
        raise FormatError(f"{strict_json.kind_of(content)}, not an array of modules", FILE)
    return tuple(_module(entry, f"[{index}]") for index, entry in enumerate(content))


def _module(entry: JsonValue, at: str) -> Module:
    if not isinstance(entry, dict):
        raise FormatError(f"{strict_json.kind_of(entry)}, not a module", FILE, at)
    kind, folder = entry.get("type"), entry.get("path", "")
    if not isinstance(kind, str) or not kind or not isinstance(folder, str):
        raise FormatError("no module with a type and a path", FILE, at)
    return Module(kind=kind.rpartition(".")[2], folder=folder.strip("/"))

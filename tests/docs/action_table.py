"""The inputs and outputs of the action, as ``action.yml`` has them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[2]


def action_table() -> str:
    """Return one table of both."""
    described = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    lines = ["| Name | | Default | Means |", "|---|---|---|---|"]
    lines += _rows("input", described["inputs"])
    lines += _rows("output", described["outputs"])
    return "".join(f"{line}\n" for line in lines)


def _rows(kind: str, entries: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for name, entry in entries.items():
        default = str(entry.get("default", ""))
        yield f"| `{name}` | {kind} | {f'`{default}`' if default else ''} | {entry['description']} |"

"""The JSON Schema of ``.hfsemver.yaml``, for editors and for ``hfsemver schema config``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hfsemver.core.promise import NESTED, Kind
from hfsemver.core.section import Section
from hfsemver.policy.load import BUMPS, FINGERPRINT, LEVELS, REPO_ID
from hfsemver.policy.policy import FILE_NAME, SWITCHES, Policy

if TYPE_CHECKING:
    from collections.abc import Iterable


def policy_schema(rule_ids: Iterable[str]) -> dict[str, Any]:
    """Return the schema as JSON Schema 2020-12, closed: what it does not name is an error."""
    ids = sorted(rule_ids)
    line = {"type": "string", "minLength": 1}
    level = {"enum": list(LEVELS)}
    setting = {
        "oneOf": [
            level,
            {
                "type": "object",
                "additionalProperties": False,
                "properties": {"level": level, "bump": {"enum": list(BUMPS)}},
            },
        ]
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": FILE_NAME,
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "promise": {"enum": [promise.value for promise in NESTED], "default": Policy().promise.value},
            "kind": {"enum": ["auto", *(kind.value for kind in Kind)], "default": "auto"},
            "guard": {
                "type": "object",
                "additionalProperties": False,
                "properties": {switch.value: {"type": "boolean", "default": True} for switch in SWITCHES},
            },
            "protected_branches": {"type": "array", "items": line, "default": list(Policy().protected_branches)},
            "eval_tolerance": {"type": "number", "minimum": 0, "maximum": 1, "default": Policy().asked.tolerance},
            "card_sections": {
                "type": "array",
                "items": {"enum": [section.value for section in Section]},
                "default": sorted(Policy().asked.sections),
            },
            "adapter_base": {"type": "boolean", "default": Policy().asked.adapter_base},
            "hub_repo": {"type": "string", "pattern": f"^{REPO_ID.pattern}$"},
            "fail_closed": {"type": "boolean", "default": Policy().fail_closed},
            "rules": {
                "type": "object",
                "additionalProperties": False,
                "properties": dict.fromkeys(ids, setting),
            },
            "ignore": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["reason"],
                    "anyOf": [{"required": [key]} for key in ("rule", "file", "tensor")],
                    "properties": {"rule": {"enum": ids}, "file": line, "tensor": line, "reason": line},
                },
            },
            "accept": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["fingerprint", "reason", "until"],
                    "properties": {
                        "fingerprint": {"type": "string", "pattern": f"^{FINGERPRINT.pattern}$"},
                        "reason": line,
                        "until": {"type": "string", "format": "date"},
                    },
                },
            },
        },
    }

"""JSON Schema 2020-12 of the documents that programs read; closed, so that a new key is a decision and not an accident."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from hfsemver.core.bump import Bump
from hfsemver.core.change import ChangeKind
from hfsemver.core.finding import Level
from hfsemver.core.promise import Promise
from hfsemver.reports.catalogue import SCHEMA_ID as RULES_ID
from hfsemver.reports.json_v1 import SCHEMA_ID
from hfsemver.rules.rule import Cost

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT = {"type": "string"}
_MAYBE_TEXT = {"type": ["string", "null"]}
_COUNT = {"type": "integer", "minimum": 0}
_BUMP = {"enum": [bump.word for bump in Bump]}
_BUMP_OR_POLICY = {"enum": [*(bump.word for bump in Bump), "policy"]}
_LEVEL = {"enum": [level.word for level in Level]}
_MAYBE_NUMBER = {
    "description": "JSON has no number for the three words",
    "anyOf": [{"type": ["number", "null"]}, {"enum": ["inf", "-inf", "nan"]}],
}
_INTERVAL = {
    "description": "lowest and highest, of an estimate: it holds the true figure in 95 of 100 cases",
    "type": "array",
    "items": _MAYBE_NUMBER,
    "minItems": 2,
    "maxItems": 2,
}
_INTERVALS = {"relative_l2_interval": _INTERVAL, "cosine_interval": _INTERVAL}

_DISTANCE = {
    "changed_share": _MAYBE_NUMBER,
    "relative_l2": _MAYBE_NUMBER,
    "cosine": _MAYBE_NUMBER,
    "max_abs": _MAYBE_NUMBER,
}


def _closed(*, optional: Mapping[str, Any] = _NOTHING, **required: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "additionalProperties": False,
        "properties": {**required, **optional},
    }


def _maybe(name: str) -> dict[str, Any]:
    return {"anyOf": [{"$ref": f"#/$defs/{name}"}, {"type": "null"}]}


def _each(name: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"#/$defs/{name}"}}


REPORT_SCHEMA: Final[dict[str, Any]] = {
    "$schema": _DIALECT,
    "title": SCHEMA_ID,
    **_closed(
        schema={"const": SCHEMA_ID},
        tool=_closed(name=_TEXT, version=_TEXT),
        baseline=_maybe("side"),
        current={"$ref": "#/$defs/side"},
        verdict={"$ref": "#/$defs/verdict"},
        findings=_each("finding"),
        skips=_each("skip"),
        accepted=_each("accepted"),
        weights=_maybe("weights"),
        notes={"type": "array", "items": _TEXT},
        optional={
            "changes": {**_each("change"), "description": "every difference; only hfsemver diff writes this list"}
        },
    ),
    "$defs": {
        "side": _closed(ref=_TEXT, version=_MAYBE_TEXT, commit=_MAYBE_TEXT),
        "verdict": _closed(
            ok={"type": "boolean"},
            required_bump=_BUMP,
            declared_bump={"enum": [*(bump.word for bump in Bump), None]},
            declared_version=_MAYBE_TEXT,
            next_version=_MAYBE_TEXT,
            baseline_version=_MAYBE_TEXT,
            failing={
                "type": "array",
                "items": _TEXT,
                "description": "ids of the rules that fail the run; ok is their absence",
            },
        ),
        "finding": _closed(
            rule=_TEXT,
            level=_LEVEL,
            bump=_BUMP_OR_POLICY,
            message=_TEXT,
            location=_closed(file=_TEXT, pointer=_TEXT),
            baseline=_TEXT,
            current=_TEXT,
            witness=_TEXT,
            why=_TEXT,
            fix=_TEXT,
            fingerprint={"type": "string", "pattern": "^[0-9a-f]{16}$"},
        ),
        "change": _closed(
            kind={"enum": [kind.value for kind in ChangeKind], "description": "unknown is what could not be compared"},
            location=_closed(file=_TEXT, pointer=_TEXT),
            words=_TEXT,
            baseline=_TEXT,
            current=_TEXT,
        ),
        "skip": _closed(rule=_TEXT, reason=_TEXT),
        "accepted": _closed(
            finding={"$ref": "#/$defs/finding"},
            reason=_TEXT,
            until={"type": "string", "description": "the last day on which it is accepted, or empty"},
        ),
        "weights": _closed(
            tensors=_COUNT,
            changed=_COUNT,
            relative_l2=_MAYBE_NUMBER,
            cosine=_MAYBE_NUMBER,
            bytes_read=_COUNT,
            evidence=_TEXT,
            max_abs=_MAYBE_NUMBER,
            changed_share=_MAYBE_NUMBER,
            bands={"type": "array", "items": _closed(band=_TEXT, tensors=_COUNT)},
            optional={
                **_INTERVALS,
                "layers": {**_each("layer"), "description": "every tensor whose values were compared, layer by layer"},
                "changed_tensors": {
                    **_each("tensor"),
                    "description": "every tensor whose values changed; only hfsemver diff writes this list",
                },
            },
        ),
        "layer": _closed(
            file={"type": "string", "description": "the weights, without the number of a shard"},
            path={"type": "string", "description": "what the names begin with: model.layers, or model.embed_tokens"},
            layer={"type": ["integer", "null"], "minimum": 0, "description": "null for what is outside of all layers"},
            tensors=_COUNT,
            changed=_COUNT,
            **_DISTANCE,
            optional={
                **_INTERVALS,
                "parts": {
                    **_each("part"),
                    "description": "its modules as attention, mlp, norm and other; only hfsemver diff writes this list",
                },
            },
        ),
        "part": _closed(
            part=_TEXT, tensors=_COUNT, changed=_COUNT, **_DISTANCE, modules=_each("module"), optional=_INTERVALS
        ),
        "module": _closed(module=_TEXT, tensors=_COUNT, changed=_COUNT, **_DISTANCE, optional=_INTERVALS),
        "tensor": _closed(name=_TEXT, file=_TEXT, band=_TEXT, elements=_COUNT, **_DISTANCE, optional=_INTERVALS),
    },
}

RULES_SCHEMA: Final[dict[str, Any]] = {
    "$schema": _DIALECT,
    "title": RULES_ID,
    **_closed(
        schema={"const": RULES_ID},
        rules={
            "type": "array",
            "items": _closed(
                id={"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
                area=_TEXT,
                bump=_BUMP_OR_POLICY,
                level=_LEVEL,
                promise={"enum": [promise.value for promise in Promise]},
                cost={"enum": [cost.word for cost in Cost]},
                since=_TEXT,
                summary=_TEXT,
                why=_TEXT,
                fix=_TEXT,
            ),
        },
    ),
}

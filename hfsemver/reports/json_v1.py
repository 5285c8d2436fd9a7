"""JSON v1, the frozen format that other programs read. ``report_from_json(render_json(report)) == report``.

Written out field by field on purpose: a renamed attribute must not rename a key that somebody relies on.
The schema beside this module says the same in JSON Schema; a test holds the two together.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, Final

from hfsemver.core.about import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.core.change import Change
    from hfsemver.core.finding import Finding
    from hfsemver.core.report import DistanceFigures, LayerFigures, PartFigures, Report, Side, WeightFigures

SCHEMA_ID: Final = "hfsemver/report/1"

_HALF_PAIR = re.compile("[\ud800-\udfff]")
_NOT_PLAIN = re.compile(r"[^\x20-\x7e]")

JsonValue = str | int | float | bool | None | list["JsonValue"] | dict[str, "JsonValue"]


def render_json(report: Report) -> str:
    """Return the report as one compact line of ASCII, keys in the order of the contract."""
    return dumped(_report(report))


def dumped(value: Mapping[str, Any]) -> str:
    r"""Return JSON as one line of printable ASCII that no workflow runner takes for a command.

    ``##[`` is valid in JSON but not harmless in a log, so its second character is written as ``\u0023``. Half a surrogate
    pair, as in a file name that is no UTF-8, has no meaning that all readers share; it is written out as text.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    text = _HALF_PAIR.sub(lambda half: f"\\\\u{ord(half[0]):04x}", text)
    text = _NOT_PLAIN.sub(lambda char: json.dumps(char[0])[1:-1] if char[0] != "\x7f" else "\\u007f", text)
    return text.replace("##[", "#\\u0023[").replace("##vso[", "#\\u0023vso[") + "\n"


def _report(report: Report) -> dict[str, JsonValue]:
    written: dict[str, JsonValue] = {
        "schema": SCHEMA_ID,
        "tool": {"name": "hfsemver", "version": __version__},
        **judged(report),
        "findings": [_finding(finding) for finding in report.findings],
        "skips": [{"rule": skip.rule, "reason": skip.reason} for skip in report.skips],
        "accepted": [
            {"finding": _finding(one.finding), "reason": one.reason, "until": one.until} for one in report.accepted
        ],
        "weights": None if report.weights is None else _weights(report.weights),
        "notes": list(report.notes),
    }
    # Left out and not null: a check has no such list, and stored reports of every version have to stay valid.
    return written if report.changes is None else {**written, "changes": [_change(one) for one in report.changes]}


def judged(report: Report) -> dict[str, JsonValue]:
    """Return which releases were compared and what came of it, with the keys of the contract."""
    verdict = report.verdict
    return {
        "baseline": None if report.baseline is None else _side(report.baseline),
        "current": _side(report.current),
        "verdict": {
            "ok": verdict.ok,
            "required_bump": verdict.required.word,
            "declared_bump": None if verdict.declared_bump is None else verdict.declared_bump.word,
            "declared_version": verdict.declared_version,
            "next_version": verdict.next_version,
            "baseline_version": verdict.baseline_version,
            "failing": list(verdict.failing),
        },
    }


def _change(change: Change) -> dict[str, JsonValue]:
    return {
        "kind": change.kind.value,
        "location": {"file": change.location.file, "pointer": change.location.pointer},
        "words": change.words,
        "baseline": change.baseline,
        "current": change.current,
    }


def _side(side: Side) -> dict[str, JsonValue]:
    return {"ref": side.ref, "version": side.version, "commit": side.commit}


def _finding(finding: Finding) -> dict[str, JsonValue]:
    return {
        "rule": finding.rule,
        "level": finding.level.word,
        "bump": finding.bump_word,
        "message": finding.message,
        "location": {"file": finding.location.file, "pointer": finding.location.pointer},
        "baseline": finding.baseline,
        "current": finding.current,
        "witness": finding.witness,
        "why": finding.why,
        "fix": finding.fix,
        "fingerprint": finding.fingerprint,
    }


def _weights(weights: WeightFigures) -> dict[str, JsonValue]:
    written: dict[str, JsonValue] = {
        "tensors": weights.tensors,
        "changed": weights.changed,
        "relative_l2": _number(weights.relative_l2),
        "cosine": _number(weights.cosine),
        "bytes_read": weights.bytes_read,
        "evidence": weights.evidence,
        "max_abs": _number(weights.max_abs),
        "changed_share": _number(weights.changed_share),
        "bands": [{"band": band, "tensors": tensors} for band, tensors in weights.bands],
        **_intervals(weights),
    }
    if weights.layers is not None:
        written["layers"] = [_layer(layer) for layer in weights.layers]
    if weights.changed_tensors is not None:
        written["changed_tensors"] = [
            {"name": one.name, "file": one.file, "band": one.band, "elements": one.elements, **_distance(one.distance)}
            for one in weights.changed_tensors
        ]
    return written


def _layer(layer: LayerFigures) -> dict[str, JsonValue]:
    written: dict[str, JsonValue] = {
        "file": layer.file,
        "path": layer.path,
        "layer": layer.layer,
        "tensors": layer.tensors,
        "changed": layer.changed,
        **_distance(layer.distance),
    }
    return {**written, "parts": [_part(part) for part in layer.parts]} if layer.parts else written


def _part(part: PartFigures) -> dict[str, JsonValue]:
    return {
        "part": part.part,
        "tensors": part.tensors,
        "changed": part.changed,
        **_distance(part.distance),
        "modules": [
            {"module": one.module, "tensors": one.tensors, "changed": one.changed, **_distance(one.distance)}
            for one in part.modules
        ],
    }


def _distance(distance: DistanceFigures) -> dict[str, JsonValue]:
    return {
        "changed_share": _number(distance.changed_share),
        "relative_l2": _number(distance.relative_l2),
        "cosine": _number(distance.cosine),
        "max_abs": _number(distance.max_abs),
        **_intervals(distance),
    }


def _intervals(figures: DistanceFigures | WeightFigures) -> dict[str, JsonValue]:
    """Return the bounds of what is estimated; an exact figure has none."""
    known = {"relative_l2_interval": figures.relative_l2_interval, "cosine_interval": figures.cosine_interval}
    return {name: [_number(bound) for bound in bounds] for name, bounds in known.items() if bounds is not None}


def _number(value: float | None) -> JsonValue:
    """Return a number, or the words ``inf``, ``-inf`` and ``nan`` for which JSON has no number."""
    return value if value is None or math.isfinite(value) else str(value)

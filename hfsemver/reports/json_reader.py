"""Read JSON v1 back. A stored report is input like any other: bounded, checked, and refused with the path of the fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from hfsemver.core.bump import Bump
from hfsemver.core.change import Change, ChangeKind
from hfsemver.core.errors import FormatError
from hfsemver.core.finding import Accepted, Finding, Level, Skip
from hfsemver.core.location import Location
from hfsemver.core.report import (
    DistanceFigures,
    LayerFigures,
    ModuleFigures,
    PartFigures,
    Report,
    Side,
    TensorFigures,
    WeightFigures,
)
from hfsemver.core.verdict import Verdict
from hfsemver.releases.formats.strict_json import load_object
from hfsemver.reports.json_v1 import SCHEMA_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hfsemver.releases.formats.strict_json import JsonValue

T = TypeVar("T")

_KINDS = {kind.value: kind for kind in ChangeKind}
_LEVELS = {level.word: level for level in Level}
_BUMPS: dict[str, Bump | None] = {**{bump.word: bump for bump in Bump}, "policy": None}
_WORDS = {"inf": float("inf"), "-inf": float("-inf"), "nan": float("nan")}
_HINT = "write the report again with: hfsemver check --format json"


@dataclass(frozen=True, slots=True)
class _Node:
    """A value and the path to it."""

    value: JsonValue
    path: str

    def __getitem__(self, key: str) -> _Node:
        found = self.value.get(key) if isinstance(self.value, dict) else None
        if not isinstance(self.value, dict):
            raise self.fault("must be an object")
        return _Node(found, f"{self.path}.{key}")

    def fault(self, problem: str) -> FormatError:
        return FormatError(problem, self.path, hint=_HINT)

    def items(self) -> Iterator[_Node]:
        if not isinstance(self.value, list):
            raise self.fault("must be a list")
        return (_Node(value, f"{self.path}[{index}]") for index, value in enumerate(self.value))

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self.fault("must be a string")
        return self.value

    def whole(self) -> int:
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.fault("must be a whole number")
        return self.value

    def number(self) -> float:
        if isinstance(self.value, str) and self.value in _WORDS:
            return _WORDS[self.value]
        if not isinstance(self.value, int | float) or isinstance(self.value, bool):
            raise self.fault("must be a number")
        return float(self.value)

    def one_of(self, known: dict[str, T]) -> T:
        if not isinstance(self.value, str) or self.value not in known:
            raise self.fault(f"must be one of {', '.join(known)}")
        return known[self.value]

    def maybe(self, read: Callable[[_Node], T]) -> T | None:
        """Return what ``read`` makes of the value, ``None`` where the report says null."""
        return None if self.value is None else read(self)


def report_from_json(text: str, where: str = "report") -> Report:
    """Read a report that ``render_json`` wrote, with this version or an earlier one; raises ``FormatError``.

    Derived fields (``ok``, fingerprints) are worked out again and not believed.
    """
    root = _Node(dict(load_object(text.encode("utf-8"), where)), where)
    if root["schema"].value != SCHEMA_ID:
        raise root["schema"].fault(f"must be {SCHEMA_ID}")
    return Report(
        baseline=root["baseline"].maybe(_side),
        current=_side(root["current"]),
        verdict=_verdict(root["verdict"]),
        findings=tuple(map(_finding, root["findings"].items())),
        skips=tuple(Skip(rule=one["rule"].text(), reason=one["reason"].text()) for one in root["skips"].items()),
        accepted=tuple(map(_accepted, root["accepted"].items())),
        weights=root["weights"].maybe(_weights),
        notes=tuple(note.text() for note in root["notes"].items()),
        changes=root["changes"].maybe(lambda listed: tuple(map(_change, listed.items()))),
    )


def _side(node: _Node) -> Side:
    return Side(
        ref=node["ref"].text(), version=node["version"].maybe(_Node.text), commit=node["commit"].maybe(_Node.text)
    )


def _verdict(node: _Node) -> Verdict:
    bumps = {bump.word: bump for bump in Bump}
    return Verdict(
        required=node["required_bump"].one_of(bumps),
        declared_bump=node["declared_bump"].maybe(lambda bump: bump.one_of(bumps)),
        declared_version=node["declared_version"].maybe(_Node.text),
        baseline_version=node["baseline_version"].maybe(_Node.text),
        next_version=node["next_version"].maybe(_Node.text),
        failing=tuple(rule.text() for rule in node["failing"].items()),
    )


def _finding(node: _Node) -> Finding:
    place = node["location"]
    return Finding(
        rule=node["rule"].text(),
        level=node["level"].one_of(_LEVELS),
        bump=node["bump"].one_of(_BUMPS),
        message=node["message"].text(),
        location=Location(file=place["file"].text(), pointer=place["pointer"].text()),
        baseline=node["baseline"].text(),
        current=node["current"].text(),
        witness=node["witness"].text(),
        why=node["why"].text(),
        fix=node["fix"].text(),
    )


def _change(node: _Node) -> Change:
    place = node["location"]
    return Change(
        kind=node["kind"].one_of(_KINDS),
        location=Location(file=place["file"].text(), pointer=place["pointer"].text()),
        words=node["words"].text(),
        baseline=node["baseline"].text(),
        current=node["current"].text(),
    )


def _accepted(node: _Node) -> Accepted:
    return Accepted(finding=_finding(node["finding"]), reason=node["reason"].text(), until=node["until"].text())


def _weights(node: _Node) -> WeightFigures:
    return WeightFigures(
        evidence=node["evidence"].text(),
        tensors=node["tensors"].whole(),
        changed=node["changed"].whole(),
        bytes_read=node["bytes_read"].whole(),
        relative_l2=node["relative_l2"].maybe(_Node.number),
        cosine=node["cosine"].maybe(_Node.number),
        max_abs=node["max_abs"].maybe(_Node.number),
        changed_share=node["changed_share"].maybe(_Node.number),
        bands=tuple((band["band"].text(), band["tensors"].whole()) for band in node["bands"].items()),
        relative_l2_interval=node["relative_l2_interval"].maybe(_interval),
        cosine_interval=node["cosine_interval"].maybe(_interval),
        layers=node["layers"].maybe(lambda listed: tuple(map(_layer, listed.items()))),
        changed_tensors=node["changed_tensors"].maybe(lambda listed: tuple(map(_tensor, listed.items()))),
    )


def _layer(node: _Node) -> LayerFigures:
    return LayerFigures(
        file=node["file"].text(),
        path=node["path"].text(),
        layer=node["layer"].maybe(_Node.whole),
        tensors=node["tensors"].whole(),
        changed=node["changed"].whole(),
        distance=_distance(node),
        parts=node["parts"].maybe(lambda listed: tuple(map(_part, listed.items()))) or (),
    )


def _part(node: _Node) -> PartFigures:
    return PartFigures(
        part=node["part"].text(),
        tensors=node["tensors"].whole(),
        changed=node["changed"].whole(),
        distance=_distance(node),
        modules=tuple(map(_module, node["modules"].items())),
    )


def _module(node: _Node) -> ModuleFigures:
    return ModuleFigures(
        module=node["module"].text(),
        tensors=node["tensors"].whole(),
        changed=node["changed"].whole(),
        distance=_distance(node),
    )


def _tensor(node: _Node) -> TensorFigures:
    return TensorFigures(
        name=node["name"].text(),
        file=node["file"].text(),
        band=node["band"].text(),
        elements=node["elements"].whole(),
        distance=_distance(node),
    )


def _distance(node: _Node) -> DistanceFigures:
    return DistanceFigures(
        changed_share=node["changed_share"].maybe(_Node.number),
        relative_l2=node["relative_l2"].maybe(_Node.number),
        cosine=node["cosine"].maybe(_Node.number),
        max_abs=node["max_abs"].maybe(_Node.number),
        relative_l2_interval=node["relative_l2_interval"].maybe(_interval),
        cosine_interval=node["cosine_interval"].maybe(_interval),
    )


def _interval(node: _Node) -> tuple[float, float]:
    low, high = (bound.number() for bound in node.items())
    return low, high

"""Which changed values speak for themselves, and which are explained by something larger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.promise import Kind
from hfsemver.core.rule_id import RuleId
from hfsemver.tensors import Band

if TYPE_CHECKING:
    from collections.abc import Callable

    from hfsemver.diff.weights.health import HealthDiff
    from hfsemver.diff.weights.tensor_values import TensorValues
    from hfsemver.diff.weights.values import ValuesDiff


@dataclass(frozen=True, kw_only=True)
class Updates:
    """Changed values, each in one place.

    ``unrelated`` is the median cosine to the baseline where it shows another model; then no tensor counts as updated.
    ``unsure`` says that it may show one, within the interval that it is known in.
    ``rounded`` is empty beside real updates: who trains also saves.
    """

    updated: tuple[TensorValues, ...] = ()
    rounded: tuple[TensorValues, ...] = ()
    unrelated: float | None = None
    unsure: bool = False


def rule_of_updates(kind: Kind, left_out: frozenset[str], is_adapter_base: Callable[[], bool]) -> RuleId:
    """Return the rule that tells changed values; one that the policy leaves out tells nothing."""
    if kind is Kind.EMBEDDING and RuleId.EMBEDDING_SPACE_CHANGED not in left_out:
        return RuleId.EMBEDDING_SPACE_CHANGED
    if RuleId.ADAPTER_BASE_WEIGHTS_CHANGED not in left_out and is_adapter_base():
        return RuleId.ADAPTER_BASE_WEIGHTS_CHANGED
    return RuleId.WEIGHTS_UPDATED


def sort_updates(values: ValuesDiff, health: HealthDiff, left_out: frozenset[str], speaker: RuleId) -> Updates:
    """Sort the changed values. A cause that the policy leaves out (``left_out``) explains nothing; ``speaker`` tells updates."""
    cosine = values.kinship.median
    # Values that were only rounded are the baseline's own, however far one coarse rounding turned them.
    far = bool(values.of(Band.UPDATED))
    unrelated = cosine.value if far and cosine is not None and values.kinship.is_none else None
    broken = frozenset() if RuleId.WEIGHTS_CORRUPT in left_out else health.tensors
    moved = tuple(v for v in values.of(Band.UPDATED) if (v.pair.new.file, v.pair.new.name) not in broken)
    trained = moved and speaker not in left_out
    explained = unrelated is not None and RuleId.WEIGHTS_UNRELATED_TO_BASELINE not in left_out
    return Updates(
        updated=() if explained else moved,
        rounded=() if trained else values.of(Band.ROUNDTRIP),
        unrelated=unrelated,
        unsure=far and values.kinship.is_unsure,
    )

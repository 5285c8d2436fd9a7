"""Scores of two releases side by side: each is matched with the one of the same task, data and metric."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from hfsemver.diff.eval.interval import difference, difference_of_errors
from hfsemver.diff.eval.metrics import direction, example_count, is_share, metric_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hfsemver.releases.formats.evals import EvalScore
    from hfsemver.releases.release import Release

_ERRORS: Final = ("stderr", "std_err", "standard_error")
_PERCENT: Final = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorePair:
    """One score on both sides."""

    old: EvalScore
    new: EvalScore

    @property
    def name(self) -> str:
        """Task, data and metric in a line."""
        parts = (self.new.task, self.new.dataset, self.new.config, self.new.metric)
        return " ".join(part for part in parts if part)

    @property
    def same_setup(self) -> bool:
        """Whether both were taken in the same way, as far as the cards say."""
        return _setup(self.old) == _setup(self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """A score that is worse. ``interval`` holds the difference in 95 of 100 cases, ``None`` where only a tolerance judges.

    ``drop`` is how much worse it is, as a share of the old score.
    """

    pair: ScorePair
    drop: float
    interval: tuple[float, float] | None = None

    def exceeds(self, tolerance: float) -> bool:
        """Whether it is more than chance, or more than ``tolerance`` where chance is not known."""
        return self.interval is not None or self.drop > tolerance


@dataclass(frozen=True, eq=False, kw_only=True)
class EvalDiff:
    """The scores of two releases, compared on demand; both empty in a first release."""

    baseline: Release | None
    current: Release

    @cached_property
    def _scores(self) -> tuple[tuple[EvalScore, ...], tuple[EvalScore, ...]]:
        return ((), ()) if self.baseline is None else (_told(self.baseline.evals), _told(self.current.evals))

    @cached_property
    def pairs(self) -> tuple[ScorePair, ...]:
        """Scores of the same task, data and metric; where several are, those that were taken in the same way first."""
        old, new = self._scores
        found: list[ScorePair] = []
        left = list(new)
        waiting = []
        for score in old:
            match = next((one for one in left if _key(one) == _key(score) and _setup(one) == _setup(score)), None)
            if match is None:
                waiting.append(score)
            else:
                left.remove(match)
                found.append(ScorePair(old=score, new=match))
        for score in waiting:
            others = [one for one in left if _key(one) == _key(score)]
            if len(others) == 1 and sum(_key(one) == _key(score) for one in waiting) == 1:
                left.remove(others[0])
                found.append(ScorePair(old=score, new=others[0]))
        return tuple(found)

    @property
    def setup_changed(self) -> tuple[ScorePair, ...]:
        """Scores that were taken in another way, so that they do not compare."""
        return tuple(pair for pair in self.pairs if not pair.same_setup)

    @cached_property
    def regressions(self) -> tuple[Regression, ...]:
        """Scores that were taken in the same way and are worse; those within chance are left out."""
        errors = [_errors(side) for side in self._scores]
        found = (_regression(pair, *errors) for pair in self.pairs if pair.same_setup)
        return tuple(one for one in found if one is not None)

    @cached_property
    def dropped(self) -> tuple[EvalScore, ...]:
        """Scores whose task, data and metric are reported no more, while others are."""
        old, new = self._scores
        keys = {_key(score) for score in new}
        return tuple(score for score in old if new and _key(score) not in keys)

    @cached_property
    def are_copied(self) -> bool:
        """Whether both report scores and not one of them is another: no value, no date, no way of taking it."""
        old, new = self._scores
        return bool(old) and sorted(map(_whole, old)) == sorted(map(_whole, new))


def _told(scores: Iterable[EvalScore]) -> tuple[EvalScore, ...]:
    return tuple(score for score in scores if score.value)


def _key(score: EvalScore) -> tuple[str, ...]:
    return (score.task.lower(), score.dataset.lower(), score.config.lower(), metric_name(score))


def _setup(score: EvalScore) -> tuple[object, ...]:
    return (score.split.lower(), score.revision, score.setup)


def _whole(score: EvalScore) -> tuple[str, ...]:
    return (*_key(score), repr(_setup(score)), score.value, score.date)


def _number(score: EvalScore) -> float | None:
    try:
        value = float(score.value.strip().removesuffix("%"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _errors(scores: Iterable[EvalScore]) -> dict[tuple[str, ...], float]:
    """Return the standard errors that a harness reports as metrics of their own, by the key of the score."""
    found = {}
    for score in scores:
        name = metric_name(score)
        base = next((name.removesuffix(f"_{word}") for word in _ERRORS if name.endswith(f"_{word}")), None)
        value = _number(score)
        if base is not None and value is not None and value >= 0:
            found[(*_key(score)[:3], base)] = value
    return found


def _regression(
    pair: ScorePair, old_errors: dict[tuple[str, ...], float], new_errors: dict[tuple[str, ...], float]
) -> Regression | None:
    sign, old, new = direction(pair.new), _number(pair.old), _number(pair.new)
    if not sign or old is None or new is None:
        return None
    old, new = _one_scale(old, new, share=is_share(pair.new))
    if (new - old) * sign >= 0:
        return None
    interval = None
    counts = example_count(pair.old), example_count(pair.new)
    errors = old_errors.get(_key(pair.old)), new_errors.get(_key(pair.new))
    if is_share(pair.new) and counts[0] and counts[1] and (shares := _shares(old, new)) is not None:
        interval = difference(*shares, counts[0], counts[1])
    elif errors[0] is not None and errors[1] is not None:
        interval = difference_of_errors(old, new, errors[0], errors[1])
    if interval is not None and interval[0] <= 0 <= interval[1]:
        return None
    drop = abs(new - old) / abs(old) if old else math.inf
    return Regression(pair=pair, drop=drop, interval=interval)


def _one_scale(old: float, new: float, *, share: bool) -> tuple[float, float]:
    """Return both as they are, or both in percent where one is and the other is a part of one."""
    if share and 0 <= old <= 1 < new <= _PERCENT:
        return old * _PERCENT, new
    if share and 0 <= new <= 1 < old <= _PERCENT:
        return old, new * _PERCENT
    return old, new


def _shares(old: float, new: float) -> tuple[float, float] | None:
    if 0 <= old <= 1 and 0 <= new <= 1:
        return old, new
    return (old / _PERCENT, new / _PERCENT) if 0 <= old <= _PERCENT and 0 <= new <= _PERCENT else None

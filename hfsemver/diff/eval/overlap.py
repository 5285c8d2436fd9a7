"""Scores that were taken on the data that a model was trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hfsemver.releases.formats.evals import EvalScore
    from hfsemver.releases.release import Release

_TRAIN: Final = frozenset({"train", "training"})


def scores_on_training_data(release: Release) -> tuple[EvalScore, ...]:
    """Return the first score for each data set that is listed as training data and scored on its training split."""
    card = release.card
    trained = {name.casefold() for name in card.texts("datasets")} if card is not None else set()
    if not trained:
        return ()
    found: dict[str, EvalScore] = {}
    for score in release.evals:
        if score.split.casefold() in _TRAIN and score.dataset.casefold() in trained:
            found.setdefault(score.dataset.casefold(), score)
    return tuple(found[name] for name in sorted(found))

"""Which way a metric is better, whether it is a share, and over how many examples: reviewed data in ``metrics.json``."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.releases.formats.evals import EvalScore

_COUNT: Final = re.compile(
    r"(?:.*[._])?(?:num_examples|num_samples|n_samples|n_examples|sample_size|support|samples|n)"
)
_CUT: Final = re.compile(r"@\d+$")


def metric_name(score: EvalScore) -> str:
    """Return the name of a metric without the ways in which it is written: case, blanks, and what a harness appends."""
    name = score.metric.strip().lower().replace(" ", "_").replace("-", "_")
    return name.removeprefix("eval_") if name != "eval_loss" else name


def direction(score: EvalScore) -> int:
    """Return 1 where more is better, -1 where less is, 0 where nobody here knows."""
    name = metric_name(score)
    known = _table()
    for sign, names in ((1, known["higher"]), (-1, known["lower"])):
        if name in names or _CUT.sub("", name) in names:
            return sign
    return 0


def is_share(score: EvalScore) -> bool:
    """Whether the score is the share of examples that were right."""
    return metric_name(score) in _table()["share"]


def example_count(score: EvalScore) -> int | None:
    """Return over how many examples a score was taken: as the card says, or as everybody takes it; ``None`` for neither."""
    for key, text in score.setup:
        if _COUNT.fullmatch(key.lower()) and text.isdigit() and 0 < len(text) <= 9:  # noqa: PLR2004 -- no data set is larger
            return int(text)
    sizes: Mapping[str, int] = _table()["sizes"]
    dataset = score.dataset.lower().rpartition("/")[2].replace("-", "_")
    config = score.config.lower()
    return sizes.get(f"{dataset}/{config}") if f"{dataset}/{config}" in sizes else sizes.get(dataset)


@cache
def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = json.loads((files("hfsemver.diff.eval") / "metrics.json").read_text("utf-8"))
    return table

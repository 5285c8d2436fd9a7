"""The release says that it was trained on other data.

Why: the model may behave otherwise, and what its data allow may reach those who build on it.
Fix: release a new minor version and say in its notes what the data are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.escape import clipped
from hfsemver.core.finding import Level
from hfsemver.core.location import Location
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff


def _card(front_matter: str) -> dict[str, object]:
    return {"README.md": f"---\nlicense: mit\n{front_matter}---\n"}


ONE = _card("datasets: [org/a, org/b]\n")
OTHER = Example(baseline=ONE, current=_card("datasets: [org/a, org/c]\n"), findings=1)
FEWER = Example(baseline=ONE, current=_card("datasets: org/a\n"), findings=1)
UNNAMED = Example(baseline=ONE, current=_card(""))
ORDER = Example(baseline=ONE, current=_card("datasets:\n- org/b\n- Org/A\n"))
NAMED = Example(baseline=_card(""), current=ONE)


@rule(
    bump=Bump.MINOR,
    level=Level.WARN,
    cost=Cost.HEADER,
    promise="provenance",
    since="0.2.0",
    examples=(OTHER, FEWER, UNNAMED, ORDER, NAMED),
    mirror="none: the way back is other data too",
)
def training_data_changed(diff: ReleaseDiff) -> Notes:
    """Yield one note for all data sets; to name them for the first time, or no more, is no change of them."""
    change = diff.card.datasets
    if change is not None:
        parts = [
            f"{word} {clipped(', '.join(names), 200)}"
            for word, names in (("without", change.removed), ("with", change.added))
            if names
        ]
        yield Note(
            location=Location(file="README.md", pointer="datasets"),
            message=f"trained {' and '.join(parts)}",
            baseline=clipped(", ".join(change.old), 200),
            current=clipped(", ".join(change.new), 200),
            witness=f"ModelCard.load(repo).data.datasets: {' and '.join(parts)}",
        )

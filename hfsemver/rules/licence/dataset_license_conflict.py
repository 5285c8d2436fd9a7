"""The licence drops terms on the use of data that the model was trained on: no commercial use, research only, no training.

Told where a Hub is asked, which says the licence of each data set in the card. Other terms of data are not counted, and this is
a warning: nothing settles whether a model is a derived work of what it was trained on.

Why: users rely on permissions that the publisher was not given, and their counsel finds the data set in the card.
Fix: give the model a licence that keeps the limits of its data, or say in the card on which permission it was trained.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.finding import Level
from hfsemver.rules.hub_example import ExampleHub, card_of
from hfsemver.rules.licence_conflicts import conflict_notes
from hfsemver.rules.rule import Cost, Example, Notes, state_rule

if TYPE_CHECKING:
    from hfsemver.diff.state import ReleaseState

_DATA = {name: card_of(license=name) for name in ("cc-by-nc-4.0", "cc-by-sa-4.0", "cc-by-nc-sa-4.0")}
_ASKED = ExampleHub(datasets={f"acme/{name}": card for name, card in _DATA.items()})


def _trained(*names: str, licence: str = "mit") -> dict[str, str]:
    data = "".join(f"- acme/{name}\n" for name in names)
    return {"README.md": f"---\nlicense: {licence}\ndatasets:\n{data}---\n# Card\n\nIt answers.\n"}


_BEFORE = _trained("open")
_TOLD = ("training-data-changed",)
UNPAID = Example(baseline=_BEFORE, current=_trained("cc-by-nc-4.0"), hub=_ASKED, findings=1, also=_TOLD)
TWO = Example(baseline=_BEFORE, current=_trained("cc-by-nc-4.0", "cc-by-nc-sa-4.0"), hub=_ASKED, findings=2, also=_TOLD)
KEPT = Example(
    baseline=_trained("open", licence="cc-by-nc-4.0"),
    current=_trained("cc-by-nc-sa-4.0", licence="cc-by-nc-4.0"),
    hub=_ASKED,
    also=_TOLD,
)
CREDITED = Example(baseline=_BEFORE, current=_trained("cc-by-sa-4.0"), hub=_ASKED, also=_TOLD)
UNKNOWN = Example(baseline=_BEFORE, current=_trained("nowhere"), hub=_ASKED, also=_TOLD)
NO_HUB = Example(baseline=_BEFORE, current=_trained("cc-by-nc-4.0"), also=_TOLD)


@state_rule(
    cost=Cost.HUB,
    level=Level.WARN,
    promise="legal",
    since="0.2.0",
    examples=(UNPAID, TWO, KEPT, CREDITED, UNKNOWN, NO_HUB),
)
def dataset_license_conflict(state: ReleaseState) -> Notes:
    return conflict_notes(state.data_conflicts)

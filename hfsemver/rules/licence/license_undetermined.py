"""Nothing in the release settles under which licence it is.

A card without a license and no licence file, a text that is no known licence and has no name, or an id such as other that
stands alone.

Why: what is not permitted is forbidden, so nobody may adopt the release, and no tool may guess a default.
Fix: write the id of the licence under license in README.md, or other with license_name and license_link.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.location import Location
from hfsemver.rules.rule import Cost, Example, Note, Notes, state_rule

if TYPE_CHECKING:
    from hfsemver.diff.state import ReleaseState

_MIT, _OTHER, _NAMED = ({"README.md": f"---\nlicense: {each}\n---\n"} for each in
                        ("mit", "other", "other\nlicense_name: acme-1.0"))  # fmt: skip
_OWN, _APACHE = {"LICENSE": "Do as we say.\n"}, {"LICENSE": "Apache License\nVersion 2.0\n"}

GONE = Example(baseline=_MIT, current={"README.md": "# Card\n"}, findings=1, also=("license-tightened",))
ALONE = Example(baseline=_NAMED, current=_OTHER, findings=1, also=("license-tightened",))
UNKNOWN = Example(baseline=_MIT, current={"README.md": "---\nlicense: acme-1.0\n---\n"}, findings=1,
                  also=("license-tightened",))  # fmt: skip
UNNAMED = Example(baseline=_APACHE, current=_OWN, findings=1, also=("license-tightened",))
NAMED = Example(baseline=_NAMED, current={**_NAMED, **_OWN})
SPELLED = Example(baseline=_MIT, current={"README.md": "---\nlicense: MIT License\n---\n"})
BY_TEXT = Example(baseline=_APACHE, current={**_APACHE, "README.md": "# Card\n"})
SINCE_LONG = Example(baseline={"README.md": "# Card\n"}, current=_OTHER)


@state_rule(
    cost=Cost.HEADER,
    promise="legal",
    since="0.2.0",
    examples=(GONE, ALONE, UNKNOWN, UNNAMED, NAMED, SPELLED, BY_TEXT, SINCE_LONG),
)
def license_undetermined(state: ReleaseState) -> Notes:
    why = state.undetermined_licence
    if why is not None:
        yield Note(
            location=Location(file="README.md", pointer="license"),
            message=f"the licence is undetermined: {why}",
            current="undetermined",
            witness='ModelCard.load(repo).data.get("license") settles no terms',
        )

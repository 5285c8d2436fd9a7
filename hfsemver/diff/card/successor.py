"""The model that a card sends its readers to as the newer one, where it cannot be newer.

The Hub shows a banner on the page of a model whose card has ``new_version``, and follows a chain of them to its end:
https://huggingface.co/docs/hub/model-cards#specifying-a-new-version. It is another repository, never a version of the same one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.escape import clipped
from hfsemver.diff.card.ancestry import CARD, read_ancestry
from hfsemver.diff.card.base_ids import address, base_id

if TYPE_CHECKING:
    from hfsemver.releases.hub.hub import Published
    from hfsemver.releases.release import Release

SUCCESSOR_FILES: Final = re.compile(r"README\.md|adapter_config\.json")
"""The files that name a successor and the bases."""
LONGEST: Final = 16
"""Models in one chain; whoever renames a model once a year needs no more."""
_ADDRESS: Final = re.compile(r"\w+:")


@dataclass(frozen=True, slots=True, kw_only=True)
class DanglingSuccessor:
    """The newer model as it is written, and why it is none, as the end of a sentence."""

    written: str
    problem: str


def dangling_successor(release: Release, published: Published | None = None) -> DanglingSuccessor | None:
    """Return a ``new_version`` that can be none, ``None`` where there is none or it is no text.

    Raises ``EvidenceMissing`` where a model is named of which only the Hub knows whether it is there and newer, and nobody is
    asked or nobody answers.
    """
    written = release.card.text("new_version") if release.card else None
    if written is None:
        return None
    name = base_id(written)
    if name is None or _ADDRESS.match(written):
        return DanglingSuccessor(written=written, problem="is no id of a model on the Hub")
    ancestry = read_ancestry(release)
    if name in ancestry.ids or name == ancestry.adapter_id:
        problem = "is the base that this model was made from, which is the older one"
        return DanglingSuccessor(written=written, problem=problem)
    if published is None:
        problem = f"whether {clipped(written, 80)} under new_version is there and newer is for the Hub to say"
        raise EvidenceMissing(CARD, problem, hint="open the page of that model")
    problem = _followed(address(written) or written, published)
    return DanglingSuccessor(written=written, problem=problem) if problem else None


def _followed(successor: str, published: Published) -> str:
    """Follow a chain of newer models to its end, as the Hub does; return what is wrong with it, as the end of a sentence."""
    seen = {published.repo.casefold()}
    name: str | None = successor
    while name is not None:
        if name.casefold() in seen:
            circle = "leads back to this model" if name.casefold() == published.repo.casefold() else "leads in a circle"
            return "is this model itself" if name == successor and circle.endswith("this model") else circle
        seen.add(name.casefold())
        if len(seen) > LONGEST:
            return f"leads on and on, over more than {LONGEST} models"
        model = published.hub.model(name)
        if model is None:
            return (
                "is no model on the Hub, or a private one"
                if name == successor
                else f"leads to {clipped(name, 80)}, which is not there"
            )
        seen.add(model.id.casefold())
        written = model.card.text("new_version")
        name = address(written) if written else None
    return ""

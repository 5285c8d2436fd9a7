"""A merge or a quantisation that does not say how it was made.

Where people write it: mergekit puts ``mergekit_config.yml`` beside the weights and the same text into the card; quantisers put
method and bits into ``config.json``, into a file of their own, or into the name of the file. What a card says in words may be a
recipe as well, so that only a release which names no method and no number lacks one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hfsemver.diff.card.ancestry import read_ancestry
from hfsemver.diff.card.packing import QUANTIZED_FILE, is_packed
from hfsemver.diff.card.relations import contradicted_relation

if TYPE_CHECKING:
    from hfsemver.releases.release import Release

MERGE: Final = "merge"
QUANTIZED: Final = "quantized"

# Settings, notebooks and scripts may hold the recipe in whatever form.
_RECIPE_FILE: Final = re.compile(
    r"(?!\.)[^/]*\.(?:ya?ml|toml|ipynb|py|sh)|[^/]*(?:merge|recipe)[^/]*\.(?:json|txt|md)", re.IGNORECASE
)
# Keys and methods of mergekit, and the words and numbers in which a merge is told.
_SAYS_MERGE: Final = re.compile(
    r"merge_method|\bslices\b|gate_mode|passthrough|\b(?:nu?|mu)?slerp|\blerp|\bties\b|\bdare\b|\bdella|\bstock\b|arithmetic|"
    r"breadcrumbs|\blinear|weighted|\bweights?\s*[:=]|averag|\bratios?\b|\balpha\b|densit|proportion|percent|\bequal|"
    r"\bfranken|\bsoup|\d ?%|(?<![\w.-])0?\.\d|\blayers\b",
    re.IGNORECASE,
)


def missing_recipe(release: Release) -> str | None:
    """Return ``merge`` or ``quantized`` for a release that says it is one and nowhere how; ``None`` for any other.

    A transfer, which no field of a card declares, is not looked for. A relation that the weights contradict is another
    fault, and no second one for want of a recipe.
    """
    declared = _declared(release)
    if declared is None or any(map(_RECIPE_FILE.fullmatch, release.files)):
        return None
    if (_SAYS_MERGE if declared == MERGE else QUANTIZED_FILE).search(release.card_body or ""):
        return None
    if declared == QUANTIZED and is_packed(release):
        return None
    return None if contradicted_relation(release) else declared


def _declared(release: Release) -> str | None:
    """Return what the card says the release is: by the relation, or by the tag of a merge and more than one base."""
    card = release.card
    if card is None:
        return None
    relation = read_ancestry(release).relation
    if relation in (MERGE, QUANTIZED):
        return relation
    several = len(card.texts("base_model")) > 1
    return (
        MERGE
        if not relation and several and {MERGE, "mergekit"}.intersection(map(str.casefold, card.texts("tags")))
        else None
    )

"""A release of which nobody can say under which licence it is: neither its card nor a text settles the terms.

The ids and what ``other`` needs beside it: https://huggingface.co/docs/hub/repositories-licenses.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.escape import clipped
from hfsemver.diff.card.licence_order import SAY_NOTHING, licence_table
from hfsemver.diff.card.licence_texts import read_text

if TYPE_CHECKING:
    from hfsemver.core.card import CardData
    from hfsemver.releases.release import Release

# A file of any kind, wherever it lies, that may give the terms though nothing here reads it.
_MAY_SAY: Final = re.compile(
    r"(?:.*/)?(?:[\w.]+[-_. ])?(?:licen[cs]es?|copying|terms(?:[-_. ]of[-_. ]\w+)?)(?:[-_. ][\w.-]*)?(?:/.*)?",
    re.IGNORECASE,
)
# What may be called so and holds no terms: weights, programs, pictures, settings.
_NO_TEXT: Final = re.compile(
    r".*\.(?:onnx|safetensors|bin|pt|pth|gguf|h5|npy|npz|py|sh|js|json|ya?ml|png|jpe?g|svg|csv|tsv|parquet)",
    re.IGNORECASE,
)

_LETTER: Final = re.compile(r"[^\W\d_]")
_PAGE: Final = re.compile(r"(?:https?:)?//|www\.|[\w-]+(?:\.[\w-]+)+/", re.IGNORECASE)


def undetermined_licence(release: Release) -> str | None:
    """Return why the licence cannot be told, ``None`` where an id, a name, a link or a text settles it.

    What terms of somebody's own say is for people to read; here it counts that they are named or stand somewhere. Raises
    ``EvidenceMissing`` where a file that may give them is not here, or is none that can be read.
    """
    card = release.card
    written = card.texts("license") if card else ()
    if any(licence_table().find(name) for name in written) or (card and _is_explained(card, release)):
        return None
    text = release.licence
    if text is not None:
        known = bool(written or read_text(text.text, text.expressions).ids)
        return None if known else f"{text.file} is no text of a known licence, and README.md names none"
    unread = next((path for path in release.files if _MAY_SAY.fullmatch(path) and not _NO_TEXT.fullmatch(path)), None)
    if unread is not None:
        raise EvidenceMissing(
            unread, "may give the terms, and nothing here reads it", hint="name the licence in README.md"
        )
    if not written:
        where = "there is no README.md" if "README.md" not in release.files else "README.md has no license"
        return f"{where}, and there is no licence file"
    return f"license: {clipped(', '.join(written), 60)} {_lack(written)}, without a name, a link or a licence file beside it"


def _is_explained(card: CardData, release: Release) -> bool:
    """Whether a name or a link says which terms are meant; a link to a file that is not here says nothing."""
    name, link = card.text("license_name"), card.text("license_link")
    if name and _LETTER.search(name) and licence_table().resolve(name) not in SAY_NOTHING:
        return True
    path = (link or "").removeprefix("./")
    return path in release.files or _PAGE.match(path) is not None


def _lack(written: tuple[str, ...]) -> str:
    resolved = [licence_table().resolve(name) for name in written]
    if all(name is None for name in resolved):
        return "is no licence that the Hub knows"
    return "does not say which terms are meant"

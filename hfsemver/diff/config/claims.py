"""One edit, one finding, among keys: another implementation explains the keys that its code reads.

What consumers build on whatever the implementation stays told on its own: the longest input, the labels, the packing of the
weights, the stop tokens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hfsemver.diff.config.change import KeyChange

_KINDS: Final = ("model_type", "_class_name")
"""Keys that name the code which reads the keys beside them."""

EXPLAINED: Final = frozenset({"geometry", "rope", "tied", "one_sided_dtype", "other"})
"""Fields of ``ConfigDiff`` that follow from another implementation."""


def retyped(changes: Iterable[KeyChange]) -> Callable[[KeyChange], bool]:
    """Return the test for keys that lie in a configuration, or in a part of one, which changed its kind."""
    places = {
        (change.file, change.key.rpartition(".")[0])
        for change in changes
        if names_kind(change) and isinstance(change.old, str) and isinstance(change.new, str)
    }

    def is_explained(change: KeyChange) -> bool:
        return any(
            change.file == file and f"{change.key}.".startswith(f"{part}." if part else "") for file, part in places
        )

    return is_explained


def names_kind(change: KeyChange) -> bool:
    """Whether a key says which implementation reads the file; such keys come first where several are shown."""
    return change.key.rpartition(".")[2] in (*_KINDS, "architectures")

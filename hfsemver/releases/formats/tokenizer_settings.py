"""What a setting of ``tokenizer_config.json`` may mean where the file leaves it out: the defaults of its class.

The table is that of transformers itself, over several of its versions, since a file may be loaded by any of them.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hfsemver.releases.formats.strict_json import JsonValue

ANY_BACKEND: Final = "TokenizersBackend"
"""What transformers 5 makes of every class that it has not, and of the generic one."""
_OFF: Final[Sequence[JsonValue]] = (None, False, {}, [])


def family(tokenizer_class: object) -> str:
    """Return what a slow and a fast class have in common; empty where none is named."""
    if not isinstance(tokenizer_class, str):
        return ""
    return tokenizer_class.removesuffix("Fast").removesuffix("Tokenizer")


def stands_for(name: str) -> str:
    """Return the family that transformers uses in the place of this one, and names when it saves."""
    standing_in: Mapping[str, str] = _table()["stand_ins"]
    return standing_in.get(name, name)


def possible(name: str, key: str) -> Sequence[JsonValue]:
    """Return every value that a family may have by default, one for each version of transformers that disagrees.

    Nothing is known of a class of somebody's own, or where none is named. A setting that a known class does not take is
    off.
    """
    classes: Mapping[str, Mapping[str, Sequence[JsonValue]]] = _table()["classes"]
    everybody = classes[""].get(key)
    if not name or (name not in classes and name != ANY_BACKEND):
        return everybody or ()
    return classes.get(name, {}).get(key) or everybody or _OFF


@cache
def _table() -> Mapping[str, Mapping]:  # type: ignore[type-arg]  # the two parts differ in depth
    table: Mapping[str, Mapping] = json.loads(  # type: ignore[type-arg]  # the same
        (files("hfsemver.releases.formats") / "tokenizer_settings.json").read_text("utf-8")
    )
    return table

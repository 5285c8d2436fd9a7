"""``.hfsemver/access.json``: who could load the repository when a release was made. A Hub keeps no history of that."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from hfsemver.core.access import NAME, Access, Gate
from hfsemver.core.errors import FormatError
from hfsemver.releases.formats.strict_json import load_object

if TYPE_CHECKING:
    from hfsemver.releases.formats.strict_json import JsonObject

SCHEMA: Final = "hfsemver/access/1"
MAX_SIZE: Final = 1 << 16
_ADDRESS: Final = re.compile(r"https?://[!-~]{1,200}")
_HINT: Final = "write it again: hfsemver surface write"
_GATES: Final = {gate.word: gate for gate in Gate}


def write_access(access: Access) -> bytes:
    """Return the record as JSON; the same access gives the same bytes."""
    record = {
        "schema": SCHEMA,
        "hub": access.hub,
        "repo": access.repo,
        "gate": access.gate.word,
        "private": access.private,
    }
    return (json.dumps(record, indent=1) + "\n").encode("ascii")


def read_access(data: bytes, where: str) -> Access:
    """Read a record. Raises ``FormatError`` for anything that ``write_access`` does not write."""
    record = load_object(data, where)
    if record.get("schema") != SCHEMA:
        raise FormatError(f"is no {SCHEMA}", where, "schema", hint=_HINT)
    private = record.get("private")
    if not isinstance(private, bool):
        raise FormatError("is neither true nor false", where, "private", hint=_HINT)
    gate = _GATES.get(_text(record, "gate", where))
    if gate is None:
        raise FormatError(f"is none of {', '.join(_GATES)}", where, "gate", hint=_HINT)
    hub, repo = _text(record, "hub", where), _text(record, "repo", where)
    if not _ADDRESS.fullmatch(hub):
        raise FormatError("is no address of a Hub", where, "hub", hint=_HINT)
    if not NAME.fullmatch(repo):
        raise FormatError("is no name of a repository", where, "repo", hint=_HINT)
    return Access(hub=hub, repo=repo, gate=gate, private=private)


def _text(record: JsonObject, key: str, where: str) -> str:
    value = record.get(key)
    if not isinstance(value, str) or not value:
        raise FormatError("is no text", where, key, hint=_HINT)
    return value

"""JSON Schema 2020-12 of the history that ``log --format json`` writes; closed like that of the report."""

from __future__ import annotations

from typing import Any, Final

from hfsemver.core.bump import Bump
from hfsemver.reports.history import SCHEMA

_TEXT: Final = {"type": "string"}
_MAYBE_TEXT: Final = {"type": ["string", "null"]}
_TEXTS: Final = {"type": "array", "items": _TEXT}
_BUMPS: Final = [bump.word for bump in Bump]


def _closed(**required: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "additionalProperties": False,
        "properties": required,
    }


HISTORY_SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": SCHEMA,
    **_closed(
        schema={"const": SCHEMA},
        commits={
            "type": "array",
            "description": "oldest first",
            "items": _closed(
                commit={"type": "string", "pattern": "^(?:[0-9a-f]{40}|[0-9a-f]{64})$"},
                date={"type": "string", "description": "of the committer, ISO 8601 with its offset"},
                subject=_TEXT,
                bump={
                    "enum": [*_BUMPS, None],
                    "description": "null for a first release, before it, and where nothing could be judged",
                },
                version={
                    **_MAYBE_TEXT,
                    "description": "what the commit should be called; null before the first release",
                },
                release={"type": "boolean", "description": "whether the commit should have a version of its own"},
                tags={**_TEXTS, "description": "the version tags that it carries"},
                changes={"type": "array", "items": _closed(rule=_TEXT, bump={"enum": [*_BUMPS, "policy"]})},
                faults=_TEXTS,
                skips={**_TEXTS, "description": "the rules that could not be evaluated"},
                assumed={**_MAYBE_TEXT, "description": "why the bump is an assumption"},
                problem={**_MAYBE_TEXT, "description": "why the commit could not be judged"},
            ),
        },
    ),
}

"""``hfsemver schema``: the shape of every document that is written or read."""

from __future__ import annotations

from typing import Any

from hfsemver.policy.schema import policy_schema
from hfsemver.reports.history_schema import HISTORY_SCHEMA
from hfsemver.reports.report_schema import REPORT_SCHEMA, RULES_SCHEMA
from hfsemver.workflows.policies import known_rules

DOCUMENTS = ("report", "rules", "log", "config")


def schema_of(document: str) -> dict[str, Any]:
    """Return the JSON Schema of one of ``DOCUMENTS``."""
    if document == "config":
        return policy_schema(known_rules())
    return {"report": REPORT_SCHEMA, "rules": RULES_SCHEMA, "log": HISTORY_SCHEMA}[document]

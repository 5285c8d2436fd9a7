"""``hfsemver schema``: the shape of every document that is written or read."""

from __future__ import annotations

from typing import Any

from hfsemver.policy.schema import policy_schema
from hfsemver.reports.history_schema import HISTORY_SCHEMA
from hfsemver.reports.report_schema import REPORT_SCHEMA, RULES_SCHEMA
from hfsemver.rules.catalogue import catalogue

DOCUMENTS = ("report", "rules", "log", "config")


def schema_of(document: str) -> dict[str, Any]:
    """Return the JSON Schema of one of ``DOCUMENTS``."""
    if document == "config":
        return policy_schema(rule.id for rule in catalogue())
    return {"report": REPORT_SCHEMA, "rules": RULES_SCHEMA, "log": HISTORY_SCHEMA}[document]

"""The history as JSON and its schema."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from hfsemver.core.bump import Bump
from hfsemver.core.history import History, HistoryRow
from hfsemver.reports.history import render_history
from hfsemver.reports.history_schema import HISTORY_SCHEMA
from hfsemver.reports.report import Format

FIRST = HistoryRow(
    commit="0" * 40, date="2026-01-02T03:04:05+00:00", subject="first\x1b", version="1.0.0", is_release=True
)
ROWS = (
    HistoryRow(commit="f" * 64, date="2026-01-02T03:04:05+00:00", subject=""),
    FIRST,
    replace(FIRST, bump=Bump.MAJOR, changes=(("tensor-removed", "major"), ("version-invalid", "policy"))),
    replace(FIRST, bump=Bump.NONE, is_release=False, faults=("weights-corrupt",), assumed="weights", tags=("v1.0.0",)),
    replace(FIRST, bump=Bump.NONE, is_release=False, skips=("tokenization-changed",)),
    replace(FIRST, version=None, is_release=False, problem="config.json: malformed"),
)


def written(*rows: HistoryRow) -> dict[str, Any]:
    """Return the history as a program reads it."""
    document = json.loads(render_history(History(repository="here", rows=rows), Format.JSON))
    assert isinstance(document, dict)
    return document


def test_every_kind_of_row_follows_the_schema() -> None:
    """No model yet, first release, change, assumption and failure: what ``schema log`` promises is what is written."""
    jsonschema.Draft202012Validator(HISTORY_SCHEMA).validate(written(*ROWS))
    jsonschema.Draft202012Validator(HISTORY_SCHEMA).validate(written())


@pytest.mark.parametrize("key", sorted(written(FIRST)["commits"][0]))
def test_no_key_of_a_commit_may_be_missing_or_misspelt(key: str) -> None:
    """The schema is closed, and every key is required."""
    document = written(FIRST)
    value = document["commits"][0].pop(key)
    validator = jsonschema.Draft202012Validator(HISTORY_SCHEMA)

    assert not validator.is_valid(document)
    document["commits"][0][f"{key}x"] = value
    assert not validator.is_valid(document)


def test_no_subject_becomes_a_command_of_a_workflow_runner() -> None:
    """Commit messages are written by anybody, and the log of a workflow is read by its runner."""
    history = History(repository="here", rows=(replace(FIRST, subject="##[error]x ##vso[task]y"),))

    for form in (Format.HUMAN, Format.AGENT, Format.JSON, Format.QUIET, Format.MARKDOWN):
        assert not any(word in render_history(history, form) for word in ("##[", "##vso["))


def test_a_row_without_a_change_says_what_was_not_evaluated() -> None:
    """Nothing seen is not nothing there."""
    row = replace(FIRST, bump=Bump.NONE, is_release=False, skips=("tokenization-changed",))
    text = render_history(History(repository="here", rows=(row,)), Format.HUMAN)

    assert "nothing among what was read; not evaluated: tokenization-changed" in text
    assert ["tokenization-changed"] == written(row)["commits"][0]["skips"]

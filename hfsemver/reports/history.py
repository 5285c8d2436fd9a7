"""The history of a repository as a table, as JSON and as tab-separated values."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from hfsemver.core.escape import clipped, printable
from hfsemver.reports.json_v1 import dumped
from hfsemver.reports.lines import count, one_line, page
from hfsemver.reports.markup import md_code
from hfsemver.reports.report import Format

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hfsemver.core.history import History, HistoryRow

SCHEMA = "hfsemver/log/1"
HEAD = ("COMMIT", "DATE", "BUMP", "VERSION", "TAGGED", "SUBJECT", "WHY")
_SUBJECT = 48
_PROBLEM = 200


def render_history(history: History, form: Format) -> str:
    """Return the history in one format; ``quiet`` is commit and version alone."""
    return RENDERERS[form](history)


def _why(row: HistoryRow) -> str:
    if row.problem:
        return f"could not be judged: {clipped(row.problem, _PROBLEM)}"
    assumed = (clipped(row.assumed, _PROBLEM),) if row.assumed else ()
    if row.bump is None:
        return ", ".join(("first release", *row.faults, *assumed)) if row.is_release else "no model yet"
    words = [*(f"{rule} ({bump})" for rule, bump in row.changes), *row.faults, *assumed]
    if not words and row.skips:
        return f"nothing among what was read; not evaluated: {', '.join(row.skips)}"
    return ", ".join(words) or "nothing that a version promises"


def _bump(row: HistoryRow) -> str:
    if row.problem:
        return "?"
    if row.bump is None:
        return "first" if row.is_release else "-"
    return f"~{row.bump.word}" if row.assumed else row.bump.word


def _version(row: HistoryRow) -> str:
    return f"v{row.version}" if row.is_release else "=" if row.version else "-"


def _cells(row: HistoryRow) -> tuple[str, ...]:
    tags = ", ".join(row.tags) or "-"
    subject = row.subject if len(row.subject) <= _SUBJECT else f"{row.subject[: _SUBJECT - 3]}..."
    return row.commit[:8], row.date[:10], _bump(row), _version(row), tags, printable(subject), _why(row)


def _human(history: History) -> str:
    rows = [HEAD, *map(_cells, history.rows)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD) - 1)]
    lines = []
    for row in rows:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        lines.append("  ".join((*padded, row[-1])).rstrip())
    unjudged = sum(bool(row.problem) for row in history.rows)
    tagged = sum(bool(row.tags) for row in history.rows)
    commits, releases = count(len(history.rows), "commit"), len(history.releases)
    total = f"{commits}, {releases} should have had a version of their own, {tagged} carry a version tag"
    return page([*lines, "", f"{total}; {unjudged} could not be judged" if unjudged else total])


def _markdown(history: History) -> str:
    lines = ["| " + " | ".join(word.capitalize() for word in HEAD) + " |", "|" + " --- |" * len(HEAD)]
    for row in history.rows:
        *facts, subject, why = _cells(row)
        told = md_code(why) if row.problem or row.assumed else why
        lines.append("| " + " | ".join((*facts, md_code(subject), told)) + " |")
    return page(lines)


def _agent(history: History) -> str:
    rows = ((row.commit, *map(one_line, _cells(row)[1:])) for row in history.rows)
    return page("\t".join(cells) for cells in (tuple(word.lower() for word in HEAD), *rows))


def _quiet(history: History) -> str:
    return page(f"{row.commit} {row.version or '-'}" for row in history.rows)


def _json(history: History) -> str:
    commits = [
        {
            "commit": row.commit,
            "date": row.date,
            "subject": printable(row.subject),
            "bump": None if row.bump is None else row.bump.word,
            "version": row.version,
            "release": row.is_release,
            "tags": list(row.tags),
            "changes": [{"rule": rule, "bump": bump} for rule, bump in row.changes],
            "faults": list(row.faults),
            "skips": list(row.skips),
            "assumed": row.assumed or None,
            "problem": row.problem or None,
        }
        for row in history.rows
    ]
    return dumped({"schema": SCHEMA, "commits": commits})


RENDERERS: Mapping[Format, Callable[[History], str]] = MappingProxyType(
    {
        Format.HUMAN: _human,
        Format.AGENT: _agent,
        Format.JSON: _json,
        Format.QUIET: _quiet,
        Format.MARKDOWN: _markdown,
    }
)

"""One report, one renderer for each format."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.reports.agent import render_agent
from hfsemver.reports.github import render_github
from hfsemver.reports.json_v1 import render_json
from hfsemver.reports.junit import render_junit
from hfsemver.reports.markdown import render_markdown
from hfsemver.reports.quiet import render_quiet
from hfsemver.reports.sarif import render_sarif
from hfsemver.reports.text import render_human

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hfsemver.core.report import Report


class Format(StrEnum):
    """How a report can be written; the first four as in the ``hf`` command, and ``VERDICT_FORMATS`` by a check alone."""

    HUMAN = "human"
    AGENT = "agent"
    JSON = "json"
    QUIET = "quiet"
    MARKDOWN = "markdown"
    GITHUB = "github"
    SARIF = "sarif"
    JUNIT = "junit"


RENDERERS: Mapping[Format, Callable[[Report], str]] = MappingProxyType(
    {
        Format.HUMAN: render_human,
        Format.AGENT: render_agent,
        Format.JSON: render_json,
        Format.QUIET: render_quiet,
        Format.MARKDOWN: render_markdown,
        Format.GITHUB: render_github,
        Format.SARIF: render_sarif,
        Format.JUNIT: render_junit,
    }
)
VERDICT_FORMATS: Final = (Format.GITHUB, Format.SARIF, Format.JUNIT)
"""Formats of services that mark a change as good or bad: without a verdict there is nothing to mark."""


def render(report: Report, form: Format) -> str:
    """Return the report in one format. Pure: the same report gives the same text, and the verdict stays what it is."""
    return RENDERERS[form](report)

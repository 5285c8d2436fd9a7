"""One report, one renderer for each format."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from hfsemver.reports.agent import render_agent
from hfsemver.reports.json_v1 import render_json
from hfsemver.reports.markdown import render_markdown
from hfsemver.reports.quiet import render_quiet
from hfsemver.reports.text import render_human

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hfsemver.core.report import Report


class Format(StrEnum):
    """How a report can be written; the first four as in the ``hf`` command."""

    HUMAN = "human"
    AGENT = "agent"
    JSON = "json"
    QUIET = "quiet"
    MARKDOWN = "markdown"


RENDERERS: Mapping[Format, Callable[[Report], str]] = MappingProxyType(
    {
        Format.HUMAN: render_human,
        Format.AGENT: render_agent,
        Format.JSON: render_json,
        Format.QUIET: render_quiet,
        Format.MARKDOWN: render_markdown,
    }
)


def render(report: Report, form: Format) -> str:
    """Return the report in one format. Pure: the same report gives the same text, and the verdict stays what it is."""
    return RENDERERS[form](report)

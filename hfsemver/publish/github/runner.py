"""The files through which a step tells a runner something.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import SourceError
from hfsemver.publish.files import append_lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SUMMARY: Final = 1 << 20
"""Bytes of a summary; a larger one is not shown at all."""


def add_outputs(path: Path, outputs: Mapping[str, str]) -> None:
    """Set outputs of the step; of two with one name the later counts.

    Each value stands between two delimiters that nobody can guess, so that no text in it ends it and begins another output.
    Raises ``SourceError`` where the file cannot be written.
    """
    lines = []
    for name, value in outputs.items():
        delimiter = f"hfsemver-{secrets.token_hex(16)}"
        lines += [f"{name}<<{delimiter}", *value.split("\n"), delimiter]
    _append(path, *lines)


def add_summary(path: Path, text: str) -> None:
    """Add Markdown to what a run shows first. Raises ``SourceError`` where the file cannot be written."""
    if len(text.encode()) > SUMMARY:
        text = "The report is too long to be shown here; the step has it as a file.\n"
    _append(path, *text.rstrip("\n").split("\n"))


def _append(path: Path, *lines: str) -> None:
    try:
        append_lines(path, *lines)
    except OSError as error:
        fault = f"{path} cannot be written: {error.strerror}"
        raise SourceError(fault, hint="run this as a step of GitHub Actions, which names such a file") from error

"""Colours for people at a terminal. They mark words that are there anyway, so nothing is lost without them."""

from __future__ import annotations

import os
import re
import sys

import click

from hfsemver.reports.layer_table import TITLE

_HEADING = re.compile(r"(?P<level>deny|warn|allow)(?P<rest>\[[^\]]*\])(?P<tail>.*)")
_LABEL = re.compile(r"(?P<label> *(?:why|fix|witness|note|accepted|not evaluated|weights|-->):?)(?P<tail>.*)")
_CELL = re.compile(r"(?<=  )(?:\d\S*|[-?])(?=  |$)")
_SHADES = ((0.1, "red"), (0.01, "yellow"), (0.001, "green"))
_LEVELS = {"deny": "red", "warn": "yellow", "allow": "blue"}


def painted(text: str) -> str:
    """Return text with colours; ``click.unstyle(painted(text)) == text``."""
    lines: list[str] = []
    in_table = False
    for line in text.split("\n"):
        in_table = line == f"{TITLE}:" or (in_table and line != "")
        lines.append(_CELL.sub(_shaded, line) if in_table else _line(line))
    return "\n".join(lines)


def _shaded(cell: re.Match[str]) -> str:
    try:
        value = float(cell[0])
    except ValueError:
        return click.style(cell[0], dim=True)
    shade = next((colour for least, colour in _SHADES if value >= least), None)
    return click.style(cell[0], fg=shade, dim=shade is None)


def _line(line: str) -> str:
    if heading := _HEADING.fullmatch(line):
        colour = _LEVELS[heading["level"]]
        return click.style(heading["level"] + heading["rest"], fg=colour, bold=True) + heading["tail"]
    if label := _LABEL.match(line):
        return click.style(label["label"], fg="cyan") + label["tail"]
    return line


def wants_colour() -> bool:
    """Whether standard output is a terminal and nobody asked for plain text (https://no-color.org)."""
    context = click.get_current_context(silent=True)
    if os.environ.get("NO_COLOR") or (context is not None and context.find_root().color is False):
        return False
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"

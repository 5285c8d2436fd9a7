"""Lines of text that are safe wherever a log may carry them: a terminal, a workflow runner, a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.escape import clipped, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST = 300
"""Characters of one name or value that text for people shows; JSON always holds all of it."""


def short(text: str) -> str:
    """Return untrusted text for people: printable, and cut where nobody would read on."""
    return clipped(text, LONGEST)


def disarmed(line: str) -> str:
    r"""Return a line that no workflow runner takes for a command.

    A runner trims the line before it looks for ``::``, and finds ``##[`` and ``##vso[`` anywhere in it:
    https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs

    >>> disarmed("  ::error::x")
    '  \\x3a:error::x'
    """
    bare = line.lstrip()
    if bare.startswith("::"):
        line = f"{line[: len(line) - len(bare)]}\\x3a{bare[1:]}"
    return line.replace("##[", "#\\x23[").replace("##vso[", "#\\x23vso[")


def page(lines: Iterable[str]) -> str:
    """Join lines into a text that ends with one line break; no lines make an empty text."""
    text = "\n".join(map(disarmed, lines)).rstrip("\n")
    return f"{text}\n" if text else ""


def block(text: str, *, limit: int) -> Iterator[str]:
    """Yield the lines of a text of several lines, escaped one by one; at most ``limit``, then how many are hidden."""
    lines = text.rstrip("\n").split("\n")
    for line in lines[:limit]:
        yield short(line)
    if len(lines) > limit:
        yield f"... ({count(len(lines) - limit, 'more line')})"


def count(number: int, noun: str) -> str:
    """Return ``1 tensor`` or ``2 tensors``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def one_line(text: str) -> str:
    """Return untrusted text on one line and unclipped, for formats that a program reads."""
    return printable(text)


def plain(text: str) -> str:
    """Return a docstring's prose for a terminal: its double backticks become single ones."""
    return text.replace("``", "`")


def between(text: str) -> list[str]:
    """Return the lines that a rule's docstring has between its summary and its reason, as ``plain`` gives them."""
    lines = text.partition("\n\n")[2].splitlines()
    stop = next((n for n, line in enumerate(lines) if line.startswith(("Why:", "Fix:"))), len(lines))
    return [plain(line) for line in "\n".join(lines[:stop]).strip().splitlines()]

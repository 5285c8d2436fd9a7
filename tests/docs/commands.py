"""The page of the command line: what ``--help`` says, command by command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hfsemver.cli.main import cli

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 100
HEAD = """# The command line

What `--help` prints, command by command.
Exit codes are explained in [exit-codes.md](exit-codes.md), references to releases below.

## Naming a release

| Written | Means |
|---|---|
| `DIR` | the files of a folder, as they lie there |
| `DIR@REV` | a git revision of the repository in `DIR`: a tag, a branch, a commit, `HEAD~1` |
| `@REV` | a revision of the repository that you are in |
| `hf://org/name@REV`, `org/name@REV` | a release [on the Hub](hub.md): a tag, a branch, `refs/pr/7`, a commit; `hf://org/name` is its `main` |
| `DIR/surface.json` | a release [described without its weights](surface.md) |

Without `CURRENT` a check looks at the working tree.
Without `--baseline` it measures against the newest stable version tag that is reachable; where there is none, it says that this is a first release and runs only the rules that judge one release on its own.
"""


def _commands(command: click.Command, name: str, parent: click.Context | None = None) -> Iterator[tuple[str, str]]:
    words = name.rpartition(" ")[2]
    context = click.Context(
        command,
        info_name=words,
        parent=parent,
        terminal_width=WIDTH,
        max_content_width=WIDTH,
        help_option_names=["-h", "--help"],
    )
    yield name, command.get_help(context)
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None and not found.hidden:
                yield from _commands(found, f"{name} {child}", context)


def commands_page() -> str:
    """Return ``docs/cli.md``."""
    parts = [HEAD]
    for name, text in _commands(cli, "hfsemver"):
        lines = "\n".join(line.rstrip() for line in text.splitlines())
        parts.append(f"## `{name}`\n\n```text\n{lines}\n```\n")
    return "\n".join(parts)

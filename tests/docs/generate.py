"""Write what the code already knows: pages of rules, their index, the commands, the table of the README, every console.

``python -m tests.docs.generate`` writes them, ``python -m tests.docs.generate --check`` fails when one of them is stale.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hfsemver.rules.catalogue import catalogue
from tests.docs.action_table import action_table
from tests.docs.commands import commands_page
from tests.docs.consoles import filled
from tests.docs.rule_pages import area_table, index_page, rule_page
from tests.docs.sessions import filled_sessions
from tests.docs.trust import trust_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
ACTION = ("<!-- action: begin, written by `just docs` -->", "<!-- action: end -->")
TRUST = ("<!-- trust: begin, written by `just docs` -->", "<!-- trust: end -->")
BEGIN, END = "<!-- rules: begin, written by `just docs` -->", "<!-- rules: end -->"


def spliced(page: str, table: str, markers: tuple[str, str] = (BEGIN, END)) -> str:
    """Return a page with ``table`` between its two markers."""
    head, begin, rest = page.partition(markers[0])
    _, end, tail = rest.partition(markers[1])
    if not begin or not end:
        sys.exit(f"the markers {markers[0]} and {markers[1]} are missing")
    return f"{head}{begin}\n\n{table}\n{end}{tail}"


def pages() -> Iterator[tuple[Path, str]]:
    """Yield every file of which something is generated, with its content."""
    rules = catalogue()
    for rule in rules:
        yield ROOT / "docs" / "rules" / f"{rule.id}.md", rule_page(rule)
    yield ROOT / "docs" / "rules" / "README.md", index_page(rules)
    yield ROOT / "docs" / "cli.md", commands_page()
    readme = ROOT / "README.md"
    yield readme, filled(spliced(readme.read_text(encoding="utf-8"), area_table(rules, "docs/rules/")))
    for path in (ROOT / "docs").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        if path.name == "trust.md":
            yield path, spliced(text, trust_tables(), TRUST)
        elif path.name == "action.md":
            yield path, filled(spliced(text, action_table(), ACTION))
        elif path.name != "cli.md":
            yield path, filled_sessions(filled(text))


def main() -> None:
    """Write the stale files, or name them under ``--check``; a page whose rule is gone is stale too."""
    wanted = dict(pages())
    left = [path for path in (ROOT / "docs" / "rules").glob("*.md") if path not in wanted]
    stale = [path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        for path in sorted(left + stale):
            print(f"stale: {path.relative_to(ROOT)}", file=sys.stderr)  # noqa: T201 -- a tool for whoever runs it
        sys.exit("run `just docs` and commit what it writes" if left or stale else 0)
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8")
    for path in left:
        path.unlink()


if __name__ == "__main__":
    main()

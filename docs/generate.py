"""Write the pages that the code already knows: one for each rule, their index, the commands, the table of the README.

``python -m docs.generate`` writes them, ``python -m docs.generate --check`` fails when one of them is stale.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from docs.commands import commands_page
from docs.rule_pages import area_table, index_page, rule_page
from hfsemver.rules.catalogue import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- rules: begin, written by `just docs` -->", "<!-- rules: end -->"


def spliced(readme: str, table: str) -> str:
    """Return the README with ``table`` between its two markers."""
    head, begin, rest = readme.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        sys.exit(f"README.md: the markers {BEGIN} and {END} are missing")
    return f"{head}{BEGIN}\n\n{table}\n{END}{tail}"


def pages() -> Iterator[tuple[Path, str]]:
    """Yield every generated file with its content."""
    rules = catalogue()
    for rule in rules:
        yield ROOT / "docs" / "rules" / f"{rule.id}.md", rule_page(rule)
    yield ROOT / "docs" / "rules" / "README.md", index_page(rules)
    yield ROOT / "docs" / "cli.md", commands_page()
    readme = ROOT / "README.md"
    yield readme, spliced(readme.read_text(encoding="utf-8"), area_table(rules, "docs/rules/"))


def stale() -> list[Path]:
    """Return the files that differ from what would be written, and pages whose rule is gone."""
    wanted = dict(pages())
    left = [path for path in (ROOT / "docs" / "rules").glob("*.md") if path not in wanted]
    differing = [
        path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    return sorted(left + differing)


def main() -> None:
    """Write the stale pages, or name them under ``--check``."""
    found = stale()
    if "--check" in sys.argv[1:]:
        for path in found:
            print(f"stale: {path.relative_to(ROOT)}", file=sys.stderr)
        sys.exit("run `just docs` and commit what it writes" if found else 0)
    wanted = dict(pages())
    for path in found:
        if path in wanted:
            path.parent.mkdir(exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8")
        else:
            path.unlink()


if __name__ == "__main__":
    main()

"""What the pages tell a reader to type is typed here."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hfsemver.rules.catalogue import evidence_rules
from hfsemver.rules.engine import inspect
from hfsemver.rules.rule import Rule
from tests import builders
from tests.docs import consoles, sessions

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "README.md", *(ROOT / ".github").glob("*.md"), *(ROOT / "docs").rglob("*.md"))
)
RULE = re.compile(r"<!-- executed: rule (?P<name>\S+) -->\n```python\n(?P<body>.*?)```", re.DOTALL)


def blocks() -> Iterator[tuple[str, re.Match[str]]]:
    """Find every ``console`` block with its page."""
    for page in PAGES:
        for block in consoles.BLOCK.finditer((ROOT / page).read_text(encoding="utf-8")):
            yield page, block


@pytest.mark.parametrize(("page", "block"), [pytest.param(*each, id=each[0]) for each in blocks()])
def test_a_console_prints_what_the_page_shows(page: str, block: re.Match[str]) -> None:
    """Each ``$`` line of a page, typed in the folder that the page talks about, prints the lines that follow it there."""
    assert consoles.settled(consoles.typed(block)) == consoles.settled(block["body"]), f"{page}: run `just docs`"


def sessions_of_pages() -> Iterator[tuple[str, re.Match[str]]]:
    """Find every ``pycon`` block with its page."""
    for page in PAGES:
        for block in sessions.BLOCK.finditer((ROOT / page).read_text(encoding="utf-8")):
            yield page, block


@pytest.mark.parametrize(("page", "block"), [pytest.param(*each, id=each[0]) for each in sessions_of_pages()])
def test_a_session_prints_what_the_page_shows(page: str, block: re.Match[str]) -> None:
    """Each statement of a page, typed into Python in the folder that the page talks about."""
    assert sessions.typed(block) == block["body"], f"{page}: run `just docs`"


def worked_examples() -> Iterator[tuple[str, str]]:
    """Find every rule that a page shows as a whole file."""
    for page in PAGES:
        for block in RULE.finditer((ROOT / page).read_text(encoding="utf-8")):
            yield block["name"], block["body"]


def loaded(name: str, source: str, folder: Path) -> Rule[Any]:
    """Import a rule as if its file lay in the package."""
    path = folder / f"{Path(name).name}.py"
    path.write_text(source, encoding="utf-8")
    full = f"hfsemver.rules.{name.replace('/', '.')}"
    spec = importlib.util.spec_from_file_location(full, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[full] = module
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[full]
    candidate = getattr(module, path.stem)
    assert isinstance(candidate, Rule)
    return candidate


@pytest.mark.parametrize(("name", "source"), list(worked_examples()))
def test_a_rule_shown_on_a_page_is_a_working_rule(name: str, source: str, tmp_path: Path) -> None:
    """The worked example of a rule fires as often as its own examples say, while all other rules run."""
    rule = loaded(name, source, tmp_path)

    assert len(rule.examples) > 1
    for example in rule.examples:
        findings, skips = inspect(builders.diff(example), (*evidence_rules(), rule))
        assert [finding.rule for finding in findings] == [rule.id] * example.findings
        assert not skips


def test_the_pages_hold_something_to_execute() -> None:
    """The tests above look at something: consoles, and a rule in the guide for contributors."""
    assert "card/language_removed" in dict(worked_examples())
    assert {"README.md", "docs/report-json.md"} <= {page for page, _ in blocks()}
    assert "docs/python.md" in {page for page, _ in sessions_of_pages()}


@pytest.mark.parametrize("page", PAGES)
def test_a_link_to_a_file_leads_somewhere(page: str) -> None:
    """Every relative link of a page names a file of the repository."""
    text = re.sub(r"```.*?```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    broken = [t for t in targets if t and "://" not in t and not (ROOT / page).parent.joinpath(t).exists()]

    assert not broken


PLACE = re.compile(r"`((?:[\w.-]+/)*[\w.-]+\.py|(?:[\w.-]+/)+[\w.-]*)`")
# What a reader of the page is to write.
NEW = {"hfsemver/rules/card/language_removed.py"}


@pytest.mark.parametrize("page", [page for page in PAGES if not page.startswith("docs/rules/")])
def test_a_file_or_folder_in_backticks_exists(page: str) -> None:
    """Every path of code that a page names, from the root or from the package, is there."""
    text = re.sub(r"```.*?```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    gone = [
        place for place in places(text) - NEW if not any((top / place).exists() for top in (ROOT, ROOT / "hfsemver"))
    ]

    assert not gone


def places(text: str) -> set[str]:
    """Return what is written as a path of code: a file in Python, or anything below a folder of ours."""
    ours = {path.name for top in (ROOT, ROOT / "hfsemver") for path in top.iterdir() if path.is_dir()}
    return {place for place in PLACE.findall(text) if place.endswith(".py") or place.partition("/")[0] in ours}


def test_pages_name_paths() -> None:
    """The test above looks at something."""
    assert {"rules/engine.py", "hfsemver/diff/"} <= places(
        (ROOT / ".github/CONTRIBUTING.md").read_text(encoding="utf-8")
    )

"""Generated pages say what the code says today."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hfsemver.rules.catalogue import catalogue

ROOT = Path(__file__).parents[2]


def test_the_generated_pages_are_fresh() -> None:
    """Pages of rules, their index, the commands and the table of the README are what the generator would write."""
    command = [sys.executable, "-m", "tests.docs.generate", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_every_rule_has_a_page() -> None:
    """The catalogue and the folder of pages hold the same ids."""
    pages = {path.stem for path in (ROOT / "docs" / "rules").glob("*.md")} - {"README"}

    assert pages == {rule.id for rule in catalogue()}


def test_every_page_shows_the_finding_of_its_example_as_a_check_prints_it() -> None:
    """Heading, place, reason and way out; a rule without an example that fires has nothing to show."""
    for rule in catalogue():
        page = (ROOT / "docs" / "rules" / f"{rule.id}.md").read_text(encoding="utf-8")
        _, shown, said = page.partition("`hfsemver check` says:\n\n```text\n")

        assert bool(shown) == any(example.findings for example in rule.examples)
        assert not shown or said.startswith(f"{rule.level.word}[{rule.id}] ")
        assert not shown or all(line in said for line in ("\n  --> ", "\n  why: ", "\n  fix: "))


def test_the_readme_stays_short() -> None:
    """The README fits into 150 lines."""
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 150


def test_the_changelog_names_the_version_of_the_package() -> None:
    """The version that the package carries has its section."""
    import hfsemver

    assert f"## [{hfsemver.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

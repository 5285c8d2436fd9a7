"""What the pages tell a reader to type is typed here."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hfsemver.rules.catalogue import catalogue
from hfsemver.rules.engine import inspect
from hfsemver.rules.rule import Rule
from tests import builders

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "README.md", *(ROOT / ".github").glob("*.md"), *(ROOT / "docs").rglob("*.md"))
)
CONSOLE = re.compile(r"(?:<!-- setup: (?P<setup>[^\n]*) -->\n)?```console\n(?P<body>.*?)```", re.DOTALL)
RULE = re.compile(r"<!-- executed: rule (?P<name>\S+) -->\n```python\n(?P<body>.*?)```", re.DOTALL)


def consoles() -> Iterator[tuple[str, str, str]]:
    """Find every ``console`` block with its page and the commands that prepare it."""
    for page in PAGES:
        for block in CONSOLE.finditer((ROOT / page).read_text(encoding="utf-8")):
            yield page, block["setup"] or "", block["body"]


def steps(body: str) -> Iterator[tuple[str, list[str]]]:
    """Split a block into its commands, each with the output that the page shows."""
    command = ""
    shown: list[str] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, shown
            command, shown = line.removeprefix("$ "), []
        else:
            shown.append(line)
    yield command, shown


def as_shown(output: str) -> str:
    """Replace what differs from run to run: object ids, seconds and temporary folders."""
    output = re.sub(r"\b[0-9a-f]{7,40}\b", "<id>", output)
    output = re.sub(r"\b\d+(\.\d+)? ?(ms|s)\b", "<time>", output)
    return re.sub(r"/tmp/[^\s:'\"]+", "<folder>", output).rstrip()  # noqa: S108 -- a pattern, not a file


@pytest.mark.parametrize(("page", "setup", "body"), list(consoles()))
def test_a_console_block_prints_what_the_page_shows(page: str, setup: str, body: str, tmp_path: Path) -> None:
    """Each ``$`` line of a page, run in an empty folder, prints the lines that follow it there."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "GIT_CONFIG_GLOBAL": str(tmp_path / "gitconfig"),
        "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
        "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
        "NO_COLOR": "1",
        "COLUMNS": "100",
    }
    (tmp_path / "gitconfig").write_text("[user]\nname = A\nemail = a@example.invalid\n[init]\ndefaultBranch = main\n")
    folder = tmp_path / "here"
    folder.mkdir()
    if setup:
        command = [sys.executable, "-m", "tests.docs.setup", *shlex.split(setup)]
        subprocess.run(command, cwd=folder, env={**environment, "PYTHONPATH": str(ROOT)}, check=True, capture_output=True)

    for command, shown in steps(body):
        done = subprocess.run(
            ["bash", "-c", f"{command} 2>&1"], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )

        assert as_shown(done.stdout) == as_shown("\n".join(shown)), f"{page}: {command}"


def worked_examples() -> Iterator[tuple[str, str]]:
    """Find every rule that a page shows as a whole file."""
    for page in PAGES:
        for block in RULE.finditer((ROOT / page).read_text(encoding="utf-8")):
            yield block["name"], block["body"]


def loaded(name: str, source: str, folder: Path) -> Rule:
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
        findings, skips = inspect(builders.diff(example), (*catalogue(), rule))
        assert [finding.rule for finding in findings] == [rule.id] * example.findings
        assert not skips


def test_the_pages_hold_something_to_execute() -> None:
    """The tests above look at something: the guide for contributors shows a rule."""
    assert "card/language_removed" in dict(worked_examples())


@pytest.mark.parametrize("page", PAGES)
def test_a_link_to_a_file_leads_somewhere(page: str) -> None:
    """Every relative link of a page names a file of the repository."""
    text = re.sub(r"```.*?```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    broken = [t for t in targets if t and "://" not in t and not (ROOT / page).parent.joinpath(t).exists()]

    assert not broken

"""Small files: a module that outgrows its bound is split by noun."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "hfsemver"
MODULES = sorted(path.relative_to(ROOT).as_posix() for path in PACKAGE.rglob("*.py"))
REFUSED = {"model", "models", "utils", "util", "helpers", "common", "base", "manager"}


def is_rule(module: str) -> bool:
    """Tell a rule, which lives one folder deeper than the machinery, from anything else."""
    parts = Path(module).parts
    return parts[1] == "rules" and len(parts) == 4 and parts[3] != "__init__.py"


@pytest.mark.parametrize("module", MODULES)
def test_a_module_fits_its_bound(module: str) -> None:
    """A module has at most 300 lines, a rule at most 80."""
    lines = len((ROOT / module).read_text(encoding="utf-8").splitlines())

    assert lines <= (80 if is_rule(module) else 300)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_named_by_its_noun(module: str) -> None:
    """No module or folder has a name under which anything could be put."""
    names = set(Path(module).with_suffix("").parts)

    assert not names & REFUSED


def test_the_package_was_found() -> None:
    """The two tests above look at a package that is really there."""
    assert len(MODULES) > 40

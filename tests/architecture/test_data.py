"""Tests that need material from outside of the project are skipped where it is not there."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).parents[1]
MODULES = sorted(path for path in TESTS.rglob("test_*.py") if "mark.data" in path.read_text(encoding="utf-8"))


def marks(tree: ast.Module) -> Iterator[str]:
    """Yield each test with its marks as one text, with the marks of the module in front."""
    whole = "".join(
        ast.unparse(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield whole + ast.unparse(node)


@pytest.mark.parametrize("path", MODULES, ids=[path.stem for path in MODULES])
def test_whoever_needs_data_is_skipped_without_it(path: Path) -> None:
    """A newcomer has none, and all tests of a clone pass."""
    needy = [found for found in marks(ast.parse(path.read_text(encoding="utf-8"))) if "pytest.mark.data" in found]

    assert [found for found in needy if "skipif" not in found and "pytest.skip" not in found] == []


def test_there_is_something_to_look_at() -> None:
    """Nothing is proven about no module."""
    assert len(MODULES) > 10

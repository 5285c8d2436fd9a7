"""The names that the package offers are those that its page promises."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

import hfsemver
from hfsemver import api

PAGE = (Path(__file__).parents[2] / "docs" / "python.md").read_text(encoding="utf-8")
ROWS = {
    name: row
    for row in PAGE.splitlines()
    if row.startswith("| `")
    for name in re.findall(r"`(\w+)", row.split(" | ")[0])
}
TYPES = {"Report": api.Report, "Verdict": api.Verdict, "Finding": api.Finding}


def test_the_package_offers_what_the_page_names() -> None:
    """Each name once, and as the same thing whichever way it is reached."""
    offered = set(hfsemver.__all__) - {"__version__"}

    assert offered == set(api.__all__)
    assert offered - {"Pushed", "ReleaseRefused"} <= ROWS.keys()
    assert all(getattr(hfsemver, name) is getattr(api, name) for name in offered)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = hfsemver.nothing


@pytest.mark.parametrize("name", TYPES)
def test_the_page_names_fields_that_are_there(name: str) -> None:
    """As attributes of what the functions return."""
    known = {field.name for field in fields(TYPES[name])} | set(dir(TYPES[name]))
    told = re.findall(r"`(\w+)`", ROWS[name].split(" | ")[1])

    assert told
    assert set(told) <= known

"""Whoever silences a checker says why, on the same line."""

from __future__ import annotations

import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("hfsemver", "tests", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
)
SILENCED = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:|pylint:|pyright:|mypy:)")
# mypy takes nothing but a second comment behind its brackets, ruff anything behind its codes.
REASON = re.compile(
    r"#\s*(?:noqa:\s*[A-Z0-9, ]+ -- \S|type:\s*ignore\[[a-z, -]+\]\s*# (?:-- )?\S|pragma:[a-z ]+ -- \S)"
)


def comments(path: Path) -> list[tuple[int, str]]:
    """Return the comments of a module with their lines; text inside strings is none."""
    with path.open("rb") as stream:
        return [(t.start[0], t.string) for t in tokenize.tokenize(stream.readline) if t.type == tokenize.COMMENT]


@pytest.mark.parametrize("name", FILES)
def test_every_silenced_checker_has_a_reason(name: str) -> None:
    """Each ``noqa``, ``type: ignore`` and ``pragma`` names its code and is followed by words."""
    bare = [line for line, text in comments(ROOT / name) if SILENCED.search(text) and not REASON.search(text)]

    assert not bare, f"{name}: lines {bare} silence a checker without a reason"


@pytest.mark.parametrize(
    ("comment", "accepted"),
    [
        ("# noqa: PLR2004 -- the last code point", True),
        ("# noqa: PLR2004", False),
        ("# noqa", False),
        ("# type: ignore[arg-type]  # the stub is narrower than the library", True),
        ("# type: ignore[arg-type]", False),
        ("# type: ignore", False),
        ("# pragma: no cover -- another platform", True),
        ("# pragma: no cover", False),
    ],
)
def test_the_pattern_tells_a_reason_from_none(comment: str, accepted: bool) -> None:  # noqa: FBT001 -- a column
    """The test above can fail."""
    assert SILENCED.search(comment)
    assert bool(REASON.search(comment)) is accepted

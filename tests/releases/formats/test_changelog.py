"""Entries of changelogs, whoever or whatever wrote their headings."""

from __future__ import annotations

import pytest

from hfsemver.releases.formats.changelog import end_of_introduction, entries_of, start_of_links


@pytest.mark.parametrize(
    ("heading", "version"),
    [
        ("## [1.2.0]", "1.2.0"),
        ("## [1.2.0] - 2026-01-01", "1.2.0"),
        ("## [1.2.0] - 2026-01-01 [YANKED]", "1.2.0"),
        ("## 1.2.0", "1.2.0"),
        ("## v1.2.0 (2026-01-01)", "1.2.0"),
        ("# 1.2.0", "1.2.0"),
        ("## [v1.2.0](https://example.org) (2026-01-01)", "1.2.0"),
        ("### [1.2.1](https://example.org) (2026-01-01)", "1.2.1"),
        ("### 1.2.1", "1.2.1"),
        ("## [1.2.0-rc.1+build.5] - 2026-01-01", "1.2.0-rc.1+build.5"),
        ("## Version 1.2.0: better", "1.2.0"),
        ("  ##\tRelease v1.2.0 ##", "1.2.0"),
        ("## 1.2.0 A name", "1.2.0"),
        ("## 1.2", "1.2"),
        ("## 2026-01-01", "2026-01-01"),
        ("1.2.0\n-----", "1.2.0"),
        ("v1.2.0 (2026-01-01)\r\n===\r", "1.2.0"),
        ("## [Unreleased]", None),
        ("## unreleased", None),
        ("# Unreleased changes", None),
        ("[Unreleased]\n---", None),
    ],
)
def test_a_heading_that_names_a_version_is_an_entry(heading: str, version: str | None) -> None:
    """In the ways of Keep a Changelog, of the tools that write changelogs, and of people."""
    (entry,) = entries_of(f"# Changelog\n\n{heading}\n- x\n")

    assert (entry.version, entry.line) == (version, 3)


@pytest.mark.parametrize(
    "text",
    [
        "##1.2.0", "    ## 1.2.0", "####### 1.2.0", "#### 1.2.0", "1.2.0", "- 1.2.0", "> ## 1.2.0", "## Changes of 1.2.0",
        "### 4.50.0 of transformers is needed", "### 4.50", "## 3 things", "## 2-bit weights", "## Added",
        "```\n## 1.2.0\n```", "~~~~\n## 1.2.0\n~~~", "<!--\n## 1.2.0\n-->", "<!-- ## 1.2.0 -->", "text\n---", "1.2.0\n\n---",
        "# Changelog\n---\n",
    ],
)  # fmt: skip
def test_other_lines_are_none(text: str) -> None:
    """Code, comments, lists, text, and headings about something else."""
    assert entries_of(text) == ()


TEXT = """# Changelog

Words.

## [Unreleased]

## 2.0.0
### Added
- a

```
## 1.9.0
```
## [1.1.0]

### Fixed

## About

### [1.0.1]
### Fixes
- b

[Unreleased]: https://example.org
[2.0.0]: https://example.org

"""


def test_an_entry_ends_at_the_next_one_or_at_a_heading_beside_it() -> None:
    """Parts stay with their entry, also where both are of the third level, and the links at the end belong to none."""
    said = [(entry.version, entry.line, TEXT[entry.body : entry.end].strip()) for entry in entries_of(TEXT)]

    assert said == [
        (None, 5, ""),
        ("2.0.0", 7, "### Added\n- a\n\n```\n## 1.9.0\n```"),
        ("1.1.0", 14, "### Fixed"),
        ("1.0.1", 20, "### Fixes\n- b"),
    ]
    assert all(TEXT[entry.start : entry.body].startswith("#") for entry in entries_of(TEXT))


@pytest.mark.parametrize(
    ("text", "front"),
    [
        ("", ""),
        ("# Changelog\n\nWords.\n", "# Changelog\n\nWords.\n"),
        ("# Changelog\n\nWords.\n\n[1.0.0]: x\n", "# Changelog\n\nWords.\n\n"),
        ("# Changelog\n\n```\n## a\n```\n## June\n### a\n## May\n", "# Changelog\n\n```\n## a\n```\n"),
    ],
)
def test_the_introduction_ends_where_the_first_part_starts(text: str, front: str) -> None:
    """Without parts it is the text, but for the links at the end."""
    assert front == text[: end_of_introduction(text)]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("a\n[1.0.0]: x\r\n\n[unreleased]: y", "[1.0.0]: x\r\n\n[unreleased]: y"),
        ("a\n[v1.0.0]: x\n\n\n", "[v1.0.0]: x\n\n\n"),
        ("[1.0.0]: x\na\n", ""),
        ("a\n[other]: x\n", ""),
        ("a\n\n", ""),
        ("", ""),
    ],
)
def test_only_links_of_versions_end_a_changelog(text: str, links: str) -> None:
    """Other links belong to the entry that uses them."""
    assert links == text[start_of_links(text) :]

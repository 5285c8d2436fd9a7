"""Parts of a card, whatever words and marks their headings are made of."""

from __future__ import annotations

import time

import pytest

from hfsemver.core.section import Section
from hfsemver.diff.card.sections import missing_sections
from tests.builders import release

ALL = frozenset(Section)
TEMPLATE = """---
license: mit
---
# Model Card for Model ID

<!-- Provide a quick summary of what the model is/does. -->

## Uses

### Direct Use

[More Information Needed]

## Bias, Risks, and Limitations

[More Information Needed]

## Training Details

### Training Data

[More Information Needed]

## Evaluation

TODO

- **Developed by:** [More Information Needed]
- **Carbon Emitted:** [optional]
"""


def said(card: str) -> set[str]:
    return {part.value for part in ALL - {*missing_sections(None, release({"README.md": card}), ALL)}}


def test_what_the_template_puts_under_its_headings_says_nothing() -> None:
    """An empty card with every heading is an empty card."""
    assert said(TEMPLATE) == set()
    assert said(TEMPLATE.replace("TODO", "Nine of ten.")) == {"description", "evaluation"}


@pytest.mark.parametrize(
    ("card", "parts"),
    [
        ("It answers.\n", set()),
        ("## How to use\n```python\nrun()\n```\n", {"uses"}),
        ("Intended uses & limitations\n---\nFor trains.\n", {"uses", "limitations"}),
        ("<h2 align='center'>Benchmark results</h2>\n<p>0.9 of all</p>\n", {"evaluation"}),
        ("**Training data**\n\nTimetables.\n", {"training-data", "training"}),
        ("## Training\n### Data\nTimetables.\n", {"training-data", "training"}),
        ("- **Developed by:** the team\n", {"contact"}),
        ("## Evaluation\n\n## Limits\nNone known.\n", {"limitations"}),
        ("## 使い方 / Usage\nこのモデルは\n", {"uses"}),
        ("```\n## Evaluation\nnothing\n```\n", set()),
        ("~~~\n```\n## Evaluation\nx\n~~~\n## Limits\nNone known.\n", {"limitations"}),
    ],
)
def test_headings_are_known_by_many_words(card: str, parts: set[str]) -> None:
    """Hashes, underlines, HTML, bold lines and labels of lists; what is fenced is no heading."""
    assert said(card) == {"description", *parts}


@pytest.mark.parametrize(
    ("card", "parts"),
    [
        ("", set()),
        ("---\nlicense: mit\n---\n", set()),
        ("---\nlicense: mit\n---\n# Card\n![badge](x.png)\n<br>\n", set()),
        ("---\ndatasets: [a/b]\nco2_eq_emissions: 5\n---\n", {"training-data", "environment"}),
        ("\ufeff---\r\nlicense: mit\r\n---\r\nIt answers.\r\n", {"description"}),
        ("---\nlicense: mit\n---\nIt answers questions.\n---\n", {"description"}),
        ("# X\n**A model that translates.**\n", {"description"}),
        ("# X\n- a list of words\n---\n", {"description"}),
        ("# X\n> a quote of words\n---\n", {"description"}),
        ("<h1>X</h1><p>It answers</p>\n", {"description"}),
        ("---\nlicense: mit\nno end, so it is all text\n", {"description"}),
    ],
)
def test_front_matter_and_pictures_are_no_description(card: str, parts: set[str]) -> None:
    """The fields that say the same as a part count for it, and for no description."""
    assert said(card) == parts


def test_what_the_card_before_lacked_is_no_news() -> None:
    """Neither is a card that a release never had, but for parts that somebody asked for by name."""
    wanted = frozenset({Section.DESCRIPTION, Section.USES})
    old = release({"README.md": "## Usage\nRun it.\n"})

    assert missing_sections(old, release({"README.md": "It answers.\n"}), wanted) == (Section.USES,)
    assert missing_sections(old, release({"README.md": ""}), wanted) == (Section.DESCRIPTION, Section.USES)
    assert missing_sections(release({"a": "F32[1]"}), release({"README.md": ""}), wanted) == ()
    assert missing_sections(None, release({"a": "F32[1]"}), wanted) == (Section.USES,)
    assert missing_sections(None, release({"a": "F32[1]"}), frozenset()) == ()


@pytest.mark.parametrize(
    "card", ["#" * 300_000, "# " + " #" * 200_000, "<h1" * 100_000, "![" * 150_000, "**" * 150_000, "<!--" * 90_000,
             "- **" * 90_000, "a\n---\n" * 60_000, "```\n" * 80_001, "# a\n" * 90_000, "# a\n" + " " * 400_000 + ".", "# " + "#" * 400_000 + "x", "<h1>" + "</h" * 150_000,
             "\n" * 400_000 + ".", "\\[TODO " * 50_000],
)  # fmt: skip
def test_a_hostile_card_takes_time_in_proportion(card: str) -> None:
    """Each of these would take minutes if anything looked back."""
    begin = time.process_time()
    said(card)

    assert time.process_time() - begin < 10

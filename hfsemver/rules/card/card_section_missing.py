"""The card says nothing under a heading that the policy asks for.

By default the policy asks for a description: any text at all. Headings are known by many words, and what the template of the
Hub puts under one counts as nothing.

Why: adopters and auditors cannot tell what the release is for, what it was made of and where it fails.
Fix: write the section, or ask for fewer under card_sections in .hfsemver.yaml.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.finding import Level
from hfsemver.core.location import Location
from hfsemver.rules.rule import POLICY, Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

_FRONT = "---\nlicense: mit\n---\n"
_SAID = {"README.md": f"{_FRONT}# Trains\n\nIt answers questions about trains.\n"}

LOST = Example(baseline=_SAID, current={"README.md": _FRONT}, findings=1)
FIRST = Example(baseline=None, current={"README.md": f"{_FRONT}# Trains\n"}, findings=1)
TEMPLATE = Example(baseline=None, current={"README.md": f"{_FRONT}# Trains\n\n[More Information Needed]\n"}, findings=1)
SHORT = Example(baseline=_SAID, current={"README.md": f"{_FRONT}Trains.\n"})
KNOWN = Example(baseline={"README.md": _FRONT}, current={"README.md": f"{_FRONT}\n# Trains\n"})
NO_CARD = Example(baseline={"w": "F32[4,4]"}, current={"w": "F32[4,4]", "notes.md": "# Notes\n"})


@rule(
    bump=POLICY,
    cost=Cost.HEADER,
    level=Level.WARN,
    promise="card",
    since="0.2.0",
    examples=(LOST, FIRST, TEMPLATE, SHORT, KNOWN, NO_CARD),
    mirror="none: nobody misses what a card says beyond what is asked for",
)
def card_section_missing(diff: ReleaseDiff) -> Notes:
    for section in diff.missing_sections:
        yield Note(
            location=Location(file="README.md", pointer=section.value),
            message=f"README.md says nothing of {section.value.replace('-', ' ')}",
            current=f"no {section.value}",
            witness="ModelCard.load(repo).text has no such part",
        )

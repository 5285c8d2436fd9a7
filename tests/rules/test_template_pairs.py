"""Pairs of chat templates through the engine: what a publisher reads, and what hostile ones cannot do to a run."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.bump import Bump
from hfsemver.diff.release import compare
from hfsemver.rules.catalogue import catalogue
from hfsemver.rules.engine import inspect
from hfsemver.rules.rule import Cost
from tests.builders import release
from tests.hostile_templates import HOSTILE

if TYPE_CHECKING:
    from pathlib import Path

    from hfsemver.core.finding import Finding, Skip

RULES = tuple(rule for rule in catalogue() if rule.area == "template")
JINJA = "chat_template.jinja"
CHATML = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


def judged(old: str, new: str) -> tuple[tuple[Finding, ...], tuple[Skip, ...]]:
    """Run the rules about templates over two texts."""
    return inspect(compare(baseline=release({JINJA: old}), current=release({JINJA: new})), RULES)


def test_the_witness_is_the_smallest_conversation_that_differs() -> None:
    """A changed end marker is one major finding, and its witness can be read in a line."""
    (finding,), skips = judged(CHATML, CHATML.replace("<|im_end|>", "<|end|>"))

    assert (finding.rule, finding.bump, skips) == ("chat-template-render-changed", Bump.MAJOR, ())
    assert finding.witness.splitlines() == [
        "--- baseline",
        "+++ current (one question, no generation prompt)",
        "@@ -1,2 +1,2 @@",
        "-What is 2 + 3?<|im_end|>",
        "+What is 2 + 3?<|end|>",
        " ",
    ]


def test_a_role_that_raises_now_is_told_by_its_conversations() -> None:
    """The refusal is a finding of its own and names what can be said no more."""
    strict = "{% if messages[0].role == 'system' %}{{ raise_exception('system is not supported') }}{% endif %}" + CHATML
    (finding,), _ = judged(CHATML, strict)

    assert finding.rule == "chat-template-removed"
    assert "system prompt" in finding.message
    assert finding.current == "TemplateError: system is not supported"


@pytest.mark.parametrize(("name", "template"), HOSTILE.items(), ids=list(HOSTILE))
def test_a_hostile_template_is_a_finding_or_a_skip_in_time(name: str, template: str, tmp_path: Path) -> None:
    """As the new side it is told, as the old side it is told or an extension; nothing hangs and nothing is written."""
    hostile = template.replace("MARKER", str(tmp_path / "marker"))
    start = time.monotonic()
    findings, skips = judged(CHATML, hostile)
    middle = time.monotonic()
    before = judged(hostile, CHATML)

    assert findings or skips
    assert all(line.isprintable() for finding in findings for line in (finding.message, *finding.witness.splitlines()))
    assert max(middle - start, time.monotonic() - middle) < 6
    assert list(tmp_path.iterdir()) == []
    assert name.startswith("harmless") or "chat-template-removed" not in {finding.rule for finding in before[0]}


def test_a_baseline_that_cannot_be_rendered_is_a_skip() -> None:
    """Where the old template used up its time nothing can be compared, and every rule says so."""
    findings, skips = judged(HOSTILE["nested loops"], CHATML)

    assert findings == ()
    assert [skip.rule for skip in skips] == [
        rule.id for rule in RULES if rule.cost is Cost.PROBE and rule.faults is None
    ]
    assert skips[0].reason == "chat_template.jinja: a template used too much time"


def test_a_default_template_in_the_folder_replaces_the_file() -> None:
    """Transformers reads the folder last, so that whoever puts one there changes every prompt."""
    extra = "additional_chat_templates/default.jinja"
    old, new = release({JINJA: CHATML}), release({JINJA: CHATML, extra: "X{{ messages[0].content }}"})
    findings, _ = inspect(compare(old, new), RULES)

    assert "chat-template-render-changed" in [finding.rule for finding in findings]
    assert () == inspect(compare(old, release({JINJA: CHATML, extra: CHATML})), RULES)[0]


@pytest.mark.parametrize(
    "branch",
    [
        "{% for d in documents or [] %}{{ d.text }}WORD{% endfor %}",
        "{% for m in messages %}{% for c in m.tool_calls or [] %}{{ c.function.arguments.city }}{% if loop.index > 1 %}WORD{% endif %}{% endfor %}{% endfor %}",
        "{% for m in messages %}{% if m.content is not string %}{% for p in m.content %}{% if p.type == 'video' %}WORD{% endif %}{% endfor %}{% endif %}{% endfor %}",
        "{% if enable_thinking is defined and enable_thinking %}WORD{% endif %}",
    ],
)
def test_a_branch_that_few_requests_take_is_taken(branch: str) -> None:
    """Documents, calls in parallel, videos and thinking switched on: what they render is relied on as well."""
    parts = "{% for m in messages %}{% if m.content is string %}{{ m.content }}{% else %}{% for p in m.content %}{{ p.text }}{% endfor %}{% endif %}{% endfor %}"
    old, new = (parts + branch.replace("WORD", word) for word in ("<one>", "<two>"))
    findings, _ = judged(old, new)

    assert ["chat-template-render-changed"] == [finding.rule for finding in findings]


@pytest.mark.parametrize("empty", ["", "{# nothing #}"])
@pytest.mark.parametrize("other", ["{# more #}", CHATML])
def test_a_template_of_no_words_renders_nothing_and_is_judged(empty: str, other: str) -> None:
    """Beside another template and alone."""
    for old, new in ((empty, other), (other, empty)):
        findings, skips = judged(old, new)
        assert skips == ()
        assert bool(findings) is (other == CHATML)


@pytest.mark.parametrize("most", [1, 40])
def test_a_template_beside_others_has_no_more_room_than_they_leave_it(most: int) -> None:
    """Whichever of them changed: a release is judged by what all its templates take together."""
    long = "{% if messages %}" + "a" * 6000 + "{% endif %}"
    old, new = (
        {f"additional_chat_templates/{index}.jinja": end + (long if index == 0 else CHATML) for index in range(most)}
        for end in ("", "b")
    )
    for index in range(1, most):
        new[f"additional_chat_templates/{index}.jinja"] = CHATML
    state = compare(baseline=release(old), current=release(new)).state
    assert state.renders == compare(baseline=None, current=release(new)).state.renders

"""Chat templates by what they render: edits of the text alone are quiet, edits of the prompt are not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.diff.release import compare
from hfsemver.diff.template.template import TemplateChange, TemplateDiff, judge
from hfsemver.releases.formats.template import ChatTemplate
from hfsemver.releases.rendering.conversations import CONVERSATIONS
from hfsemver.releases.rendering.render import Kind, Outcome, Renders
from hfsemver.rules.template.chat_template_render_changed import chat_template_render_changed
from tests.builders import release

if TYPE_CHECKING:
    from collections.abc import Mapping

JINJA, CONFIG, LEGACY = "chat_template.jinja", "tokenizer_config.json", "chat_template.json"
PLAIN = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"
STRICT = "{% if messages[0].role == 'system' %}{{ raise_exception('no system prompt') }}{% endif %}" + PLAIN
REAL = Path(__file__).parents[4] / "shared" / "data" / "chat_templates"
TEMPLATES = sorted(REAL.rglob("*.jinja"))


def compared(old: Mapping[str, object], new: Mapping[str, object]) -> TemplateDiff:
    """Compare the templates of two sets of files."""
    return compare(baseline=release(old), current=release(new)).templates


def changed(old: str, new: str) -> TemplateChange:
    """Compare two texts of the one template, which must differ."""
    (change,) = compared({JINJA: old}, {JINJA: new}).changes
    return change


def titles(group: tuple[object, ...]) -> set[str]:
    """Return the conversations of a group."""
    return {seen.conversation.title for seen in group}  # type: ignore[attr-defined]  # groups hold RenderDiffs


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({CONFIG: {"chat_template": PLAIN}}, {JINJA: PLAIN}),
        ({JINJA: PLAIN}, {CONFIG: {"chat_template": PLAIN}}),
        ({LEGACY: {"chat_template": PLAIN}}, {JINJA: PLAIN}),
        ({CONFIG: {"chat_template": PLAIN}, LEGACY: {"chat_template": PLAIN}}, {JINJA: PLAIN}),
        ({CONFIG: {"chat_template": [{"name": "default", "template": PLAIN}]}}, {CONFIG: {"chat_template": PLAIN}}),
        ({JINJA: PLAIN, CONFIG: {"chat_template": "one"}}, {JINJA: PLAIN, CONFIG: {"chat_template": "two"}}),
        ({JINJA: PLAIN}, {JINJA: PLAIN.replace("%}", "  %}").replace("{{ m", "{{   m")}),
        ({JINJA: PLAIN}, {JINJA: "{# why #}" + PLAIN}),
        ({}, {JINJA: PLAIN}),
    ],
)
def test_a_move_or_another_spelling_is_no_change(old: Mapping[str, object], new: Mapping[str, object]) -> None:
    """The template in force has the same tree, wherever it stands and however it is written."""
    diff = compared(old, new)

    assert (diff.removed, diff.changes) == ((), ())


def test_a_move_is_known_to_rules_that_ask() -> None:
    """The two places of a template that moved are there for the rule about places."""
    (pair,) = compared({CONFIG: {"chat_template": PLAIN}}, {JINJA: PLAIN}).relocated

    assert [template.file for template in pair] == [CONFIG, JINJA]


BARE: dict[str, object] = {CONFIG: {}}
RAG = {"name": "rag", "template": PLAIN}


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        (BARE, {**BARE, JINJA: PLAIN}, ["default"]),
        (BARE, {CONFIG: {"chat_template": PLAIN}}, ["default"]),
        ({}, {JINJA: PLAIN}, ["default"]),
        ({JINJA: PLAIN}, {JINJA: PLAIN, "additional_chat_templates/rag.jinja": PLAIN}, ["rag"]),
        ({CONFIG: {"chat_template": PLAIN}}, {CONFIG: {"chat_template": PLAIN}, LEGACY: {"chat_template": "!"}}, [LEGACY]),
        ({**BARE, LEGACY: {"chat_template": "!"}}, {CONFIG: {"chat_template": PLAIN}, LEGACY: {"chat_template": "!"}}, ["default"]),
        ({}, {CONFIG: {"chat_template": PLAIN}}, []),
        ({CONFIG: {"chat_template": PLAIN}}, {**BARE, JINJA: PLAIN}, []),
        ({LEGACY: {"chat_template": PLAIN}}, {JINJA: PLAIN}, []),
        ({CONFIG: {"chat_template": [RAG]}}, {CONFIG: {"chat_template": [{**RAG, "name": "search"}]}}, []),
        ({**BARE, JINJA: PLAIN}, {CONFIG: {"chat_template": PLAIN}, LEGACY: {"chat_template": "!"}}, []),
    ],
)  # fmt: skip
def test_a_template_is_offered_where_nobody_had_it(
    old: Mapping[str, object], new: Mapping[str, object], names: list[str]
) -> None:
    """A first one and a new name are; another place, another name, or all that comes with a first tokenizer is not."""
    assert [template.name for template in compared(old, new).offered] == names


def test_a_processor_with_a_template_of_its_own_renders_another_than_the_one_it_shared() -> None:
    """It read the file at the root, and reads its own now: what it renders changed, and the default one moved."""
    diff = compared({**BARE, JINJA: PLAIN}, {CONFIG: {"chat_template": PLAIN}, LEGACY: {"chat_template": PLAIN + "!"}})

    assert [change.new.name for change in diff.changes] == [LEGACY]
    assert diff.changes[0].differing


def test_the_file_of_old_processors_is_theirs_when_a_default_one_comes() -> None:
    """Their prompt is what it was, so nothing changed for them."""
    legacy = {LEGACY: {"chat_template": PLAIN + "!"}}

    assert compared({**BARE, **legacy}, {CONFIG: {"chat_template": PLAIN}, **legacy}).changes == ()


def test_the_only_template_of_a_release_may_be_that_of_its_processor() -> None:
    """It is the default one, whatever its file: rendered for its faults, and followed to where it moves."""
    old, new = release({**BARE, LEGACY: {"chat_template": "{% if %}"}}), release({**BARE, JINJA: "{% if %}"})
    diff = compare(old, new)

    assert [fault.template.file for fault in compare(None, old).state.template_faults.faults] == [LEGACY]
    assert diff.templates.added == diff.templates.removed == ()
    assert [(before.file, after.file) for before, after in diff.templates.relocated] == [(LEGACY, JINJA)]


def test_the_template_of_an_old_processor_is_judged_on_its_own() -> None:
    """A processor that read ``chat_template.json`` reads the new file now, and what it renders changed."""
    old = {CONFIG: {"chat_template": PLAIN}, LEGACY: {"chat_template": PLAIN + "!"}}
    (change,) = compared(old, {JINJA: PLAIN}).changes

    assert (change.old.file, change.new.file) == (LEGACY, JINJA)
    assert change.differing


def test_other_words_with_the_same_renders_are_an_empty_change() -> None:
    """Renamed variables change the tree and no render: there is a change, and every group of it is empty."""
    change = changed(PLAIN, PLAIN.replace("m.", "message.").replace(" m ", " message "))

    assert (change.differing, change.refused, change.gained, change.limit, change.unknown) == ((), (), (), "", "")


def test_special_tokens_are_those_of_their_own_side() -> None:
    """A template that begins to name ``bos_token`` renders the one of its release."""
    old = {JINJA: PLAIN, CONFIG: {"bos_token": "<s>"}}
    (named,) = compared(old, {JINJA: "{{ bos_token }}" + PLAIN, CONFIG: {"bos_token": {"content": "<s>"}}}).changes
    (written,) = compared({**old, JINJA: "{{ bos_token }}" + PLAIN}, {JINJA: "<s>" + PLAIN}).changes

    assert named.differing[0].new == "<s><user>What is 2 + 3?"
    assert written.differing == ()


def test_what_raised_before_and_renders_now_is_gained() -> None:
    """A system prompt that was refused is an extension, and its loss a refusal; other conversations are equal."""
    system = {"system prompt", "system prompt and three turns", "system prompt and tools"}
    wider, narrower = changed(STRICT, PLAIN), changed(PLAIN, STRICT)

    assert (system, set(), set()) == (titles(wider.gained), titles(wider.differing), titles(wider.refused))
    assert (set(), set(), system) == (titles(narrower.gained), titles(narrower.differing), titles(narrower.refused))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (PLAIN, "{% if tools %}{{ tools | tojson }}{% endif %}" + PLAIN),
        (PLAIN, PLAIN.replace("{{ m.content }}", "{{ m.reasoning_content }}{{ m.content }}")),
        (PLAIN, PLAIN.replace("{{ m.content }}", "{{ m.content if m.content is string else m.content[-1].text }}")),
        (
            PLAIN,
            PLAIN.replace("{{ m.content }}", "{{ m.content }}{% for c in m.tool_calls %}{{ c.function }}{% endfor %}"),
        ),
        (PLAIN, PLAIN + "{% if enable_thinking is false %}<no>{% endif %}"),
    ],
    ids=["tools", "reasoning", "parts", "tool calls", "switch"],
)
def test_a_feature_that_was_lost_in_silence_is_gained_and_its_loss_a_change(old: str, new: str) -> None:
    """A template that ignored something rendered it for nobody; one that used it did so for somebody."""
    gain, loss = changed(old, new), changed(new, old)

    assert gain.gained
    assert (gain.differing, gain.refused) == ((), ())
    assert loss.differing


TOOLED = "{% for t in tools or [] %}{{ t | tojson }}{% endfor %}" + PLAIN
# What a template may begin to leave out, each with the conversation that shows it.
EDITS = {
    "two tools": (TOOLED, TOOLED.replace("tools or []", "(tools or [])[:1]")),
    "25 turns": (PLAIN, PLAIN.replace("in messages", "in messages[-6:]")),
    "system prompt between turns": (
        PLAIN,
        PLAIN.replace("in messages", "in messages if m == messages[0] or m.role != 'system'"),
    ),
    "two questions in a row": (
        PLAIN,
        PLAIN.replace(
            "in messages",
            "in messages if m == messages[-1] or messages | map(attribute='role') | list != ['user', 'user']",
        ),
    ),
}


@pytest.mark.parametrize("title", EDITS)
def test_what_a_template_leaves_out_of_a_larger_conversation_is_a_change(title: str) -> None:
    """A second tool, an early turn, a later system prompt or one of two questions is lost: the prompt is another one."""
    old, new = EDITS[title]
    change = changed(old, new)
    diff = compare(baseline=release({JINJA: old}), current=release({JINJA: new}))
    findings = list(chat_template_render_changed.run(diff))

    assert titles(change.differing) == {title}
    assert (change.refused, change.gained) == ((), ())
    assert len(findings) == 1


@pytest.mark.parametrize("title", ["two tools", "system prompt between turns"])
def test_what_no_render_showed_before_is_gained(title: str) -> None:
    """A second tool or a later system prompt that was lost in silence served nobody."""
    new, old = EDITS[title]
    change = changed(old, new)

    assert titles(change.gained) == {title}
    assert (change.differing, change.refused) == ((), ())


def test_a_talk_that_was_cut_was_rendered_for_somebody() -> None:
    """Whoever talked on got a prompt of the last turns, and gets another one now."""
    new, old = EDITS["25 turns"]

    assert titles(changed(old, new).differing) == {"25 turns"}


ALTERNATING = (
    "{% for m in messages if m.role in ('user', 'assistant') %}{% if (m.role == 'user') != loop.index0 is even %}"
    "{{ raise_exception('roles must alternate') }}{% endif %}{% endfor %}"
)


def test_two_questions_that_raise_on_both_sides_are_no_change() -> None:
    """Many templates insist on alternating roles: raising is no render, and rendering from now on is an extension."""
    strict = ALTERNATING + PLAIN
    both, wider = changed(strict, "{% set x = 1 %}" + strict), changed(strict, PLAIN)

    assert (both.differing, both.refused, both.gained, both.unknown) == ((), (), (), "")
    assert titles(wider.gained) == {"two questions in a row"}
    assert (wider.differing, wider.refused) == ((), ())


def test_a_template_that_no_longer_compiles_refuses_everything() -> None:
    """A syntax error of the current template is met in every conversation that was rendered."""
    change = changed(PLAIN, PLAIN + "{% endif %}")

    assert len(CONVERSATIONS) == len(change.refused)
    assert change.refused[0].new.startswith("TemplateSyntaxError")


@pytest.mark.data
@pytest.mark.skipif(not TEMPLATES, reason="needs real chat templates beside the project")
def test_real_templates_written_otherwise_render_the_same() -> None:
    """Published templates with other blanks inside their tags, a comment and a statement that says nothing: no group has a member."""
    for path in TEMPLATES:
        text = path.read_text()
        spelt = "{# a comment #}{% set nobody_reads_this = 1 %}" + text.replace("{%- ", "{%-   ").replace(
            " }}", "\n  }}"
        )
        for change in compared({JINJA: text}, {JINJA: spelt}).changes:
            assert (change.differing, change.refused, change.gained, change.limit, change.unknown) == (
                (),
                (),
                (),
                "",
                "",
            ), path


KINDS = st.sampled_from([Outcome(kind=kind, text=text) for kind in Kind for text in ("a", "b")])
SIDE = st.lists(KINDS, min_size=len(CONVERSATIONS), max_size=len(CONVERSATIONS)).map(tuple)
OLD, NEW = (ChatTemplate(name="default", text=text, file=JINJA) for text in ("old", "new"))


@given(SIDE, SIDE)
def test_what_could_not_be_judged_is_never_silent(old: tuple[Outcome, ...], new: tuple[Outcome, ...]) -> None:
    """Law 7: no conversation is in two groups, and a limit or an unknown always says so."""
    change = judge(OLD, NEW, Renders(old=old, new=new))
    told = [seen.conversation.title for group in (change.differing, change.refused, change.gained) for seen in group]
    unsure = any(outcome.kind in (Kind.LIMIT, Kind.UNKNOWN) for outcome in (*old, *new))

    assert len(told) == len(set(told))
    assert unsure == bool(change.limit or change.unknown)


RENDERED = [Outcome(kind=kind, text=text) for kind in (Kind.TEXT, Kind.ERROR) for text in ("a", "b")]


@given(st.lists(st.sampled_from(RENDERED), min_size=len(CONVERSATIONS), max_size=len(CONVERSATIONS)).map(tuple))
def test_equal_renders_are_no_change(side: tuple[Outcome, ...]) -> None:
    """Law 1: whatever a template renders, it does not differ from itself."""
    change = judge(OLD, NEW, Renders(old=side, new=side))

    assert (change.differing, change.refused, change.gained) == ((), (), ())

"""Rendering in the child: the same bytes as transformers gives, and an end for whatever a template tries."""

from __future__ import annotations

import warnings
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hfsemver.diff.template.witness import LINES, WIDTH, witness
from hfsemver.releases.rendering.conversations import CONVERSATIONS
from hfsemver.releases.rendering.render import Kind, Outcome, Renders, Source, render_pairs
from hfsemver.releases.rendering.render_child import NOW
from tests.hostile_templates import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

TOKENS = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
REAL = Path(__file__).parents[4] / "shared" / "data" / "chat_templates"
TEMPLATES = sorted(REAL.rglob("*.jinja"))
PLAIN = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"

# What real templates do, in a few lines each: these run where the real ones are absent.
USAGES = (
    PLAIN,
    "{{ bos_token }}{{ messages | tojson }}{{ tools | tojson(indent=2) if tools }}",
    "{%- if add_generation_prompt %}\n    {{- '<|assistant|>\\n' }}\n{%- endif %}",
    "{% set ns = namespace(n=0) %}{% for m in messages %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n }}",
    "{% for m in messages %}{% if m.role == 'system' %}{% continue %}{% endif %}{{ m['content'] }}{% break %}{% endfor %}",
    "{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}{% endfor %}",
    "{{ strftime_now('%d %b %Y') }} {{ dict(a=1) | tojson }} {{ messages[0].content.strip().split(' ')[-1] }}",
    "{{ raise_exception('never') if messages[0].role == 'system' }}{{ messages[-1].get('tool_calls') }}",
    "{% macro say(m) %}{{ m.role | upper }}: {{ m.content | trim }}{% endmacro %}{% for m in messages %}{{ say(m) }}{% endfor %}",
    "{{ (messages | selectattr('role', 'equalto', 'user') | list)[0].content | title | wordwrap(7) }}",
    "{{ messages | map(attribute='role') | join(', ') }} {{ lipsum(n=1) if false }} {{ {} | pprint }} {{ undefined }}",
    "{{ messages[0].content + 1 }}",
    "{% set x %}{{ messages | length }}{% endset %}{{ '%s!' | format(x) }} {{ x ~ enable_thinking }} {{ documents is none }}",
    "{{ namespace(_x=1)._x }}",
)  # fmt: skip


class Stopped(datetime):
    """The clock at the time that templates see."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Stopped:
        """Return that time, whatever the zone."""
        assert tz is None
        return cls.fromtimestamp(NOW.timestamp(), NOW.tzinfo)


@pytest.fixture
def reference(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The renderer of transformers, with the same clock."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        library = pytest.importorskip("transformers.utils.chat_template_utils")
        monkeypatch.setattr(library, "datetime", Stopped)
        library._compile_jinja_template.cache_clear()
        yield library
        library._compile_jinja_template.cache_clear()


def rendered(old: str, new: str, tokens: Mapping[str, str] = TOKENS) -> Renders:
    """Render one pair."""
    return render_pairs([(Source(template=old, tokens=tokens), Source(template=new, tokens=tokens))])[0]


def as_we_do(outcomes: tuple[Outcome, ...]) -> list[tuple[str, str]]:
    """Return our outcomes in the same form; the words of an exception are ours, its type is not."""
    return [(o.kind.value, o.text if o.kind is Kind.TEXT else o.text.partition(":")[0]) for o in outcomes]


def as_transformers(library: ModuleType, template: str) -> list[tuple[str, str]]:
    """Return what the library makes of every conversation: the text, or that it raised."""
    outcomes = []
    for conversation in CONVERSATIONS:
        given_ = dict(conversation.variables)
        messages = list(given_.pop("messages"))  # type: ignore[call-overload]  # every conversation has its list of messages
        try:
            texts, _ = library.render_jinja_template([messages], chat_template=template, **given_, **TOKENS)
        except Exception as error:  # noqa: BLE001 -- any exception of a template is an outcome
            outcomes.append(("error", type(error).__name__))
        else:
            outcomes.append(("text", texts[0]))
    return outcomes


@pytest.mark.parametrize("template", USAGES)
def test_what_templates_do_is_rendered_as_transformers_renders_it(template: str, reference: ModuleType) -> None:
    """Text for text and exception for exception, over every conversation."""
    assert as_transformers(reference, template) == as_we_do(rendered(template, PLAIN + "!").old)


@pytest.mark.data
@pytest.mark.skipif(not TEMPLATES, reason="needs real chat templates beside the project")
def test_real_templates_are_rendered_as_transformers_renders_them(reference: ModuleType) -> None:
    """Dozens of published templates, every conversation: the same bytes, the same exceptions."""
    assert len(TEMPLATES) > 50
    for path in TEMPLATES:
        text = path.read_text()
        renders = rendered(text, "{{ '' }}" + text)

        assert as_transformers(reference, text) == as_we_do(renders.old), path.name


@pytest.mark.data
@pytest.mark.skipif(not TEMPLATES, reason="needs real chat templates beside the project")
def test_real_templates_with_a_comment_are_the_same_tree() -> None:
    """A comment in front of a published template ends the question before anything is rendered."""
    pairs = [
        (Source(template=text, tokens={}), Source(template="{# told to nobody #}" + text, tokens={}))
        for text in (path.read_text() for path in TEMPLATES)
    ]
    for start in range(0, len(pairs), 16):
        assert all(render == Renders() for render in render_pairs(pairs[start : start + 16]))


def test_a_template_that_is_stopped_does_not_take_the_next_one_with_it() -> None:
    """Limits hold for a step: the pair after an endless one is rendered."""
    endless = Source(template=HOSTILE["nested loops"], tokens={})
    plain, other = (Source(template=text, tokens={}) for text in (PLAIN, PLAIN + "!"))
    first, second = render_pairs([(plain, endless), (plain, other)])

    assert {outcome.kind for outcome in first.new} == {Kind.LIMIT}
    assert {outcome.kind for outcome in second.new} <= {Kind.TEXT, Kind.ERROR}
    assert second.old[0].text + "!" == second.new[0].text


def test_rendering_is_the_same_every_time() -> None:
    """Dates, random choices and addresses in memory do not make two runs differ."""
    restless = "{{ strftime_now('%c') }}{{ range(1000) | random }}{{ lipsum() }}{{ cycler }}{{ raise_exception }}{{ messages[0] }}"
    first, second = (rendered(PLAIN, restless).new for _ in range(2))

    assert first[0].kind is Kind.TEXT
    assert first == second


def test_the_working_directory_is_not_imported_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ``jinja2.py`` or ``json.py`` in the repository that is judged is never run."""
    for name in ("jinja2", "json", "random", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'marker')!r}, 'w')\nraise SystemExit(1)\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    assert rendered(PLAIN, PLAIN + "!").new[0].kind is Kind.TEXT
    assert not (tmp_path / "marker").exists()


def test_too_much_text_is_not_rendered_and_says_so() -> None:
    """More template text than a child is given is unknown, not equal."""
    huge = Source(template="x" * (9 << 20), tokens={})

    assert {outcome.kind for outcome in render_pairs([(huge, huge)])[0].new} == {Kind.UNKNOWN}


TEXTS = st.text(alphabet="ab\n\x1b<>| é\u202e", max_size=400)


@settings(max_examples=200)
@given(TEXTS, TEXTS)
def test_a_witness_is_short_harmless_and_shows_a_difference(old: str, new: str) -> None:
    """Any two texts that differ give a few printable lines, one of which is marked."""
    lines = witness("title", old, new).split("\n")

    assert len(lines) <= LINES
    assert all(len(line) <= 6 * WIDTH and line.isprintable() for line in lines)
    assert old == new or any(line[:1] in "+-" and not line.startswith(("+++", "---")) for line in lines)


def test_a_witness_shows_a_late_difference_of_one_long_line() -> None:
    """What differs after thousands of equal characters is still to be seen."""
    assert "-" + "x" * 40 + "old" in witness("title", "x" * 5000 + "old", "x" * 5000 + "new").split("\n")

"""Two tokenizers with one vocabulary in one process: they do what each does in a process of its own."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hfsemver.releases.encoding import encode
from hfsemver.releases.encoding import opening as opening_module
from hfsemver.releases.encoding.encode import GAVE_UP, UNLOADED, UNREACHED, sessions
from hfsemver.releases.encoding.opening import Child, Encoder, opening
from hfsemver.releases.encoding.texts import texts
from tests.diff.tokenizer.test_tokenizer import KINDS, trained

if TYPE_CHECKING:
    from collections.abc import Iterator

STEPS: dict[str, list[Any]] = {
    "normalizer": [
        None, {"type": "NFKC"}, {"type": "Lowercase"}, {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}]},
        {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
    ],
    "pre_tokenizer": [
        None, {"type": "Whitespace"}, {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": True},
        {"type": "Split", "pattern": {"Regex": "[0-9]"}, "behavior": "Isolated", "invert": False},
    ],
    "post_processor": [
        None, {"type": "BertProcessing", "sep": ["</s>", 2], "cls": ["<s>", 1]},
        {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}},
        },
    ],
    "decoder": [
        None, {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        {"type": "WordPiece", "prefix": "##", "cleanup": True}, {"type": "Fuse"},
    ],
}  # fmt: skip
CHOSEN = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in STEPS.items()})
HOSTILE = {"type": "Split", "pattern": {"Regex": "(x+x+)+y"}, "behavior": "Isolated", "invert": False}


@pytest.fixture(scope="module", params=KINDS)
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The file of a trained tokenizer, whose added tokens no normalizer touches."""
    document: dict[str, Any] = json.loads(trained(request.param).to_str())
    assert not any(token["normalized"] for token in document["added_tokens"])
    return document


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Encoder]]:
    """What processes are started for."""
    started: list[Encoder] = []

    def begin(encoder: Encoder) -> Child:
        started.append(encoder)
        return opening_module.begin(encoder)

    monkeypatch.setattr(encode, "begin", begin)
    yield started
    monkeypatch.undo()


def alone(document: dict[str, Any], steps: dict[str, Any]) -> Encoder:
    return Encoder(data=json.dumps({**document, **steps}).encode())


def beside(document: dict[str, Any], steps: dict[str, Any]) -> Encoder:
    """Return a tokenizer that may be opened by its steps."""
    empty = {"added_tokens": [], "model": {"type": "BPE", "vocab": {}, "merges": []}}
    return Encoder(data=alone(document, steps).data, steps=json.dumps({**document, **steps, **empty}))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHOSEN, CHOSEN)
def test_a_tokenizer_beside_another_is_the_one_of_its_file(
    document: dict[str, Any], old: dict[str, Any], new: dict[str, Any]
) -> None:
    """Whatever steps either has or has not, in whichever order they are asked."""
    shown = (*texts()[::3], "<s> and <tool></s>", " <S> <tool>")
    with sessions(alone(document, old), alone(document, new)) as (one, other):
        apart = [one.encode(shown), other.encode(shown)]
    with sessions(alone(document, old), beside(document, new)) as (one, other):
        assert [one.encode(shown), other.encode(shown)] == apart
        assert [other.encode(shown), one.encode(shown)] == apart[::-1]


def test_one_process_serves_both(document: dict[str, Any], begun: list[Encoder]) -> None:
    """Or nothing would be gained."""
    with sessions(alone(document, {}), beside(document, {"normalizer": {"type": "Lowercase"}})) as both:
        assert [session.encode(["a"])[0].problem for session in both] == ["", ""]
    assert len(begun) == 1


@pytest.mark.parametrize(
    "steps", ["", "{}", "[" * 5000, '{"model": {"type": "BPE", "vocab": {}, "merges": []}, "normalizer": 1}']
)
def test_steps_that_the_library_refuses_mean_a_process_for_each(steps: str, begun: list[Encoder]) -> None:
    """And say nothing of either tokenizer."""
    plain = Encoder(data=trained("BPE").to_str().encode())
    with sessions(plain, Encoder(data=plain.data, steps=steps)) as (one, other):
        assert one.encode(texts()) == other.encode(texts())
    assert len(begun) == (3 if steps else 2)


def test_a_first_tokenizer_that_cannot_be_opened_blames_no_other(begun: list[Encoder]) -> None:
    """Each is opened by itself then, and says what is wrong with it."""
    sound = Encoder(
        data=trained("BPE").to_str().encode(), steps='{"model": {"type": "BPE", "vocab": {}, "merges": []}}'
    )
    with sessions(Encoder(data=b"{}"), sound) as (one, other):
        assert one.encode(["a"])[0].problem == UNLOADED
        assert other.encode(["a"])[0].problem == ""
    assert len(begun) == 3


def test_what_begins_anew_after_the_deadline_is_ended_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or a tokenizer that takes too long would have as long again, or forever."""
    monkeypatch.setattr(encode, "DEADLINE", 0.0)

    def begin(encoder: Encoder) -> Child:
        time.sleep(0.2)
        return opening_module.begin(encoder)

    monkeypatch.setattr(encode, "begin", begin)
    document = json.loads(trained("BPE").to_str())
    with sessions(alone(document, {}), beside(document, {})) as both:
        assert [session.encode(["a"])[0].problem for session in both] == [UNLOADED, UNLOADED]


def test_a_panic_of_the_second_is_no_panic_of_the_first() -> None:
    """The texts of the first are encoded before; what comes after finds nobody any more."""
    document = json.loads(trained("WordLevel").to_str())
    with sessions(alone(document, {}), beside(document, {"pre_tokenizer": HOSTILE})) as (one, other):
        assert one.encode(["the", "x" * 40])[1].problem == ""
        assert [seen.problem for seen in other.encode(["the", "x" * 40, "the"])] == ["", GAVE_UP, UNREACHED]


def test_what_is_opened_ahead_is_taken_once_and_ended_if_nobody_takes_it(begun: list[Encoder]) -> None:
    """Whoever comes second opens it anew."""
    plain, other = (Encoder(data=trained(kind).to_str().encode()) for kind in ("BPE", "Unigram"))
    with opening(plain, other) as ahead:
        idle = ahead.children[1][1]
        for _ in range(2):
            with sessions(plain, ahead=ahead) as (session,):
                assert session.encode(["the"])[0].problem == ""
        assert len(begun) == 1
        assert not ahead.holds(plain)
        assert idle.poll() is None
    assert idle.poll() is not None


def test_what_has_been_opened_ahead_is_not_opened_a_second_time_by_its_steps(begun: list[Encoder]) -> None:
    """Where there are processors enough, both were opened at once."""
    document = json.loads(trained("BPE").to_str())
    first, second = alone(document, {}), beside(document, {"normalizer": {"type": "Lowercase"}})
    with opening(first, alone(document, {"normalizer": {"type": "Lowercase"}})) as ahead:
        with sessions(first, second, ahead=ahead) as (_, session):
            assert session.encode(["THE"]) == session.encode(["the"])
        assert not ahead.children
    assert not begun

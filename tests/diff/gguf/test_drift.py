"""Headers of GGUF files against the files beside them: what contradicts is told, what a converter may write is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hfsemver.core.errors import FormatError
from hfsemver.core.promise import Kind
from hfsemver.diff.release import compare
from hfsemver.rules.gguf_example import gguf
from hfsemver.rules.unjudged import unjudged
from tests.builders import release
from tests.histories import DATA

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.diff.gguf.drift import Drifts
    from hfsemver.rules.gguf_example import Metadata, Value

REAL = DATA / "gguf" / "ik_llama.cpp"
NETWORK: Metadata = {"general.architecture": "llama", "llama.block_count": 2, "llama.embedding_length": 8}
CONFIG: dict[str, object] = {
    "model_type": "llama", "architectures": ["LlamaForCausalLM"], "num_hidden_layers": 2, "hidden_size": 8, "vocab_size": 8,
    "bos_token_id": 1, "eos_token_id": 2, "max_position_embeddings": 4096,
}  # fmt: skip
TALK = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}"
EOS, BOS, CONTEXT = "tokenizer.ggml.eos_token_id", "tokenizer.ggml.bos_token_id", "llama.context_length"
TOKENS, TEMPLATE = "tokenizer.ggml.tokens", "tokenizer.chat_template"
WEIGHTS = {"model.safetensors": {"q": "F32[4,4]"}}
VOCABULARY = {"tokenizer.json": {
    "model": {"type": "BPE", "vocab": {name: number for number, name in enumerate("abcdef")}, "merges": []},
    "added_tokens": [{"id": 6, "content": "<s>", "special": True}, {"id": 7, "content": "</s>", "special": True}],
}}  # fmt: skip
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 9\n"


def drifts(beside: Mapping[str, object], *, path: str = "x-F16.gguf", **keys: Value) -> Drifts:
    """Compare a header with these keys, in which two lines stand for a dot, with the files beside it."""
    written = {key.replace("__", "."): value for key, value in keys.items()}
    side = {**beside, path: gguf({**NETWORK, **written})}
    return compare(None, release(side)).state.gguf_drifts


def told(beside: Mapping[str, object], metadata: Metadata, path: str = "x-F16.gguf") -> list[str]:
    """Return the keys that contradict; nothing may be missing."""
    found = compare(None, release({**beside, path: gguf({**NETWORK, **metadata})})).state.gguf_drifts
    assert found.missing is None
    return [drift.key for drift in found.found]


def config(**values: object) -> dict[str, object]:
    """A release of a configuration, in which these values stand."""
    return {"config.json": {**CONFIG, **values}}


def card(lines: str) -> dict[str, object]:
    """A card with this front matter."""
    return {"README.md": f"---\n{lines}\n---\n"}


CONTRADICTIONS: Mapping[str, tuple[Mapping[str, object], Metadata, str]] = {
    "end": (config(), {EOS: 3}, EOS),
    "end of several": (
        {**config(), "generation_config.json": {"eos_token_id": [2, 4]}}, {EOS: 3}, EOS,
    ),
    "begin": (config(), {BOS: 2}, BOS),
    "context": (config(), {CONTEXT: 2048}, CONTEXT),
    "context in a part": (
        {"config.json": {"architectures": ["LlamaForCausalLM"], "text_config": CONFIG}}, {CONTEXT: 2048}, CONTEXT,
    ),
    "few tokens": ({**config(), **VOCABULARY}, {TOKENS: ("a",) * 5}, TOKENS),
    "many tokens": ({**config(), **VOCABULARY}, {TOKENS: ("a",) * 1025}, TOKENS),
    "licence": (card("license: mit"), {"general.license": "apache-2.0"}, "general.license"),
    "base": (
        {**config(), **WEIGHTS, **card("base_model: acme/one")},
        {"general.base_model.0.repo_url": "https://huggingface.co/acme/two"},
        "general.base_model",
    ),
    "version": ({**config(), **WEIGHTS, **card("version: 2.0")}, {"general.version": "v1.5"}, "general.version"),
    "template": ({**config(), "chat_template.jinja": TALK}, {TEMPLATE: TALK.replace("<", "[")}, TEMPLATE),
    "template in the configuration": (
        {**config(), "tokenizer_config.json": {"chat_template": TALK}}, {TEMPLATE: TALK.replace("<", "[")}, TEMPLATE,
    ),
    "template of a name": (
        {**config(), "additional_chat_templates/tool-use.jinja": TALK},
        {f"{TEMPLATE}.tool_use": TALK.replace("<", "[")},
        f"{TEMPLATE}.tool_use",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_what_contradicts_is_told(name: str) -> None:
    """Once, and nothing beside it."""
    beside, metadata, key = CONTRADICTIONS[name]
    assert told(beside, metadata) == [key]


HONEST: Mapping[str, tuple[Mapping[str, object], Metadata]] = {
    "nothing": (config(), {}),
    "all the same": (config(), {EOS: 2, BOS: 1, CONTEXT: 4096}),
    "one of several ends": ({**config(), "generation_config.json": {"eos_token_id": [3, 4]}}, {EOS: 4}),
    "the end of the configuration": ({**config(), "generation_config.json": {"eos_token_id": [3, 4]}}, {EOS: 2}),
    "the end of the tokenizer": ({**config(), **VOCABULARY, "tokenizer_config.json": {"eos_token": "</s>"}}, {EOS: 7}),
    "the separator of the tokenizer": (
        {**config(), **VOCABULARY, "tokenizer_config.json": {"eos_token": None, "sep_token": "</s>"}}, {EOS: 7},
    ),
    "the class token of the tokenizer": (
        {**config(), **VOCABULARY, "tokenizer_config.json": {"cls_token": "<s>"}}, {BOS: 6},
    ),
    "the end of a turn": (
        {
            **config(), **VOCABULARY,
            "tokenizer_config.json": {"eos_token": "a", "additional_special_tokens": ["</s>"]},
            "chat_template.jinja": "{% for m in messages %}{{ m.content }}</s>{% endfor %}",
        },
        {EOS: 7},
    ),
    "what is put around a text": (
        {
            **config(),
            "tokenizer.json": {
                **VOCABULARY["tokenizer.json"],
                "post_processor": {
                    "type": "TemplateProcessing", "single": [], "pair": [],
                    "special_tokens": {"<s>": {"id": "<s>", "ids": [6], "tokens": ["<s>"]}, "</s>": {"id": "</s>", "ids": [7]}},
                },
            },
        },
        {BOS: 6, EOS: 7},
    ),
    "no end anywhere": ({"config.json": {k: v for k, v in CONFIG.items() if k != "eos_token_id"}}, {EOS: 3}),
    "an encoder": (config(architectures=["LlamaModel"]), {EOS: 3, BOS: 3}),
    "a converter with ends of its own": (
        config(),
        {"general.architecture": "internlm2", "internlm2.block_count": 2, "internlm2.embedding_length": 8, EOS: 5},
    ),
    "a converter that mends templates": (
        {**config(), "chat_template.jinja": TALK},
        {"general.architecture": "glm4", "glm4.block_count": 2, "glm4.embedding_length": 8, TEMPLATE: TALK.replace("<", "[")},
    ),
    "a template of llama.cpp itself": ({**config(), "chat_template.jinja": TALK}, {TEMPLATE: "rwkv-world"}),
    "a window": (config(sliding_window=1024), {CONTEXT: 1024}),
    "scaled positions": (config(rope_scaling={"type": "yarn", "factor": 4.0}), {CONTEXT: 16384}),
    "scaled positions in the new spelling": (
        config(rope_parameters={"rope_type": "yarn", "factor": 4.0, "rope_theta": 1e4}), {CONTEXT: 16384},
    ),
    "positions scaled by the header": (config(), {CONTEXT: 16384, "llama.rope.scaling.type": "yarn"}),
    "another network": (config(), {"llama.block_count": 3, EOS: 9, BOS: 9, CONTEXT: 9}),
    "another width": (config(), {"llama.embedding_length": 16, EOS: 9, BOS: 9, CONTEXT: 9}),
    "a converter of other keys": (
        config(),
        {"general.architecture": "falcon", "falcon.block_count": 2, "falcon.embedding_length": 8, "falcon.context_length": 2048},
    ),
    "pictures": (config(), {"general.type": "mmproj", EOS: 9, "general.license": "mit"}),
    "rows without the added tokens": ({**config(), **VOCABULARY}, {TOKENS: ("a",) * 6}),
    "rows filled up": ({**config(), **VOCABULARY}, {TOKENS: ("a",) * 1024}),
    "no vocabulary": (config(), {TOKENS: ("a",)}),
    "no licence in the card": (card("tags: [x]"), {"general.license": "mit"}),
    "another licence": (card("license: other\nlicense_name: acme"), {"general.license": "mit"}),
    "some other licence in the header": (card("license: mit"), {"general.license": "other"}),
    "an unknown licence": (card("license: mit"), {"general.license": "acme-1"}),
    "a spelling of the licence": (card("license: apache-2.0"), {"general.license": "Apache License 2.0"}),
    "a family of licences": (card("license: gpl"), {"general.license": "gpl-3.0"}),
    "several licences": (card("license: [mit, apache-2.0]"), {"general.license": "mit"}),
    "the base of a copied model": (
        {**config(), **card("base_model: acme/one")}, {"general.base_model.0.repo_url": "https://huggingface.co/acme/zero"},
    ),
    "the base of a quantised model": (
        {**config(), **WEIGHTS, **card("base_model: acme/one\nbase_model_relation: quantized")},
        {"general.base_model.0.repo_url": "https://huggingface.co/acme/zero"},
    ),
    "a base that moved": (
        {**config(), **WEIGHTS, **card("base_model: old/One")},
        {"general.base_model.0.repo_url": "https://huggingface.co/new/one"},
    ),
    "one of two bases": (
        {**config(), **WEIGHTS, **card("base_model: [acme/one, acme/two]")},
        {"general.base_model.0.repo_url": "https://huggingface.co/acme/two"},
    ),
    "the model as its own base": (
        {**config(), **WEIGHTS, **card("base_model: acme/one")},
        {"general.name": "Two Instruct", "general.base_model.0.repo_url": "https://huggingface.co/acme/two-instruct"},
    ),
    "a base elsewhere": (
        {**config(), **WEIGHTS, **card("base_model: acme/one")}, {"general.base_model.0.repo_url": "https://example.org/x y"},
    ),
    "a spelling of the version": (
        {**config(), **WEIGHTS, **card("version: 1.0.0")}, {"general.version": "v1"},
    ),
    "a version out of a name": (
        {**config(), **WEIGHTS, **card("version: 2.0")}, {"general.name": "Acme v0.2", "general.version": "v0.2"},
    ),
    "a version in words": ({**config(), **WEIGHTS, **card("version: 2.0")}, {"general.version": "final"}),
    "a version of a copy": ({**config(), **card("version: 2.0")}, {"general.version": "1.0"}),
    "a line end": ({**config(), "chat_template.jinja": TALK + "\n"}, {TEMPLATE: TALK}),
    "line ends of another system": (
        {**config(), "chat_template.jinja": TALK.replace("{%", "\n{%-")}, {TEMPLATE: TALK.replace("{%", "\r\n{%-")},
    ),
    "another text of the same program": (
        {**config(), "chat_template.jinja": TALK}, {TEMPLATE: "{# who speaks #}" + TALK.replace("m.", "message.").replace("for m ", "for message ")},
    ),
    "a copy in the configuration": (
        {**config(), "chat_template.jinja": TALK, "tokenizer_config.json": {"chat_template": TALK.replace("<", "[")}},
        {TEMPLATE: TALK.replace("<", "[")},
    ),
    "a template of no file": (config(), {TEMPLATE: TALK}),
    "only the card beside it": (card("license: mit\nbase_model: acme/one\nversion: 2"), {
        EOS: 9, BOS: 9, CONTEXT: 9, TEMPLATE: TALK, "general.license": "mit", "general.version": "1",
        "general.base_model.0.repo_url": "https://huggingface.co/acme/zero",
    }),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_what_a_converter_may_write_is_not_told(name: str) -> None:
    """Each could be what an honest publisher has."""
    beside, metadata = HONEST[name]
    assert told(beside, metadata) == []


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("x.gguf", 1),
        ("gguf/x.gguf", 1),
        ("Q4_K_M/x-00001-of-00002.gguf", 1),
        ("acme-one-Q8_0/x.gguf", 1),
        ("draft/x.gguf", 0),
        ("a/gguf/x.gguf", 0),
        ("draft/x-Q8_0.gguf", 0),
    ],
)
def test_a_folder_of_another_model_is_left_alone(path: str, count: int) -> None:
    """Quantisations lie in folders of their own; whatever else lies in one may be anything."""
    assert len(told({**config(), **card("license: mit")}, {EOS: 3, "general.license": "gpl-3.0"}, path)) == 2 * count


def test_quantisations_that_share_a_fault_are_told_together() -> None:
    """Twenty files of one conversion are one edit."""
    one = gguf({**NETWORK, EOS: 3})
    side = {**config(), **{f"x-Q{n}_0.gguf": one for n in range(2, 9)}, "y-F16.gguf": gguf({**NETWORK, EOS: 2})}
    (drift,) = compare(None, release(side)).state.gguf_drifts.found

    assert drift.files == tuple(f"x-Q{n}_0.gguf" for n in range(2, 9))


def test_a_witness_shows_both_renders() -> None:
    """It is a talk that a consumer can render."""
    (drift,) = drifts({**config(), "chat_template.jinja": TALK}, tokenizer__chat_template=TALK.replace("<", "[")).found

    assert "<user>" in drift.witness
    assert "[user>" in drift.witness


def test_a_pointer_is_missing_where_something_is_beside_it() -> None:
    """Without anything to compare with there is nothing to miss."""
    assert compare(None, release({**config(), "x.gguf": POINTER})).state.gguf_drifts.missing is not None
    assert compare(None, release({"x.gguf": POINTER})).state.gguf_drifts.missing is None


def test_what_can_be_told_is_told_beside_a_missing_tokenizer() -> None:
    """The pointer hides ids, not the licence."""
    side = {
        **config(),
        **card("license: mit"),
        "tokenizer.json": POINTER,
        "tokenizer_config.json": {"eos_token": "</s>"},
    }
    found = drifts(side, general__license="apache-2.0", tokenizer__ggml__eos_token_id=3)

    assert [drift.key for drift in found.found] == ["general.license"]
    assert found.missing is not None


def test_a_malformed_file_is_no_release() -> None:
    """It is not judged at all."""
    with pytest.raises(FormatError, match=r"x\.gguf"):
        _ = compare(None, release({"x.gguf": b"GGUF\3"})).state.gguf_drifts


BEFORE: Metadata = {**NETWORK, EOS: 2, TOKENS: ("a", "b"), TEMPLATE: TALK, "general.name": "One"}


@pytest.mark.parametrize(
    ("now", "rule", "words"),
    [
        ({**BEFORE, EOS: 3}, "config-value-changed", f"{EOS} changed from 2 to 3"),
        ({**BEFORE, CONTEXT: 9}, "config-value-changed", f"{CONTEXT} is new"),
        ({**BEFORE, TEMPLATE: TALK + "!"}, "config-value-changed", f"{TEMPLATE} changed"),
        ({**BEFORE, TOKENS: ("a", "c")}, "tokenization-changed", f"{TOKENS} changed"),
        ({**BEFORE, "general.license": "mit"}, "license-tightened", "general.license is new"),
        ({**NETWORK, TEMPLATE: TALK, EOS: 2}, "tokenization-changed", f"{TOKENS} is gone"),
        ({**BEFORE, "general.name": "Two", "general.tags": ("x",)}, None, ""),
    ],
)
def test_a_changed_header_is_never_passed_over(now: Metadata, rule: str | None, words: str) -> None:
    """A release of GGUF files alone has no other file whose change would be judged."""
    names = ("x-Q4_0.gguf", "x-Q8_0.gguf")
    diff = compare(release(dict.fromkeys(names, gguf(BEFORE))), release(dict.fromkeys(names, gguf(now))))
    wanted = f"x-Q4_0.gguf (with 1 more): {words}, and no rule judges a header by the one before"

    assert [(skip.rule, skip.reason) for skip in unjudged(diff)] == ([] if rule is None else [(rule, wanted)])


def test_a_change_that_a_finding_tells_is_no_skip_as_well() -> None:
    """One edit is told once."""
    before = {**config(), "x.gguf": gguf({**NETWORK, EOS: 2})}
    after = {**config(), "x.gguf": gguf({**NETWORK, EOS: 3})}

    diff = compare(release(before), release(after))
    assert unjudged(diff) == ()
    # One that the policy leaves out tells nothing, so that the change is what is left to tell.
    left = unjudged(diff.leaving_out(frozenset({"gguf-metadata-drift"})))
    assert [skip.rule for skip in left] == ["config-value-changed"]


@pytest.mark.parametrize(
    ("side", "kind"),
    [
        ({"x-Q4_K_M.gguf": gguf({})}, Kind.QUANTIZED),
        ({"q8_0/x-00001-of-00002.gguf": b"", "x.IQ3_XXS.gguf": b""}, Kind.QUANTIZED),
        ({"x-F16.gguf": gguf({})}, Kind.GENERATIVE),
        ({"x.gguf": POINTER}, Kind.GENERATIVE),
        ({"x-Q4_K_M.gguf": b"", **config()}, Kind.GENERATIVE),
    ],
)
def test_the_kind_of_a_release_of_gguf_files(side: Mapping[str, object], kind: Kind) -> None:
    """By the names, else by the header, and by ``config.json`` where there is one."""
    assert release(side).kind is kind


@pytest.mark.data
@pytest.mark.skipif(not REAL.is_dir(), reason="the real vocabularies are not here")
def test_a_real_header_agrees_with_the_model_that_it_was_made_of() -> None:
    """Phi-3 mini, as the converter of llama.cpp wrote its vocabulary."""
    data = (REAL / "ggml-vocab-phi-3.gguf").read_bytes()
    settings = {
        "model_type": "phi3", "architectures": ["Phi3ForCausalLM"], "num_hidden_layers": 32, "hidden_size": 3072,
        "vocab_size": 32064, "max_position_embeddings": 4096, "bos_token_id": 1, "eos_token_id": 32000,
    }  # fmt: skip
    sound = compare(None, release({"config.json": settings, "x.gguf": data})).state.gguf_drifts
    faulty = compare(
        None, release({"config.json": {**settings, "eos_token_id": 32007}, "x.gguf": data})
    ).state.gguf_drifts

    assert sound.found == ()
    assert [(drift.key, drift.own, drift.other) for drift in faulty.found] == [(EOS, "32000", "{32007}")]

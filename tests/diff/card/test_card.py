"""Front matter against front matter: spelling is no change, and every change is there once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.card.base_ids import base_id
from hfsemver.diff.card.card import CardDiff, compare_cards
from tests.builders import release


def card(front: str | None, **files: object) -> dict[str, object]:
    held = {name.replace("_json", ".json"): content for name, content in files.items()}
    return {**held, "README.md": "# Card\n" if front is None else f"---\n{front}\n---\n"}


def compared(old: str | None, new: str | None, **files: object) -> CardDiff:
    return compare_cards(release(card(old, **files)), release(card(new, **files)))


def keys(diff: CardDiff) -> list[str]:
    return [change.key for change in diff.fields]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("language: en", "language: [en]"),
        ("tags: [a, b]", "tags:\n- b\n- a"),
        ("license: 'mit'", 'license: "mit"'),
        ("a: 1\nb: 2", "b: 2\na: 1"),
        ("widget:\n- text: a\n  example_title: ''", "widget:\n  text: a"),
        ("tags: []", "tags:"),
        ("tags: []", None),
        ("model-index:\n- name: a\n  results: [{x: 1, y: 2}]", "model-index: [{results: [{y: 2, x: 1}], name: a}]"),
    ],
)
def test_another_spelling_is_no_change(old: str, new: str | None) -> None:
    """One value and a list of it, order of sets and keys, quotes, empty and absent."""
    assert keys(compared(old, new)) == []
    assert keys(compared(new, old)) == []


def test_every_field_that_differs_is_listed_once_and_sorted() -> None:
    """Added, removed and changed, with both sides as they were written."""
    diff = compared("b: 1\nversion: 1.0\nsame: x", "version: 1.00\nsame: x\na: [1, 2]")

    assert [(c.key, c.old, c.new) for c in diff.fields] == [
        ("a", None, ("1", "2")),
        ("b", "1", None),
        ("version", "1.0", "1.00"),
    ]
    assert str(diff.fields[0].location) == "README.md: a"


def test_the_order_of_other_lists_may_matter() -> None:
    """Widgets are shown in their order."""
    assert keys(compared("widget: [a, b]", "widget: [b, a]")) == ["widget"]


def test_a_first_release_changes_nothing() -> None:
    """Without a baseline there is nothing to differ from."""
    diff = compare_cards(None, release(card("pipeline_tag: fill-mask\nbase_model: a/b")))

    assert (diff.fields, diff.dispatch, diff.bases) == ((), (), ())


FRONTS = st.dictionaries(
    st.sampled_from(["tags", "license", "language", "x"]),
    st.lists(st.sampled_from(["a", "b", "c"]), max_size=3),
    max_size=4,
)


@given(FRONTS, FRONTS)
def test_the_change_back_mirrors_the_change(old: dict[str, list[str]], new: dict[str, list[str]]) -> None:
    """The same fields change in both directions, and none against itself."""
    one, two = ("\n".join(f"{key}: [{', '.join(items)}]" for key, items in side.items()) for side in (old, new))
    forth, back = compared(one, two), compared(two, one)

    assert keys(forth) == keys(back)
    assert [(c.old, c.new) for c in forth.fields] == [(c.new, c.old) for c in back.fields]
    assert keys(compared(one, one)) == []


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("pipeline_tag: text-generation", "pipeline_tag: fill-mask", ["pipeline_tag"]),
        ("library_name: transformers", "library_name: diffusers", ["library_name"]),
        ("library_name: peft\npipeline_tag: a", "library_name: x\npipeline_tag: b", ["library_name", "pipeline_tag"]),
        ("pipeline_tag: visual-question-answering", None, ["pipeline_tag"]),
        ("library_name: acme", "license: mit", ["library_name"]),
        ("license: mit", "pipeline_tag: fill-mask\nlibrary_name: x", []),
        ("library_name: Transformers", "library_name: transformers", []),
        ("pipeline_tag: conversational", "pipeline_tag: text-generation", []),
        ("pipeline_tag: text_generation", "pipeline_tag: text-generation", []),
        ("pipeline_tag: sentence-similarity", "tags: [sentence-similarity]", []),
    ],
)
def test_task_and_library_change_when_another_one_is_named(
    old: str | None, new: str | None, changed: list[str]
) -> None:
    """To name one for the first time, or to leave it to the tags, is no change."""
    assert [change.key for change in compared(old, new).dispatch] == changed


@pytest.mark.parametrize(
    ("front", "files"),
    [
        ("pipeline_tag: text-generation", {"config_json": {"architectures": ["LlamaForCausalLM"]}}),
        ("pipeline_tag: sentence-similarity", {"modules_json": []}),
        ("library_name: transformers", {"config_json": {}}),
        ("library_name: peft", {"config_json": {}, "adapter_config_json": {}}),
        ("library_name: sentence-transformers", {"config_json": {}, "modules_json": []}),
        ("library_name: diffusers", {"model_index_json": {}}),
    ],
)
def test_what_the_files_say_need_not_be_named(front: str, files: dict[str, object]) -> None:
    """The Hub infers it again when the field goes."""
    assert compared(front, None, **files).dispatch == ()


def test_files_that_say_another_task_do_not_excuse_its_loss() -> None:
    """The class of the network stands for one task only."""
    diff = compared("pipeline_tag: fill-mask", None, config_json={"architectures": ["LlamaForCausalLM", 7]})

    assert [change.key for change in diff.dispatch] == ["pipeline_tag"]


def bases(
    old: str | None, new: str | None, old_adapter: object = None, new_adapter: object = None
) -> list[tuple[str, str, str]]:
    sides = []
    for front, adapter in ((old, old_adapter), (new, new_adapter)):
        side = card(front)
        if adapter is not None:
            side["adapter_config.json"] = adapter if isinstance(adapter, dict) else {"base_model_name_or_path": adapter}
        sides.append(release(side))
    return [(str(change.location), change.old, change.new) for change in compare_cards(*sides).bases]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("base_model: a/b", "base_model: [A/B]"),
        ("base_model: [a/b, c/d]", "base_model: [c/d, a/b]"),
        ("base_model: a/b", "base_model: https://huggingface.co/a/b"),
        ("base_model: gpt2", "base_model: openai-community/gpt2"),
        ("base_model: roberta-base", "base_model: FacebookAI/roberta-base"),
        ("base_model: meta-llama/Meta-Llama-3.1-8B", "base_model: meta-llama/Llama-3.1-8B"),
        (None, "base_model: a/b"),
        ("license: mit", "base_model: a/b\nbase_model_relation: merge"),
        ("base_model: ./local", "base_model: a/b"),
        ("base_model: a/b", "base_model: a/b\nbase_model_relation: finetune"),
        ("base_model: a/b\nbase_model_relation: quantized", "base_model: a/b"),
        ("base_model: a/b\nbase_model_relation: fine-tuned", "base_model: a/b\nbase_model_relation: finetune"),
    ],
)
def test_the_same_base_and_a_first_mention_are_no_change(old: str | None, new: str | None) -> None:
    """Spelling, order, moved repositories, and saying for the first time what nobody had said otherwise."""
    assert bases(old, new) == []


@pytest.mark.parametrize(
    ("old", "new", "pointer"),
    [
        ("base_model: a/b", "base_model: a/c", "base_model"),
        ("base_model: a/b", "base_model: [a/b, a/c]", "base_model"),
        ("base_model: openai-community/gpt2", "base_model: other/gpt2", "base_model"),
        ("base_model: a/b", "license: mit", "base_model"),
        ("base_model: a/b", "base_model: ../local", "base_model"),
        ("base_model: a/b\nbase_model_relation: finetune", "base_model: a/b\nbase_model_relation: merge", "base_model_relation"),
        ("base_model: a/b\nbase_model_relation: finetune", "base_model: x/y\nbase_model_relation: merge", "base_model"),
    ],
)  # fmt: skip
def test_another_base_is_one_change(old: str, new: str, pointer: str) -> None:
    """Another id, one more, none any more, or another relation to the same one."""
    assert [where for where, _, _ in bases(old, new)] == [f"README.md: {pointer}"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a/b", "a/c", [("adapter_config.json: base_model_name_or_path", "a/b", "a/c")]),
        ("a/b", "/home/me/b", [("adapter_config.json: base_model_name_or_path", "a/b", "/home/me/b")]),
        ("/home/me/b", "/home/you/b", []),
        ("./b", "a/b", []),
        ("A/B", "a/b", []),
        ("a/b", None, []),
        (None, "a/b", []),
    ],
)
def test_an_adapter_moves_when_its_base_does(old: str | None, new: str | None, expected: object) -> None:
    """A path names a base on one machine only, so it says nothing, unless it takes the place of an id."""
    assert bases(None, None, old, new) == expected


def test_one_change_of_base_in_two_files_is_one_change() -> None:
    """Card and adapter config name the same base."""
    found = bases("base_model: a/b", "base_model: a/c", "a/b", "a/c")

    assert found == [("adapter_config.json: base_model_name_or_path", "a/b", "a/c")]


def test_two_changes_of_base_are_two() -> None:
    """The card went elsewhere than the adapter."""
    assert len(bases("base_model: a/b", "base_model: x/y", "a/b", "a/c")) == 2


def test_the_adapter_config_may_go_on_naming_the_base() -> None:
    """A card that was written anew without it hides nothing."""
    assert bases("base_model: a/b", None, "a/b", "a/b") == []


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [("abc", "def", True), ("abc", "abc", False), (None, "abc", False), ("abc", None, False), ("main", "abc", False)],
)
def test_another_pin_is_another_base(old: str | None, new: str | None, changed: bool) -> None:  # noqa: FBT001 -- a column
    """Two commits of the base are two sets of weights; to begin or to end pinning changes none."""
    sides = ({"base_model_name_or_path": "a/b", "revision": revision} for revision in (old, new))

    assert bool(bases(None, None, *sides)) is changed


@pytest.mark.parametrize(
    "name",
    [
        "/home/me/x",
        "./x",
        "../x",
        "~/x",
        "C:\\x",
        "a/b/c",
        "",
        "my model",
        "a\\b",
        "https://x.org/a",
        "/" * 400_000 + "x",
        "/tree/" * 60_000 + "\nx",
    ],
    ids=lambda name: name[:20],
)
def test_a_path_is_no_id(name: str) -> None:
    """Whatever cannot be looked up on the Hub says nothing of the base."""
    assert base_id(name) is None


@given(st.from_regex(r"[a-zA-Z0-9][a-zA-Z0-9-]{0,8}/[a-zA-Z0-9][a-zA-Z0-9-]{0,8}", fullmatch=True))
def test_an_id_in_one_spelling_stays_as_it_is(name: str) -> None:
    """Normalising twice changes nothing."""
    once = base_id(name)

    assert once is not None
    assert base_id(once) in (once, once.replace("meta-llama/meta-", "meta-llama/"))


def test_a_config_that_is_not_here_leaves_the_loss_of_the_task_undecided() -> None:
    """What the Hub would infer cannot be told without it: a skip, and neither a change nor none."""
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 9\n"

    with pytest.raises(EvidenceMissing):
        _ = compared("pipeline_tag: fill-mask", None, config_json=pointer).dispatch

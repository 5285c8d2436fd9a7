"""Chat templates from every place that may hold one, in the order in which transformers looks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.errors import EvidenceMissing, FormatError
from hfsemver.releases.formats.template import MAX_SIZE
from tests.builders import release

if TYPE_CHECKING:
    from collections.abc import Mapping

CONFIG = "tokenizer_config.json"
LIST = [{"name": "default", "template": "c"}, {"name": "tool_use", "template": "t"}]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({CONFIG: {"chat_template": "c"}}, {"default": "c"}),
        ({CONFIG: {"chat_template": LIST}}, {"default": "c", "tool_use": "t"}),
        ({CONFIG: {"chat_template": None}}, {}),
        ({CONFIG: {"chat_template": "c"}, "chat_template.jinja": "j"}, {"default": "j"}),
        ({CONFIG: {"chat_template": LIST}, "chat_template.jinja": "j"}, {"default": "j"}),
        ({"chat_template.jinja": "j", "additional_chat_templates/rag.jinja": "r"}, {"default": "j", "rag": "r"}),
        ({CONFIG: {"chat_template": "c"}, "additional_chat_templates/rag.jinja": "r"}, {"rag": "r"}),
        ({"chat_template.json": {"chat_template": "p"}}, {"default": "p"}),
        ({CONFIG: {"chat_template": "c"}, "chat_template.json": {"chat_template": "c"}}, {"default": "c"}),
        (
            {CONFIG: {"chat_template": "c"}, "chat_template.json": {"chat_template": "p"}},
            {"default": "c", "chat_template.json": "p"},
        ),
        ({"chat_template.jinja": "j", "chat_template.json": {"chat_template": "p"}}, {"default": "j"}),
        ({"chat_template.jinja": "a\r\nb\rc\n"}, {"default": "a\nb\nc\n"}),
        ({"other/chat_template.jinja": "j", "README.md": "# chat_template.jinja"}, {}),
    ],
)
def test_the_template_in_force_is_found(files: Mapping[str, object], expected: Mapping[str, str]) -> None:
    """A file of its own replaces the config, and old processors keep theirs only while no such file is there."""
    found = release(files).templates

    assert expected == {name: template.text for name, template in found.items()}
    assert [*found] == [template.name for template in found.values()]


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({CONFIG: {"chat_template": 3}}, "tokenizer_config.json: chat_template: a number, not a template"),
        ({CONFIG: {"chat_template": {"default": "c"}}}, "chat_template: an object, not a template"),
        ({CONFIG: {"chat_template": ["c"]}}, r"chat_template\[0\]: no object with a name"),
        ({CONFIG: {"chat_template": [{"name": "a"}]}}, r"chat_template\[0\].template: null, not a template"),
        ({CONFIG: {"chat_template": [LIST[0], LIST[0]]}}, r"chat_template\[1\]: the name 'default' is there twice"),
        ({CONFIG: {"chat_template": [{"name": str(n), "template": ""} for n in range(65)]}}, "65 chat templates"),
        ({CONFIG: {"chat_template": "x" * (MAX_SIZE + 1)}}, "1048577 characters"),
        ({"chat_template.jinja": "x" * (MAX_SIZE + 1)}, "chat_template.jinja: 1048577 bytes"),
        ({"chat_template.jinja": b"ab\xff"}, r"chat_template.jinja: not UTF-8 \(at byte 2\)"),
        ({"chat_template.json": {"chat_template": []}}, "chat_template.json: chat_template: an array, not a template"),
    ],
)
def test_a_malformed_place_is_a_named_error(files: Mapping[str, object], fault: str) -> None:
    """What is no template is an error with its place, never an absent template."""
    with pytest.raises(FormatError, match=fault):
        _ = release(files).templates


@pytest.mark.parametrize("where", ["chat_template.jinja", "additional_chat_templates/rag.jinja"])
@pytest.mark.parametrize(
    ("listed", "fault"),
    [
        ([{"name": "default"}, {"name": 1, "template": 2}, 5], r"chat_template\[0\].template: null"),
        ([LIST[0], {"name": 1, "template": "t"}], r"chat_template\[1\]: no object with a name"),
        ([LIST[0], 5], r"chat_template\[1\]: no object with a name"),
    ],
)
def test_a_malformed_list_is_an_error_also_where_a_file_replaces_it(where: str, listed: object, fault: str) -> None:
    """Whether the config is malformed does not depend on a file beside it."""
    for files in ({CONFIG: {"chat_template": listed}}, {CONFIG: {"chat_template": listed}, where: "j"}):
        with pytest.raises(FormatError, match=fault):
            _ = release(files).templates


def test_a_config_that_is_not_here_is_not_missed_where_a_file_replaces_it() -> None:
    """Only the pointer of the config is here, and the template in force is a file."""
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 12\n"

    assert ["default"] == list(release({CONFIG: pointer, "chat_template.jinja": "j"}).templates)
    with pytest.raises(EvidenceMissing):
        _ = release({CONFIG: pointer}).templates


@pytest.mark.filterwarnings("ignore")  # transformers warns about its own future while it is imported
@pytest.mark.parametrize(
    "files",
    [
        {CONFIG: {"chat_template": "c"}},
        {CONFIG: {"chat_template": LIST}},
        {CONFIG: {"chat_template": LIST}, "chat_template.jinja": "j\r\n"},
        {CONFIG: {"chat_template": LIST}, "additional_chat_templates/rag.jinja": "r"},
        {CONFIG: {}, "chat_template.jinja": "j", "additional_chat_templates/rag.jinja": "r"},
    ],
)
def test_transformers_finds_the_same_templates(
    files: Mapping[str, object], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The library that most consumers use loads exactly the templates that we take to be in force."""
    transformers = pytest.importorskip("transformers")
    folder = tmp_path_factory.mktemp("tokenizer")
    vocab = {"model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}, "added_tokens": [], "version": "1.0"}
    for path, content in ({"tokenizer.json": vocab} | dict(files)).items():
        (folder / path).parent.mkdir(exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / path).write_bytes(text.encode())
    loaded = transformers.PreTrainedTokenizerFast.from_pretrained(folder).chat_template
    expected = {"default": loaded} if isinstance(loaded, str) else dict(loaded)

    found = release(files).templates

    assert expected == {name: template.text for name, template in found.items()}
    assert [*found] == [template.name for template in found.values()]

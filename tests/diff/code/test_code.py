"""Code that comes with a release: what loaders run, what it needs, what others call; none of it is ever run here."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from hfsemver.core.errors import EvidenceMissing, FormatError
from hfsemver.diff.code.maps import code_references
from hfsemver.diff.code.modules import MAX_SIZE, PythonModule, reachable
from hfsemver.diff.release import compare
from tests.builders import release

MAPPED: dict[str, Any] = {
    "config.json": {"auto_map": {"AutoModel": "modeling.Net", "AutoTokenizer": ["tok.Slow", None]}}
}
EVIL = "import os\nos.makedirs('MARKER')\nraise SystemExit\n"


def imports(text: str) -> set[str]:
    return set(PythonModule("m.py", text.encode()).imports)


def test_references_are_found_wherever_loaders_look() -> None:
    """Models, tokenizers, processors, tasks, parts of a pipeline, and the handler of an endpoint."""
    side = release({
        "config.json": {
            "auto_map": {"AutoModel": "org/name--pkg.modeling.Net"},
            "custom_pipelines": {"chat": {"impl": "chat.ChatPipeline", "pt": ["AutoModel"]}},
        },
        "tokenizer_config.json": {"auto_map": {"AutoTokenizer": ["tok.Slow", "tok.Fast"]}},
        "preprocessor_config.json": {"auto_map": {"AutoImageProcessor": "image.Own"}},
        "model_index.json": {"_class_name": ["pipeline", "Own"], "unet": ["net", "Net"], "vae": ["diffusers", "VAE"]},
        "unet/net.py": "x = 1\n", "pipeline.py": "x = 1\n", "handler.py": "x = 1\n",
    })  # fmt: skip
    found = {(one.loader, one.repository, one.path, one.name) for one in code_references(side)}

    assert found == {
        ("AutoModel", "org/name", "pkg/modeling.py", "Net"), ("pipeline", "", "chat.py", "ChatPipeline"),
        ("AutoTokenizer", "", "tok.py", "Slow"), ("AutoTokenizer", "", "tok.py", "Fast"),
        ("AutoImageProcessor", "", "image.py", "Own"), ("diffusers _class_name", "", "pipeline.py", "Own"),
        ("diffusers unet", "", "unet/net.py", "Net"), ("endpoint", "", "handler.py", "EndpointHandler"),
    }  # fmt: skip


@pytest.mark.parametrize("value", [1, "no_module", "", "a/b--", "../../x.Y", "a b.C", {"x": 1}, ["--x.Y"], None])
def test_what_is_no_reference_names_no_file(value: Any) -> None:
    """A path is made of a module's name alone, so that nothing outside of the release is meant."""
    found = code_references(release({"config.json": {"auto_map": {"AutoModel": value}}}))

    assert all(".." not in one.path and not one.path.startswith("/") for one in found)
    assert [one for one in found if one.name == "Y"] == []


def test_imports_are_those_that_have_to_be_there() -> None:
    """As transformers looks for them: what is tried, guarded or only for types may be missing."""
    assert imports("import einops, os\nfrom flash_attn.x import y\nimport torch") == {"einops", "flash_attn"}
    assert imports("try:\n    import a\nexcept ImportError:\n    a = None") == set()
    assert imports("if is_flash_attn_available():\n    import a") == set()
    assert imports("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a") == set()
    assert imports("def f():\n    import a\n    from . import b\n    from .c import d") == {"a"}


def test_modules_are_followed_through_relative_imports() -> None:
    """Whatever a named module pulls in is run too; a script beside it is not."""
    files = {
        **MAPPED, "modeling.py": "from .layers.attention import A\nfrom . import util\n", "layers/attention.py": "from ..deep import D\n",
        "util.py": "", "deep.py": "from .modeling import Net\n", "train.py": "import modeling\n", "tok.py": "",
    }  # fmt: skip
    side = release(files)

    assert [*reachable(side, code_references(side))] == [
        "deep.py",
        "layers/attention.py",
        "modeling.py",
        "tok.py",
        "util.py",
    ]


def test_nothing_is_run_whatever_it_says(tmp_path: Any) -> None:
    """Both sides, every part of the comparison."""
    evil = EVIL.replace("MARKER", str(tmp_path / "marker"))
    before = set(sys.modules)
    diff = compare(
        release({**MAPPED, "modeling.py": evil}), release({**MAPPED, "modeling.py": evil + "class Net: pass\n"})
    ).code

    assert ([path for path, _ in diff.changed], diff.required, diff.imports) == (["modeling.py"], (), ())
    assert not [*tmp_path.iterdir()]
    assert "modeling" not in set(sys.modules) - before


@pytest.mark.parametrize("text", ["def", "x = \x00", "(" * 5_000, "a." * 200_000 + "a", "-" * 100_000 + "1"])
def test_what_cannot_be_parsed_is_changed_and_its_signatures_are_open(text: str) -> None:
    """It may be written for another Python; that it is another text is certain."""
    diff = compare(
        release({**MAPPED, "modeling.py": "class Net: pass\n"}), release({**MAPPED, "modeling.py": text})
    ).code

    assert [path for path, _ in diff.changed] == ["modeling.py"]
    assert diff.broken == ()
    with pytest.raises(EvidenceMissing, match="cannot be parsed"):
        diff.require_parsed()


def test_a_module_that_is_too_large_is_refused() -> None:
    """Parsing takes a hundred times the size."""
    huge = release({**MAPPED, "modeling.py": b"#" * (MAX_SIZE + 1)})
    with pytest.raises(FormatError, match=r"modeling\.py"):
        _ = compare(release({**MAPPED, "modeling.py": "x = 1\n"}), huge).code.changed


def test_a_tokenizer_that_comes_to_need_code_is_told_beside_a_model_that_always_did() -> None:
    """Who loads the tokenizer alone trusted nothing until now; another class of the model changes nothing for anybody."""
    model = {"config.json": {"auto_map": {"AutoModel": "modeling.Net"}}, "modeling.py": "class Net: pass\n"}
    plain = {**model, "tokenizer_config.json": {"tokenizer_class": "LlamaTokenizer"}}
    own = {
        **model,
        "tokenizer_config.json": {"auto_map": {"AutoTokenizer": ["tok.T", None]}},
        "tok.py": "class T: pass\n",
    }
    more = {**plain, "config.json": {"auto_map": {"AutoModel": "modeling.Net", "AutoModelForCausalLM": "modeling.Net"}}}

    assert [one.loader for one in compare(release(plain), release(own)).code.required] == ["AutoTokenizer"]
    assert compare(release(plain), release(more)).code.required == ()

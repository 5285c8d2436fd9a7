"""What a run loads: frameworks never, libraries only where they are used."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import builders
from tests.checkpoints import checkpoint, stream, tensor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hfsemver.rules.rule import ExampleFiles

ROOT = Path(__file__).parents[2]
FRAMEWORKS = {"torch", "transformers", "ray", "duckdb", "starlette", "tensorflow", "jax", "sentence_transformers"}
HEAVY = FRAMEWORKS | {
    "numpy",
    "git",
    "jinja2",
    "rich",
    "ruamel",
    "huggingface_hub",
    "tokenizers",
    "safetensors",
    "yaml",
}
CHILD = """
import json, sys
from hfsemver.cli.main import main
sys.argv = ["hfsemver", *sys.argv[1:]]
code = 0
try:
    main()
except SystemExit as stop:
    code = stop.code or 0
print(json.dumps({"code": code, "modules": sorted({name.partition(".")[0] for name in sys.modules})}), file=sys.stderr)
"""
BASELINE = {
    "model.embed_tokens.weight": "F32[16,8]",
    "lm_head.weight": "F32[16,8]",
    "config.json": {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 8},
    "tokenizer_config.json": {"chat_template": "{{ messages[0].content }}"},
    "pytorch_model.bin": checkpoint(stream(("w", tensor()))),
    "README.md": "---\nlicense: mit\nversion: 1.0.0\n---\n",
}
CURRENT = {
    **BASELINE,
    "model.embed_tokens.weight": "F32[16,8] seed=1",
    "pytorch_model.bin": checkpoint(stream(("w", tensor())), [b"\1" * 16]),
    "tokenizer_config.json": {"chat_template": "<s>{{ messages[0].content }}"},
    "README.md": "---\nlicense: mit\nversion: 1.0.1\n---\n",
}


def loaded(arguments: Iterable[str], folder: Path) -> tuple[int, set[str]]:
    """Run the command line in a child; return its exit code and the top-level modules that it had loaded."""
    command = [sys.executable, "-c", CHILD, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    answer = json.loads(done.stderr.splitlines()[-1])
    return answer["code"], set(answer["modules"])


def laid_out(folder: Path, side: ExampleFiles) -> Path:
    """Write one side of an example to disk."""
    folder.mkdir()
    for path, content in builders.files(side).items():
        (folder / path).write_bytes(content)
    return folder


def test_the_version_loads_nothing_heavy(tmp_path: Path) -> None:
    """``hfsemver --version`` pays for no library that it does not use."""
    code, modules = loaded(["--version"], tmp_path)

    assert code == 0
    assert not modules & HEAVY


@pytest.mark.parametrize("weights", ["header", "full"])
def test_a_check_loads_no_framework(tmp_path: Path, weights: str) -> None:
    """A check that reads weights, renders templates and reads the card loads no machine-learning framework."""
    baseline, current = laid_out(tmp_path / "a", BASELINE), laid_out(tmp_path / "b", CURRENT)

    code, modules = loaded(["check", str(current), "--baseline", str(baseline), "--weights", weights], tmp_path)

    assert code == 1
    assert not modules & FRAMEWORKS


def test_a_push_that_passes_loads_nothing_that_writes() -> None:
    """The hook waits for no module of the publishing floor: it is loaded where a push has something to record."""
    code = "import sys, hfsemver.cli.push, hfsemver.workflows.hook.chain; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "hfsemver.workflows.hook.chain" in done.stdout
    assert "hfsemver.publish" not in done.stdout


def test_the_checkout_does_not_shadow_an_installed_package() -> None:
    """The suite tests the package that is installed: the checkout is on the path only when it is installed in place."""
    import hfsemver

    here = Path(hfsemver.__file__).is_relative_to(ROOT / "hfsemver")
    on_path = any(Path(entry or ".").resolve() == ROOT for entry in sys.path)

    assert on_path is here

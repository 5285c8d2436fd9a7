"""Every format gives the same bytes, whatever the order of hashes, the time zone, the locale or the folder it runs in."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from hfsemver.reports.report import Format
from tests import builders

if TYPE_CHECKING:
    from pathlib import Path

    from hfsemver.rules.rule import ExampleFiles

CHILD = """
import sys
from hfsemver.cli.errors import guarded
from hfsemver.cli.main import invoke
from hfsemver.reports.report import Format
for form in Format:
    asked = ["check", sys.argv[1], "--baseline", sys.argv[2], "--declared", "1.0.1", "--format", form.value]
    assert guarded(invoke, asked) == guarded(invoke, [*asked, "--output", f"{sys.argv[3]}/{form.value}"]) == 1
"""
SETTINGS = (
    {"PYTHONHASHSEED": "0"},
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "2", "TZ": "America/Noronha", "LC_ALL": "tr_TR.UTF-8"},
    {"PYTHONHASHSEED": "random", "TZ": "UTC", "LC_ALL": "POSIX", "COLUMNS": "40"},
)
BASELINE: ExampleFiles = {
    **{f"model.layers.{number}.weight": "F32[4,4]" for number in range(20)},
    "m\u00fcll.\u202eweight": "F32[4]",
    "config.json": {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "id2label": {"0": "a", "1": "b"}},
    "tokenizer_config.json": {"chat_template": "{{ messages[0].content }}"},
    "README.md": "---\nlicense: mit\nversion: 1.0.0\n---\n",
}
CURRENT: ExampleFiles = {
    **{f"model.layers.{number}.weight": "F32[4,4] seed=1" for number in range(0, 20, 2)},
    "config.json": {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "id2label": {"0": "b", "1": "a"}},
    "tokenizer_config.json": {"chat_template": "<s>{{ messages[0].content }}"},
    "README.md": "---\nlicense: apache-2.0\nversion: 1.0.1\n---\n",
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, bytes]]:
    """Return for each setting what every format wrote into its file, and what all of them wrote to standard output."""
    return [_run(tmp_path_factory.mktemp("run"), setting) for setting in SETTINGS]


def _run(folder: Path, setting: dict[str, str]) -> dict[str, bytes]:
    for name, side in (("old", BASELINE), ("new", CURRENT), ("out", {})):
        (folder / name).mkdir()
        for path, content in builders.files(side).items():
            (folder / name / path).write_bytes(content)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    done = subprocess.run(
        [sys.executable, "-c", CHILD, "new", "old", "out"],
        cwd=folder,
        env={**environment, **setting},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()
    files = {path.name: path.read_bytes() for path in (folder / "out").iterdir()}
    return {**files, "standard output": done.stdout}


@pytest.mark.parametrize("form", [*Format, "standard output"])
def test_a_setting_of_the_machine_changes_no_byte(form: str, written: list[dict[str, bytes]]) -> None:
    """Four machines, one text: a report can be compared, signed and cached."""
    first, *others = [files[str(form)] for files in written]

    assert first
    assert all(other == first for other in others)


def test_a_file_holds_what_standard_output_shows(written: list[dict[str, bytes]]) -> None:
    """``--output`` changes where a report goes and nothing of what it says."""
    for files in written:
        assert files["standard output"] == b"".join(files[form.value] for form in Format)

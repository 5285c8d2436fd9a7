"""A check of a release full of programs: it reads all of them and runs none, in a process that is watched from inside."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.builders import files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Runs one check to load what a check needs, then watches a second one. Written out at the end: what it did besides reading.
WATCHED = """
import json, sys
from hfsemver.cli.errors import guarded
from hfsemver.cli.main import invoke

guarded(invoke, ["check", *json.loads(sys.argv[1]), "--output", "/dev/null"])
known, acts, watching = set(sys.modules), [], True

def watch(event, arguments):
    if not watching:
        return
    # Source is parsed, which is told as compile; only what is run counts.
    if event == "exec" or event.startswith(("socket.", "pickle.", "marshal.", "ctypes.", "urllib.", "shutil.")):
        acts.append(f"{event} {arguments!r}"[:300])
    elif event == "import" and arguments[0] not in known:
        acts.append(f"import {arguments[0]}")
    elif event in ("os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.startfile", "os.fork", "os.forkpty"):
        acts.append(f"{event} {arguments!r}"[:300])
    elif event == "subprocess.Popen":
        program, line = arguments[0], [str(word) for word in arguments[1]]
        ours = program == sys.executable and line[1] == "-I" and "hfsemver" in line[-1] + line[2]
        if not ours and program != "git":
            acts.append(f"subprocess.Popen {line!r}"[:300])

sys.addaudithook(watch)
code = int(guarded(invoke, ["check", *json.loads(sys.argv[1]), "--output", sys.argv[2]]))
watching = False
print(json.dumps({"code": code, "acts": acts}))
"""


class Payload:
    """A pickle that writes the marker when it is loaded."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {self.marker}",)


def pickled(marker: Path) -> bytes:
    """Return a checkpoint as ``torch.save`` lays it out, with a payload in the place of a tensor."""
    import pickle

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({"w": Payload(marker)}, protocol=2))
        archive.writestr("archive/version", "3\n")
    return out.getvalue()


def armed(marker: Path, version: str) -> Mapping[str, bytes]:
    """Return a release in which whatever could be run writes the marker."""
    line = f"import os\nos.system('touch {marker}')\nVERSION = '{version}'\n"
    names = ("modeling_x", "configuration_x", "tokenization_x", "yaml", "click", "jinja2", "numpy", "sitecustomize", "conftest",
             "setup", "handler", "hfsemver", "pipeline")  # fmt: skip
    escape = "{{ cycler.__init__.__globals__.os.popen('touch MARKER').read() }}".replace("MARKER", str(marker))
    vocabulary = {"model": {"type": "BPE", "vocab": {"a": 0, "b": 1, f"c{version}": 2}, "merges": []}}
    return files({
        **{f"{name}.py": line for name in names},
        "config.json": {"model_type": "x", "auto_map": {"AutoModel": "modeling_x.X", "AutoConfig": "configuration_x.C"}},
        "tokenizer.json": vocabulary,
        "tokenizer_config.json": {"auto_map": {"AutoTokenizer": ["tokenization_x.T", None]}, "eos_token": "a"},
        "chat_template.jinja": f"{escape}{version}{{% for m in messages %}}{{{{ m.content }}}}{{% endfor %}}",
        "README.md": f"---\nlicense: mit\nversion: {version}\n---\nIt answers.\n",
        "model.safetensors": {"w": f"F32[4,4] seed={version[0]}"},
        "pytorch_model.bin": pickled(marker),
        "training_args.bin": pickled(marker),
        ".hfsemver.yaml": "promise: derived\n",
    })  # fmt: skip


@pytest.mark.parametrize("form", ["json", "human", "sarif", "markdown"])
def test_a_check_runs_nothing_that_it_reads(tmp_path: Path, form: str) -> None:
    """No code, no pickle, no new module, no socket, and no program but git and its own two children."""
    marker = tmp_path / "marker"
    sides = []
    for version in ("1.0.0", "2.0.0"):
        folder = tmp_path / version
        folder.mkdir()
        for name, content in armed(marker, version).items():
            (folder / name).write_bytes(content)
        sides.append(folder)
    script = tmp_path / "watched.py"
    script.write_text(WATCHED)
    words = json.dumps([str(sides[1]), "--baseline", str(sides[0]), "--format", form])
    run = [sys.executable, "-P", str(script), words, str(tmp_path / "report")]
    # In the folder itself, where Python would find modules of other names first.
    done = subprocess.run(run, cwd=sides[1], capture_output=True, text=True, check=False, timeout=120)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"code": 1, "acts": []}
    assert not marker.exists()
    report = (tmp_path / "report").read_text()
    assert all(rule in report for rule in ("remote-code-changed", "token-id-remapped", "sibling-format-stale"))


def test_the_watcher_sees_what_it_is_for(tmp_path: Path) -> None:
    """A hook that notices nothing would prove nothing."""
    script = tmp_path / "watched.py"
    script.write_text(
        WATCHED.replace("code = int(", "exec('1'); import socket, this; socket.socket(); eval('2')\ncode = int(", 1)
    )
    done = subprocess.run(
        [sys.executable, "-P", str(script), '["--help"]', str(tmp_path / "report")],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip

    acts = [act.split()[0] for act in json.loads(done.stdout.splitlines()[-1])["acts"]]
    assert {"exec", "import", "socket.__new__"} <= {*acts}

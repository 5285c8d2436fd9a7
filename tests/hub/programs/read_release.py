"""Load what was published, in every way that people load a model, by the client alone."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from huggingface_hub import ModelCard, hf_hub_download, snapshot_download

repo_id, folder, *revisions = sys.argv[1:]


def digests(place: str) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder."""
    paths = [path for path in sorted(Path(place).rglob("*")) if path.is_file() and ".cache" not in path.parts]
    return {path.relative_to(place).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


snapshots = {
    revision: digests(snapshot_download(repo_id, revision=revision, cache_dir=f"{folder}/cache"))
    for revision in revisions
}
target = f"{folder}/typed"
hf = Path(sys.executable).with_name("hf")
subprocess.run(
    [hf, "download", repo_id, "--revision", revisions[0], "--local-dir", target], check=True, capture_output=True
)
config = json.loads(Path(hf_hub_download(repo_id, "config.json", revision=revisions[0])).read_text(encoding="utf-8"))
card = ModelCard.load(repo_id)
seen = {"snapshots": snapshots, "typed": digests(target), "config": config, "version": card.data.to_dict()["version"]}
sys.stdout.write(json.dumps(seen))

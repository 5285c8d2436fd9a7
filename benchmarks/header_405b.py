"""How long a check takes on two releases with the layout of a Llama of 405 billion parameters: 191 shards, 1,138 tensors.

Bar: one second for the whole process, from headers on disk; the same for two tags whose weights are LFS pointers without
objects, where only digests are there to compare. The peer lists the same headers with the safetensors library.
"""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from pathlib import Path

import _layouts as layouts
import _timing as timing

SHARDS = 191
GIT = ("git", "-c", "user.name=bench", "-c", "user.email=bench@example.invalid", "-c", "commit.gpgsign=false")


def write(folder: Path, version: str) -> None:
    """Write one of the releases."""
    layouts.write_release(folder, layouts.llama_405b(), SHARDS, layouts.LLAMA_405B, version)


def pointer(seed: str, size: int) -> str:
    """Return the text of an LFS pointer, https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md."""
    digest = hashlib.sha256(seed.encode()).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {size}\n"


def tagged(repository: Path, release: Path, version: str) -> None:
    """Commit a release with pointers in place of its shards and tag it."""
    for path in release.iterdir():
        if path.suffix == ".safetensors":
            seed = f"{path.name} {version}" if path.name.startswith("model-00001") else path.name
            (repository / path.name).write_text(pointer(seed, path.stat().st_size))
        else:
            (repository / path.name).write_bytes(path.read_bytes())
    (repository / ".gitattributes").write_text("*.safetensors filter=lfs diff=lfs merge=lfs -text\n")
    # Pointers are written as they are: the filter would take them for weights.
    raw = ("-c", "filter.lfs.clean=cat", "-c", "filter.lfs.process=", "-c", "filter.lfs.required=false")
    for command in (("add", "-A"), ("commit", "-q", "-m", version), ("tag", f"v{version}")):
        subprocess.run([*GIT, *raw, *command], cwd=repository, check=True, capture_output=True)


def main() -> None:
    """Build both releases twice, on disk and as tags, and time the checks."""
    with tempfile.TemporaryDirectory() as folder:
        baseline, current, repository = (Path(folder, name) for name in ("a", "b", "git"))
        for release, version in ((baseline, "1.0.0"), (current, "1.0.1")):
            timing.apart(write, release, version)
        repository.mkdir()
        subprocess.run([*GIT, "init", "-q"], cwd=repository, check=True)
        tagged(repository, baseline, "1.0.0")
        tagged(repository, current, "1.0.1")
        flags = ("--weights", "header", "--declared", "1.0.1", "--format", "json")
        check = timing.hfsemver("check", str(current), "--baseline", str(baseline), *flags)
        tags = timing.hfsemver("check", "@v1.0.1", "--baseline", "@v1.0.0", *flags)
        sides = {
            "check": timing.Side(command=check),
            "check tags": timing.Side(command=tags, codes=(0, 1), cwd=repository),
            "safetensors": timing.Side(command=timing.python(layouts.PEER, baseline, current)),
        }
        medians = timing.interleaved(sides)
        timing.report(
            "header_405b",
            {name: (medians[name]["wall_s"], 1.0) for name in ("check", "check tags")},
            shards=len(list(current.glob("*.safetensors"))),
            tensors=1138,
            medians=medians,
            ratios=timing.ratios(medians, "check"),
        )


if __name__ == "__main__":
    main()

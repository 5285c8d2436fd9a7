"""What the pre-push hook costs when no model file is in range: the push that happens ten times a day.

Bar: 150 ms for the whole hook. Beside it, a hook that does nothing: what git pays for having one at all.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import _layouts as layouts
import _timing as timing

TENSORS = {"model.norm.weight": ("F32", (64,)), "lm_head.weight": ("F32", (16, 64))}


def git(repository: Path, *arguments: str) -> str:
    """Run git with an identity of its own; return what it prints."""
    identity = ("-c", "user.name=bench", "-c", "user.email=bench@example.invalid", "-c", "commit.gpgsign=false")
    command = ("git", *identity, *arguments)
    return subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True).stdout.strip()


def main() -> None:
    """Release a model, push it, change its documentation, and time the hook on that push."""
    with tempfile.TemporaryDirectory() as folder:
        remote, repository = Path(folder, "remote.git"), Path(folder, "model")
        layouts.write_release(repository, dict(TENSORS), 1, {"model_type": "llama"}, "1.0.0")
        git(repository, "init", "-q", "-b", "main")
        git(repository, "init", "-q", "--bare", str(remote))
        git(repository, "remote", "add", "origin", str(remote))
        git(repository, "add", "-A")
        git(repository, "commit", "-q", "-m", "Release 1.0.0")
        git(repository, "tag", "v1.0.0")
        git(repository, "push", "-q", "origin", "main", "v1.0.0")
        old = git(repository, "rev-parse", "HEAD")
        (repository / "notes.md").write_text("Thanks to everybody.\n")
        git(repository, "add", "-A")
        git(repository, "commit", "-q", "-m", "Say thanks")
        subprocess.run(timing.hfsemver("hook", "install"), cwd=repository, check=True, capture_output=True)
        line = f"refs/heads/main {git(repository, 'rev-parse', 'HEAD')} refs/heads/main {old}\n".encode()
        hook = (str(repository / ".git" / "hooks" / "pre-push"), "origin", str(remote))
        sides = {
            "hook": timing.Side(command=hook, cwd=repository, stdin=line),
            "empty hook": timing.Side(command=("sh", "-c", "cat >/dev/null"), cwd=repository, stdin=line),
        }
        medians = timing.interleaved(sides, rounds=11)
        bars = {"wall_s": (medians["hook"]["wall_s"], 0.150)}
        timing.report("hook_idle", bars, medians=medians, ratios=timing.ratios(medians, "empty hook"))


if __name__ == "__main__":
    main()

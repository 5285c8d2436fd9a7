"""What was read once is not read again, whatever a policy makes of it."""

from __future__ import annotations

from collections import Counter

from hfsemver.core.rule_id import RuleId
from hfsemver.diff.release import compare
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.release import Release
from hfsemver.releases.source import ReadThrough
from hfsemver.tensors import Band
from tests import builders

OLD = {
    "body": "F32[64,64]",
    "gone": "F32[8,8]",
    "old_name": "F32[16,16]",
    "config.json": {"model_type": "bert", "vocab_size": 8},
}
NEW = {
    "body": "F32[64,64] seed=1",
    "came": "F32[4,4]",
    "new_name": "F32[16,16] of=old_name",
    "config.json": {"model_type": "bert", "vocab_size": 9},
}


class Counting:
    """A source that counts how often each range of each weight file is read."""

    def __init__(self, inner: MemorySource) -> None:
        self.inner = inner
        self.files = inner.files
        self.sha256 = inner.sha256
        self.reads: Counter[tuple[str, int, int | None]] = Counter()

    def read(self, path: str, start: int = 0, stop: int | None = None) -> bytes:
        """Read, and count."""
        if path.endswith(".safetensors"):
            self.reads[path, start, stop] += 1
        return self.inner.read(path, start, stop)

    def open_file(self, path: str) -> ReadThrough:
        return ReadThrough(self, path)


def test_a_second_policy_reads_no_weights_again() -> None:
    """Who allows a rule waits for the weights once."""
    sides = [Counting(MemorySource(builders.files(side))) for side in (OLD, NEW)]
    first = compare(Release(sides[0]), Release(sides[1]))
    told = first.updates.unrelated, first.health.faults
    before = [dict(side.reads) for side in sides]
    second = first.leaving_out(frozenset({RuleId.WEIGHTS_UNRELATED_TO_BASELINE, RuleId.WEIGHTS_CORRUPT}))

    assert told == (second.updates.unrelated, second.health.faults)
    assert second.updates.updated
    assert before == [dict(side.reads) for side in sides]


def test_what_is_compared_only_under_another_policy_is_read_then() -> None:
    """A cause that claims nothing leaves tensors to be compared that nobody looked at before."""
    old = {"packed": "F32[8,8]", "config.json": {"model_type": "bert"}}
    new = {"packed": "I8[8,8]", "config.json": {"model_type": "bert"}}
    first = compare(builders.release(old), builders.release(new))
    second = first.leaving_out(frozenset({RuleId.TENSOR_DTYPE_PACKED}))

    assert () == first.values.tensors
    assert ["packed"] == [seen.pair.name for seen in second.values.tensors]


def test_a_renamed_tensor_is_read_once() -> None:
    """Its bytes proved the renaming, so they need not be compared again."""
    tensors = {"old_name": "F32[16,16]"}, {"new_name": "F32[16,16] of=old_name"}
    sides = [Counting(MemorySource(builders.files(side))) for side in tensors]
    diff = compare(Release(sides[0]), Release(sides[1]))
    assert [Band.IDENTICAL] == [seen.band for seen in diff.values.tensors]

    header = {("model.safetensors", start, stop) for side in sides for (_, start, stop) in side.reads if start == 0}
    assert [1, 1] == [sum(n for read, n in side.reads.items() if read not in header) for side in sides]


def test_every_tensor_that_was_looked_at_counts_once() -> None:
    """The pair, the renamed one on both sides, and the new one alone; not the one that is gone and has no candidate."""
    diff = compare(builders.release(OLD), builders.release(NEW))
    assert not diff.health.faults

    pair, renamed, new = 2 * 64 * 64 * 4, 2 * 16 * 16 * 4, 4 * 4 * 4
    assert pair + renamed + new == diff.evidence.bytes_read

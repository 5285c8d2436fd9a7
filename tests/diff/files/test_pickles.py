"""Pickles are recognised without being loaded, and only what is new is news."""

from __future__ import annotations

import pytest

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.files.formats import compare_formats
from hfsemver.diff.files.pickles import PicklesDiff, compare_pickles
from tests.builders import release
from tests.diff.files.test_formats import pointers
from tests.releases.test_pickles import PICKLE, TENSORS, saved


def compared(old: dict[str, object] | None, new: dict[str, object]) -> PicklesDiff:
    baseline = None if old is None else release(old)
    current = release(new)
    return compare_pickles(baseline, current, compare_formats(baseline, current))


def reasons(diff: PicklesDiff) -> dict[str, str]:
    return {group.name: group.reason for group in diff.introduced}


def test_a_first_release_is_judged_by_itself() -> None:
    """Weights with a safetensors twin are no news, weights without one are, and so is what training left."""
    with_twin: dict[str, object] = {"pytorch_model.bin": PICKLE, "model.safetensors": TENSORS}

    assert reasons(compared(None, with_twin)) == {}
    assert reasons(compared(None, {"unet/a.fp16.bin": PICKLE, "unet/a.fp16.safetensors": TENSORS})) == {}
    assert reasons(compared(None, {"consolidated.00.pth": PICKLE, "model.safetensors": TENSORS})) == {}
    assert reasons(compared(None, {"pytorch_model.bin": PICKLE})) == {"pytorch_model.bin": "comes without safetensors"}
    assert reasons(compared(None, {**with_twin, "run/optimizer.pt": PICKLE, "run/rng_state_0.pth": PICKLE})) == {
        "run": "is left over from training"
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"pytorch_model.bin": PICKLE}, {"pytorch_model.bin": saved(zipped=True)}),
        (
            {"pytorch_model-00001-of-00003.bin": PICKLE},
            {"pytorch_model-00001-of-00002.bin": PICKLE, "pytorch_model-00002-of-00002.bin": PICKLE},
        ),
        ({"old.pt": PICKLE}, {"new.pt": PICKLE}),
        ({"pytorch_model.bin": PICKLE}, {"pytorch_model.bin": PICKLE, "model.safetensors": TENSORS}),
        ({"model.safetensors": TENSORS, "pytorch_model.bin": PICKLE}, {"model.safetensors": TENSORS}),
        ({"training_args.bin": PICKLE}, {"training_args.bin": saved(zipped=True)}),
    ],
)
def test_what_was_a_pickle_before_is_not_introduced(old: dict[str, object], new: dict[str, object]) -> None:
    """Other values, other shards, another name, a new twin, or none left: nobody has more code to run than before."""
    assert reasons(compared(old, new)) == {}


def test_a_new_pickle_and_a_lost_twin_are_introduced() -> None:
    """Both make consumers run code that they did not have to run."""
    safe: dict[str, object] = {"model.safetensors": TENSORS}
    both: dict[str, object] = {**safe, "pytorch_model.bin": PICKLE}

    assert reasons(compared(safe, both)) == {"pytorch_model.bin": "is new"}
    assert reasons(compared(both, {"pytorch_model.bin": PICKLE})) == {"pytorch_model.bin": "lost its safetensors twin"}


def test_a_file_that_may_have_been_a_pickle_before_is_unknown() -> None:
    """Its bytes of before are not here: that is a skip, and no finding."""
    diff = compared(pointers(**{"weights.dat": "content"}), {"weights.dat": PICKLE})

    assert reasons(diff) == {}
    with pytest.raises(EvidenceMissing):
        diff.require_complete()

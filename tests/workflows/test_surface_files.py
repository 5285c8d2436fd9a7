"""Surfaces as files: written whole or not at all, shown with what was compared, believed as far as it was."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.errors import EvidenceMissing, RefError, SourceError, UsageError
from hfsemver.core.surface import PATH
from hfsemver.releases.formats.surface import read_surface, write_surface
from hfsemver.releases.open import open_release
from hfsemver.releases.ref import parse_ref
from hfsemver.reports.surface import surface_as_text
from hfsemver.workflows.surface import describe, look_at, write_into
from tests.gitworld import GitWorld
from tests.workflows.surfaces import TENSORS, TRAINED, judge, lay

if TYPE_CHECKING:
    from pathlib import Path


def test_a_forged_surface_is_found_by_reading(old: Path) -> None:
    """True digests of the files, and another hash for a tensor: only the bytes can tell, and ``--verify`` asks them."""
    read = read_surface((old / PATH).read_bytes(), PATH)
    tensors = {name: dict(held) for name, held in read.tensors.items()}
    body = tensors["model.safetensors"]["body.weight"]
    assert look_at(str(old), verify=True).ok
    for forged in (
        replace(body, fingerprint=bytes(16)),
        replace(body, sums=(0.0, *body.sums[1:])),
        replace(body, nan=1),
        replace(body, squares=1.0),
    ):
        tensors["model.safetensors"]["body.weight"] = forged
        (old / PATH).write_bytes(write_surface(replace(read, tensors=tensors)))

        assert look_at(str(old), verify=False).ok
        assert look_at(str(old), verify=True).forged == ("model.safetensors: body.weight",)


def test_another_file_is_stale_and_not_forged(old: Path) -> None:
    """Its tensors are not told falsely: they were never told. Only its bytes show that, where its size is the same."""
    lay(old, TRAINED, "1.0.0")
    seen, read = look_at(str(old), verify=False), look_at(str(old), verify=True)

    assert (seen.ok, seen.unread) == (True, 3)
    assert "3 of 3 were not read: --verify reads them" in surface_as_text(seen, written=False)
    assert (read.ok, read.stale, read.forged) == (False, ("model.safetensors",), ())
    assert look_at(str(old / PATH), verify=True).stale == ("model.safetensors",)


def test_all_that_was_read_is_called_so(old: Path) -> None:
    """And nothing else is."""
    assert "byte for byte" in surface_as_text(look_at(str(old), verify=True), written=False)


def test_a_surface_on_its_own_vouches_for_nothing(old: Path, surface: Path) -> None:
    """What lies beside it is counted, and what does not is not called the same."""
    alone = look_at(str(surface), verify=False)
    shutil.copy(old / "model.safetensors", surface.parent)
    beside = look_at(str(surface), verify=False)

    assert (alone.here, beside.here) == (2, 3)
    assert "2 of 3 files are in it, or lie beside it" in surface_as_text(alone, written=False)
    with pytest.raises(UsageError, match="lies in no release"):
        look_at(str(surface), verify=True)


def test_a_surface_is_found_in_a_folder_full_of_other_things(surface: Path) -> None:
    """Only what it describes is looked for beside it: a folder of downloads holds more than any release may."""
    deep = surface.parent.joinpath(*("deep",) * 70)
    deep.mkdir(parents=True)

    assert look_at(str(surface), verify=False).here == 2


def test_what_a_killed_writer_left_is_no_part_of_a_release(old: Path) -> None:
    """No clone has it, and the surface would be stale in each of them."""
    (old / ".hfsemver" / ".surface.json.4711").write_bytes(b"half")
    write_into(str(old))
    (old / ".hfsemver" / ".surface.json.4711").unlink()

    assert look_at(str(old), verify=True).ok


@pytest.mark.parametrize("link", [".hfsemver", PATH])
def test_a_surface_is_not_written_through_a_link(old: Path, tmp_path: Path, link: str) -> None:
    """A repository may carry links that lead anywhere, and no reader follows them."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "surface.json").write_text("keep")
    shutil.rmtree(old / ".hfsemver")
    if link == PATH:
        (old / ".hfsemver").mkdir()
    (old / link).symlink_to(outside / "surface.json" if link == PATH else outside)

    with pytest.raises(SourceError, match="cannot be written"):
        write_into(str(old))
    assert (outside / "surface.json").read_text() == "keep"


def test_a_seed_that_somebody_chose_is_found(old: Path) -> None:
    """Signs that are chosen after the weights could hide a change of them."""
    read = read_surface((old / PATH).read_bytes(), PATH)
    (old / PATH).write_bytes(write_surface(replace(read, seed=read.seed ^ 1)))

    assert set(look_at(str(old), verify=True).forged) == {"seed", *(f"model.safetensors: {name}" for name in TENSORS)}


def test_a_release_that_changes_while_it_is_described_is_not_described(old: Path) -> None:
    """Digests of one state beside sketches of another would be a surface of nothing."""
    release = open_release(parse_ref(str(old)))
    assert release.files
    lay(old, TRAINED, "1.0.0")
    os.utime(old / "model.safetensors", ns=(0, 0))

    with pytest.raises(SourceError, match="was written to after it was listed"):
        describe(release)


def test_writing_twice_gives_the_same_bytes(old: Path) -> None:
    """So that a commit shows a change only where there is one."""
    first = (old / PATH).read_bytes()
    write_into(str(old))

    assert (old / PATH).read_bytes() == first
    assert json.loads(first)["schema"] == "hfsemver/surface/1"


def test_nothing_is_described_by_hearsay(tmp_path: Path) -> None:
    """A pointer without its object cannot be described, and what to type is said."""
    world = GitWorld.with_lfs(tmp_path / "model")
    lay(world.root, TENSORS, "1.0.0")
    world.commit({}, "first")
    pointer = world.git("show", "HEAD:model.safetensors")
    shutil.rmtree(world.root / ".git" / "lfs" / "objects")
    (world.root / "model.safetensors").write_text(pointer)
    with pytest.raises(EvidenceMissing, match=r"model\.safetensors"):
        write_into(str(world.root))


def test_a_surface_that_is_not_there(tmp_path: Path) -> None:
    """Neither one by its own path nor one in a release."""
    lay(tmp_path / "bare", TENSORS, "1.0.0")
    with pytest.raises(RefError, match="there is no surface"):
        judge(tmp_path / "bare", tmp_path / "surface.json")
    with pytest.raises(RefError, match=r"has no \.hfsemver"):
        look_at(str(tmp_path / "bare"), verify=False)
    with pytest.raises(RefError, match="is no folder"):
        write_into("@HEAD")

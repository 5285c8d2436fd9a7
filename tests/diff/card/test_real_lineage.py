"""Real cards with lineage: what the rules about one release find in all of them, each kind of finding looked at."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hfsemver.core.errors import EvidenceMissing, FormatError
from hfsemver.diff.card.licence_conflicts import licence_conflicts
from hfsemver.diff.card.recipes import missing_recipe
from hfsemver.diff.card.relations import contradicted_relation
from hfsemver.diff.card.undeclared import undeclared_base, unpinned_base
from hfsemver.diff.card.undetermined import undetermined_licence
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.release import Release

if TYPE_CHECKING:
    from collections.abc import Iterator

TREES = Path(__file__).parents[3].parent / "shared" / "data" / "lineage" / "hf-model-trees"
FILE = re.compile(r"rfilename='([^']*)'")
CONFIG, ADAPTER, CARD = "config.json", "adapter_config.json", "README.md"

pytestmark = [pytest.mark.data, pytest.mark.skipif(not TREES.is_dir(), reason="the cards are not here")]


def pointer(name: str) -> bytes:
    oid = hashlib.sha256(name.encode()).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 9\n".encode()


def build(model: dict[str, Any], card: str) -> Release:
    """Lay out what the table tells of a repository: the names of its files, its card, and the parsed part of its configs."""
    listed = (FILE.search(sibling) for sibling in model.get("siblings") or ())
    content = {name[1]: pointer(name[1]) for name in listed if name}
    config = model.get("config")
    if isinstance(config, dict) and CONFIG in content:
        content[CONFIG] = json.dumps({key: each for key, each in config.items() if key != "peft"}).encode()
    if ADAPTER in content:
        # The table leaves its content out.
        content[ADAPTER] = b"{}"
    if card.strip() in ("", "N/A"):
        card = f"---\n{model['card_data']}\n---\n" if isinstance(model.get("card_data"), str) else ""
    if card:
        content[CARD] = card.encode()
    return Release(MemorySource(content))


@pytest.fixture(scope="module")
def releases() -> dict[str, Release]:
    """Every repository once, in its newest state; a row without metadata tells of no files."""
    return dict(read())


def read() -> Iterator[tuple[str, Release]]:
    before = csv.field_size_limit(sys.maxsize)
    try:
        for path in sorted(TREES.glob("*.csv.gz")):
            with gzip.open(path, "rt", encoding="utf-8", newline="") as table:
                for row in csv.DictReader(table):
                    if row["metadata"].startswith("{"):
                        yield row["model_id"], build(json.loads(row["metadata"]), row.get("card") or "")
    finally:
        csv.field_size_limit(before)


def found(releases: dict[str, Release], judge: Any) -> dict[str, Any]:
    """Return what is found, by repository; what cannot be judged under the error."""
    kept: dict[str, Any] = {}
    for name, release in releases.items():
        try:
            if fault := judge(release):
                kept[name] = fault
        except (EvidenceMissing, FormatError) as error:
            kept[name] = error
    return kept


def test_a_fifth_has_no_licence_that_can_be_told(releases: dict[str, Release]) -> None:
    """No field or "licence" in its place (the template of TRL), other or unknown alone; nothing else was found."""
    faults = found(releases, undetermined_licence)
    kinds = Counter("error" if isinstance(fault, Exception) else fault.split(",")[0] for fault in faults.values())

    assert len(releases) == 829
    assert kinds == {
        "README.md has no license": 150,
        "license: other does not say which terms are meant": 14,
        "license: unknown does not say which terms are meant": 8,
        "error": 4,  # three texts that are pointers, one name of a file with a control character
    }


def test_laundered_licences_are_found_and_no_others(releases: dict[str, Release]) -> None:
    """Whole models under RAIL and Llama terms that were given permissive licences, each looked at."""
    faults = found(releases, lambda release: licence_conflicts(release).found)

    assert {
        (name, each.own, each.licence) for name, fault in faults.items() if isinstance(fault, tuple) for each in fault
    } == {
        ("gzzyyxy/layout_diffusion_hypersim_prompt_one_hot_multi_control_bs32_epoch24", "apache-2.0", "openrail++"),
        ("jy-zhu/Stable_Box_Diffusion", "apache-2.0", "openrail++"),
        ("sherooz/ahmed", "apache-2.0", "llama2"),
        ("sherooz/ahmed", "apache-2.0", "llama3.1"),
    }


@pytest.mark.parametrize("judge", [undeclared_base, unpinned_base, missing_recipe, contradicted_relation])
def test_cards_that_name_their_bases_raise_no_other_alarm(releases: dict[str, Release], judge: Any) -> None:
    """They are here because they name a base; the seven that were merged with mergekit carry its recipe."""
    faults = {name: fault for name, fault in found(releases, judge).items() if not isinstance(fault, Exception)}

    assert faults == {}
    assert sum("mergekit_config.yml" in release.files for release in releases.values() if is_listed(release)) == 7


def is_listed(release: Release) -> bool:
    """Whether its files can be listed on every system."""
    try:
        return bool(release.files)
    except FormatError:
        return False

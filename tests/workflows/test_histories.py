"""Real histories, replayed: every verdict over them is on record, right or a known false alarm with its cause."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.histories import ROOT, archives, original_commits, rebuild

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORD = Path(__file__).parents[1] / "golden" / "histories.tsv"
HEAD = ("repository", "commit", "rule", "bump", "judgement")

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not archives(), reason=f"no histories in {ROOT.parent.name}/{ROOT.name}"),
]


def recorded(name: str) -> dict[tuple[str, str, str], str]:
    """What is on record for one repository: commit, rule and bump, with the judgement of whoever looked at the diff."""
    with RECORD.open(encoding="utf-8", newline="") as table:
        rows = [row for row in csv.DictReader(table, delimiter="\t") if row["repository"] == name]
    return {(row["commit"], row["rule"], row["bump"]): row["judgement"] for row in rows}


def seen(name: str, folder: Path) -> Iterator[tuple[str, str, str]]:
    """What ``hfsemver log`` says over the whole history, under the commits of the original."""
    archive = next(path for path in archives() if path.name == f"{name}.tar.xz")
    world = rebuild(archive, folder)
    argv = [sys.executable, "-m", "hfsemver", "log", "--repository", str(world.root), "--format", "json"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=250)
    assert done.returncode == 0, done.stderr
    commits = json.loads(done.stdout)["commits"]
    originals = original_commits(world)
    assert len(originals) == len(commits)
    for commit in commits:
        original = originals[commit["commit"]]
        for change in commit["changes"]:
            yield original, change["rule"], change["bump"]
        for rule in commit["faults"]:
            yield original, rule, "policy"
        if commit["assumed"]:
            yield original, "weights changed, values not here", "minor"
        if commit["problem"]:
            yield original, "could not be judged", "-"


@pytest.mark.parametrize("name", [path.name.removesuffix(".tar.xz") for path in archives()])
def test_each_verdict_over_a_real_history_is_on_record(name: str, tmp_path: Path) -> None:
    """The log runs to its end, and finds what somebody judged and nothing else."""
    assert sorted(recorded(name)) == sorted(seen(name, tmp_path))


def test_each_record_is_judged() -> None:
    """A verdict is right, or a false alarm whose cause is known."""
    with RECORD.open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    assert rows
    assert [] == [row for row in rows if not row["judgement"].startswith(("right: ", "false alarm: ", "unjudged: "))]

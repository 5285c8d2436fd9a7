"""Every malformed release, as either side of a check: refused in one line, quickly, with nothing done besides."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from tests.hostile import runner
from tests.hostile.case import SIDES, SOUND, Case, Side
from tests.hostile.corpus import CASES, lay_out
from tests.hostile.yaml_files import MARKER
from tests.pace import pace

if TYPE_CHECKING:
    from tests.hostile.runner import Outcome

WORKERS = 2
SECONDS, MEBIBYTES = 2.0, 300.0
FAMILIES = ("safetensors", "gguf", "index", "json", "yaml", "git")
SMALLEST = {"safetensors": 60, "gguf": 60, "index": 20, "json": 40, "yaml": 30, "git": 20}
# Every so many cases of a family one is also run as its users would: a process that nothing was prepared for.
SAMPLE = 20


def arguments(case: Case, side: Side, root: Path, sound: Path) -> list[str]:
    """Lay a case out and return the command line that checks it on one side."""
    hostile = lay_out(case, root / re.sub(r"\W", "-", f"{case}-{side}"))
    current, baseline = (hostile, str(sound)) if side == "current" else (str(sound), hostile)
    return ["check", "--baseline", baseline, "--declared", "9.0.0", "--format", "json", "--", current]


def write_sound(folder: Path) -> Path:
    """Write the release that has no fault."""
    folder.mkdir()
    for name, data in SOUND.items():
        (folder / name).write_bytes(data)
    return folder


def run_forked(jobs: list[list[str]], sound: Path, folder: Path) -> list[Outcome]:
    """Run command lines in a pool of two forking processes."""
    sane = ["check", "--baseline", str(sound), "--declared", "9.0.0", "--format", "json", "--", str(sound)]

    def run_part(part: list[list[str]]) -> list[Outcome]:
        done = subprocess.run(
            [sys.executable, "-m", runner.__name__],
            input=json.dumps({"sound": sane, "jobs": part}),
            capture_output=True,
            text=True,
            check=False,
            env=surroundings(folder),
            cwd=Path(__file__).parents[2],
            timeout=280,
        )
        assert done.returncode == 0, done.stderr
        return cast("list[Outcome]", json.loads(done.stdout))

    with ThreadPoolExecutor(WORKERS) as pool:
        parts = list(pool.map(run_part, [jobs[start::WORKERS] for start in range(WORKERS)]))
    return [parts[number % WORKERS][number // WORKERS] for number in range(len(jobs))]


def surroundings(folder: Path) -> dict[str, str]:
    """Return the environment of a run, with a home and a temporary folder that must stay empty."""
    kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "COLUMNS")}
    for name in ("home", "tmp"):
        (folder / name).mkdir(exist_ok=True)
    own = {"HOME": str(folder / "home"), "XDG_CACHE_HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp")}
    return kept | own | {"PYTHONDONTWRITEBYTECODE": "1"}


def complaints(case: Case, outcome: Outcome) -> list[str]:
    """Return what a run did otherwise than every run has to."""
    lines = outcome["stderr"].splitlines()
    wrong = [] if outcome["code"] == case.code else [f"exit code {outcome['code']}, not {case.code}"]
    if case.finding:
        rules = {finding["rule"] for finding in json.loads(outcome["stdout"] or '{"findings": []}')["findings"]}
        wrong += [] if case.finding in rules else [f"no finding {case.finding} but {sorted(rules)}"]
        wrong += [f"standard error: {outcome['stderr']}"] if lines else []
    else:
        wrong += [f"standard output: {outcome['stdout'][:200]}"] if outcome["stdout"] else []
        form = (
            len(lines) == 2
            and lines[0].startswith("Error: ")
            and len(lines[1]) > len("Hint: ") == lines[1].find(" ") + 1
        )
        wrong += [] if form else [f"not one error and one hint: {outcome['stderr'][-2000:]}"]
        wrong += [f"{told!r} is not in: {lines[:1]}" for told in case.told if told not in "".join(lines[:1])]
    wrong += [f"not printable: {line!r}" for line in lines if not line.isprintable()]
    wrong += [f"a line of {len(line)} characters" for line in lines if len(line) > 1000]
    wrong += ["a traceback"] if "Traceback" in outcome["stderr"] else []
    wrong += [f"{outcome['seconds']:.2f} s of processor time"] if _is_slow(outcome["seconds"]) else []
    wrong += [f"{outcome['memory']:.0f} MiB"] if outcome["memory"] > MEBIBYTES else []
    return wrong + [f"did {act}" for act in outcome["acts"]]


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of change of everything below a folder; its own temporary folder has only to end empty."""
    found = {str(path): path.lstat() for path in folder.rglob("*") if path != folder / "tmp"}
    return {path: (status.st_size, status.st_mtime_ns) for path, status in found.items()}


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_malformed_release_is_refused_in_one_line(family: str, side: Side, tmp_path: Path) -> None:
    """On both sides: the documented code, one line with file and place, within time and memory, and nothing written."""
    sound = write_sound(tmp_path / "sound")
    cases = [case for case in CASES if case.family == family and side in case.sides]
    releases = tmp_path / "releases"
    jobs = [arguments(case, side, releases, sound) for case in cases]
    surroundings(tmp_path)
    before = snapshot(tmp_path)
    outcomes = run_forked(jobs, sound, tmp_path)
    wrong = {
        f"{case} as {side}": found
        for case, outcome in zip(cases, outcomes, strict=True)
        if (found := complaints(case, outcome))
    }
    assert not wrong, json.dumps(wrong, indent=1)
    assert snapshot(tmp_path) == before
    assert not list(tmp_path.rglob(f"{MARKER}*"))
    assert not Path(MARKER).exists()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_fresh_process_says_the_same(family: str, tmp_path: Path) -> None:
    """A sample of the corpus runs as ``python -m hfsemver`` does for its users; the forked runs stand for these."""
    sound = write_sound(tmp_path / "sound")
    cases = [case for case in CASES if case.family == family][::SAMPLE]
    jobs = [arguments(case, case.sides[-1], tmp_path / "releases", sound) for case in cases]
    forked = run_forked(jobs, sound, tmp_path)
    for case, argv, expected in zip(cases, jobs, forked, strict=True):
        done = subprocess.run(
            [sys.executable, "-m", "hfsemver", *argv],
            capture_output=True,
            check=False,
            env=surroundings(tmp_path),
            cwd=tmp_path,
            timeout=60,
        )
        assert not list((tmp_path / "home").iterdir()), case
        assert not list((tmp_path / "tmp").iterdir()), case
        assert (done.returncode, done.stderr.decode()) == (expected["code"], expected["stderr"]), case
        assert done.stdout.decode() == expected["stdout"], case


def test_the_sound_release_passes(tmp_path: Path) -> None:
    """What the corpus is refused for are its faults: without them the same command line exits with 0."""
    sound = write_sound(tmp_path / "sound")
    argv = ["check", "--baseline", str(sound), "--declared", "9.0.0", "--format", "json", "--", str(sound)]
    (outcome,) = run_forked([argv], sound, tmp_path)
    assert (outcome["code"], outcome["stderr"], outcome["acts"]) == (0, "", [])
    assert json.loads(outcome["stdout"])["findings"] == []


def test_the_corpus_is_as_large_as_it_has_to_be() -> None:
    """At least 230 files, none of them under the name of another."""
    counted = Counter(case.family for case in CASES)
    assert all(counted[family] >= least for family, least in SMALLEST.items()), counted
    assert sum(counted.values()) >= 230
    assert len({str(case) for case in CASES}) == len(CASES)


def _is_slow(seconds: float) -> bool:
    # How fast the machine is now is asked only where it may matter: there are hundreds of these.
    return seconds > SECONDS and seconds > SECONDS * pace()

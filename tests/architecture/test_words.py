"""The project speaks of itself alone: no package registry, no path of somebody's machine, not how it was made."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
# In pieces, so that this file does not contain what it looks for.
HOSTS = ("py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.", "deb\\." + r"debian", "ana" + r"conda\.org")
PATHS = ("/(?:work|farm|root|Users)" + "/", r"\.\./\." + "library")
# How a file came to be is not what it is about.
MAKING = (
    "sub" + "agent", "helper" + r"s? (?:agent|session)s?", r"(?:this|the|another|a previous|my) (?:work )?" + "session",
    "the " + "brief", "the " + "lead(?:'s)? (?:agent|commits|session)", "review " + "finding",
)  # fmt: skip
LEAK = re.compile("|".join((*HOSTS, *PATHS, *(rf"(?i:\b{words}\b)" for words in MAKING))))


def files() -> list[Path]:
    """Return what belongs to the project: tracked files, and new ones that nothing ignores."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_registry_or_a_machine() -> None:
    """Every text file of the project is free of registry hosts, machine paths, and words about its making."""
    leaks = []
    for path in files():
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if LEAK.search(line):
                leaks.append(f"{path.relative_to(ROOT)}:{number}")

    assert not leaks


def test_the_files_of_the_project_were_found() -> None:
    """The test above looks at something: source, tests and pages."""
    found = {path.relative_to(ROOT).parts[0] for path in files()}

    assert {"hfsemver", "tests", "README.md", "LICENSE"} <= found

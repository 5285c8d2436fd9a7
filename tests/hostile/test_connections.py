"""A check that asks a Hub speaks to that Hub alone, whatever the release and the Hub want; one that asks none speaks to nobody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.builders import files
from tests.hub.faults import ALWAYS, Headers
from tests.hub.fixtures import client_home, hub

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.hub.hub import Hub

__all__ = ["client_home", "hub"]

ID = "acme/model"
# Written out at the end: every machine that was looked up or connected to.
WATCHED = """
import json, sys
places = set()

def watch(event, arguments):
    if event == "socket.connect":
        places.add(f"{arguments[1][0]}:{arguments[1][1]}")
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        places.add(str(arguments[0]))

sys.addaudithook(watch)
from hfsemver.cli.errors import guarded
from hfsemver.cli.main import invoke
code = int(guarded(invoke, json.loads(sys.argv[1])))
print(json.dumps({"code": code, "places": sorted(places)}))
"""
# Addresses that a release may hold, none of which is to be followed.
ELSEWHERE = "http://elsewhere.example/x"
CARD = (
    f"---\nlicense: other\nlicense_link: {ELSEWHERE}\nlicense_name: x\nbase_model: {ELSEWHERE}\nnew_version: {ELSEWHERE}\n"
    f"datasets: [{ELSEWHERE}, acme/data]\nthumbnail: {ELSEWHERE}\nversion: VERSION\n---\n![x]({ELSEWHERE})\n"
)


def side(version: str) -> dict[str, bytes]:
    return files({
        "body": f"F32[64,64] seed={version[0]}",
        "README.md": CARD.replace("VERSION", version),
        "config.json": {"model_type": "x", "_name_or_path": ELSEWHERE},
        "adapter_config.json": {"base_model_name_or_path": ELSEWHERE, "peft_type": "LORA", "r": 1},
        ".hfsemver/access.json": {"schema": "hfsemver/access/1", "hub": "http://elsewhere.example", "repo": "a/b",
                                  "gate": "open", "private": False},
    })  # fmt: skip


def watched(arguments: list[str], variables: Mapping[str, str], folder: Path) -> tuple[int, set[str]]:
    """Run a command in a process that is watched from inside; return its exit code and whom it spoke to."""
    run = [sys.executable, "-P", "-c", WATCHED, json.dumps(arguments)]
    done = subprocess.run(
        run, cwd=folder, env=dict(variables), capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    return told["code"], {*told["places"]}


@pytest.fixture
def variables(hub: Hub, tmp_path: Path) -> dict[str, str]:
    """The environment of somebody whose Hub is the one of the test."""
    return {**os.environ, **hub.environment(tmp_path)}


def test_a_check_on_the_hub_speaks_to_it_and_its_store(hub: Hub, variables: dict[str, str], tmp_path: Path) -> None:
    """No address in a card, a config or a record is followed."""
    hub.create(ID, side("1.0.0"))
    hub.tag(ID, "v1.0.0")
    hub.commit(ID, side("2.0.0"))
    code, places = watched(["check", f"hf://{ID}", "--output", str(tmp_path / "report")], variables, tmp_path)
    port = urlsplit(hub.url).port

    assert code in (0, 1)
    assert places == {"127.0.0.1", "localhost", f"127.0.0.1:{port}"}


def test_a_check_without_a_hub_speaks_to_nobody(variables: dict[str, str], tmp_path: Path) -> None:
    """Not even where a release holds a record of a Hub."""
    for version in ("1.0.0", "2.0.0"):
        for name, data in side(version).items():
            path = tmp_path / version / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    words = ["check", "2.0.0", "--baseline", "1.0.0", "--output", str(tmp_path / "report")]

    assert watched(words, variables, tmp_path)[1] == set()


def test_a_token_goes_nowhere_else(hub: Hub, variables: dict[str, str], tmp_path: Path) -> None:
    """A listing that goes on at another machine ends the run before anybody there hears of it."""
    hub.create(ID, side("1.0.0"))
    hub.faults.add("GET", "*/tree/*", Headers({"Link": '<http://elsewhere.example/next>; rel="next"'}), times=ALWAYS)
    code, places = watched(["check", f"hf://{ID}", "--output", str(tmp_path / "report")], variables, tmp_path)

    assert code == 3
    assert not any("elsewhere" in place for place in places)

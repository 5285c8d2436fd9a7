"""What strangers write reaches no shell, sets no output and says nothing to the runner, wherever it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from tests.action.payloads import OWNED, PAYLOADS
from tests.action.runner import ROOT
from tests.workflows.pushing import HEADLESS, files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.action.runner import Ran, Runner
    from tests.gitworld import GitWorld

DESCRIBED = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
INPUTS = sorted(DESCRIBED["inputs"].keys() - {"python-version"})
OURS = {"error", "warning", "notice", "group", "endgroup"}


def insist_on_nothing(ran: Ran, runner: Runner) -> None:
    """Fail if anything was run, set or said that is not ours."""
    owned = [
        path for root in (runner.workspace, runner.temp) for path in root.rglob(f"*{OWNED}*") if path.name == OWNED
    ]
    assert not owned
    assert ran.raw.keys() <= DESCRIBED["outputs"].keys()
    assert {name for name, _ in ran.commands} <= OURS
    assert not [message for _, message in ran.commands if message == "owned"]
    assert ran.outputs["verdict"] in {"violation", "could-not-run"}, ran.log
    assert not set(ran.log) & {"\x1b", "\x07", "\r"}
    assert "Traceback" not in ran.log


@pytest.mark.parametrize("number", range(len(PAYLOADS)), ids=PAYLOADS)
def test_an_input_is_text(world: GitWorld, runner: Runner, number: int) -> None:
    """Each payload in two inputs by turns, so that each input meets several."""
    payload = list(PAYLOADS.values())[number].replace("\0", "")
    world.commit(files(HEADLESS, "1.0.1"), "two")
    runner.event_name = "release"
    runner.event = {"release": {"tag_name": payload}}

    for step in (number, number + 9):
        name = INPUTS[step % len(INPUTS)]
        ran = runner.use({name: payload})
        if name not in {"github-token", "hub-token", "hub-oidc", "folder"}:
            assert ran.status, f"{name} is taken for something"
        insist_on_nothing(ran, runner)


def test_all_inputs_at_once_are_text(world: GitWorld, runner: Runner) -> None:
    """Whatever is read first."""
    world.commit(files(HEADLESS, "1.0.1"), "two")
    for payload in PAYLOADS.values():
        if "\n" not in payload:
            continue
        insist_on_nothing(runner.use(dict.fromkeys(INPUTS, payload)), runner)


def test_a_release_made_of_payloads_is_judged(world: GitWorld, runner: Runner) -> None:
    """Names of tensors and of files, the card, the message, the branch and the policy: all of them are what a stranger wrote."""
    texts = [text.replace("/", "") for text in PAYLOADS.values()]
    tensors = {f"{text} {number}": "F32[2]" for number, text in enumerate(texts)}
    # Control characters in a path are refused (below), and so is a backslash.
    named = {f"note {text}.txt": text.encode() for text in texts if text.isprintable() and "\\" not in text}
    card = "---\nversion: 1.0.1\nlicense: " + yaml.safe_dump("\n".join(texts), width=10**6).strip() + "\n---\n"
    world.commit({**files({**HEADLESS, **tensors}, "1.0.1"), **named, "README.md": card.encode()}, texts[0])
    world.git("checkout", "--quiet", "-b", f"$(touch${{IFS}}{OWNED})")

    ran = runner.use()

    assert ran.outputs["required-bump"] == "major", ran.log
    insist_on_nothing(ran, runner)
    assert "\n::" not in ran.summary


@pytest.mark.parametrize("text", [text for text in PAYLOADS.values() if not text.isprintable()])
def test_a_path_that_could_speak_is_refused(world: GitWorld, runner: Runner, text: str) -> None:
    """And shown without what it says."""
    world.commit({**files(HEADLESS, "1.0.1"), f"x{text.replace('/', '')}.txt": b"x"}, "two")

    ran = runner.use()

    assert ran.outputs["verdict"] == "could-not-run", ran.log
    insist_on_nothing(ran, runner)


def test_a_checkout_cannot_bring_its_own_hfsemver(world: GitWorld, runner: Runner) -> None:
    """Code beside the weights is not what runs; nor is what its policy of git or Python says."""
    evil = f"open({OWNED!r}, 'w').close()\n".encode()
    traps: dict[str, bytes] = dict.fromkeys(
        ("hfsemver/__init__.py", "hfsemver.py", "sitecustomize.py", "click.py", "json.py", "pyproject.toml"), evil
    )
    world.commit({**files(HEADLESS, "1.0.1"), **traps}, "two")

    ran = runner.use()

    assert ran.outputs["required-bump"] == "major", ran.log
    insist_on_nothing(ran, runner)


def test_a_token_is_never_repeated(world: GitWorld, runner: Runner) -> None:
    """Neither where it is used nor where it cannot be one."""
    world.commit(files(HEADLESS, "1.0.1"), "two")
    secret = "hf_" + "s3cret" * 5

    for inputs in ({"hub-token": secret}, {"hub-token": f"{secret}\n"}, {"github-token": secret}):
        ran = runner.use(
            {**inputs, "baseline": "hf://acme/model"}, HF_ENDPOINT="http://127.0.0.1:9", HF_HUB_OFFLINE="0"
        )
        assert ran.outputs["verdict"] == "could-not-run"
        assert secret not in ran.log + ran.summary + str(ran.raw)


def test_the_marker_of_these_tests_is_seen(runner: Runner, tmp_path: Path) -> None:
    """An action that puts an input into its script is owned by these payloads."""
    runner.action = tmp_path / "bad"
    runner.action.mkdir()
    script = 'echo "${{ inputs.x }}"\necho "tag=$X" >> "$GITHUB_OUTPUT"\necho verdict=violation >> "$GITHUB_OUTPUT"\n'
    bad = {
        "inputs": {"x": {}},
        "outputs": {"verdict": {"value": "${{ steps.run.outputs.verdict }}"}},
        "runs": {
            "using": "composite",
            "steps": [{"id": "run", "shell": "bash", "env": {"X": "${{ inputs.x }}"}, "run": script}],
        },
    }
    (runner.action / "action.yml").write_text(yaml.safe_dump(bad), encoding="utf-8")

    hits = set()
    for name, payload in PAYLOADS.items():
        try:
            insist_on_nothing(runner.use({"x": payload}), runner)
        except AssertionError:
            hits.add(name)
        (runner.workspace / OWNED).unlink(missing_ok=True)
    assert hits >= {
        "quote",
        "substitution",
        "backticks",
        "expansion",
        "output",
        "command",
        "command on a line",
        "terminal",
    }

"""A runner for this one composite action: its real steps in real shells, with inputs, environment and files as GitHub has them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tests.action.expressions import assigned, evaluated

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
PINNED = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40}")
FILES = ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")
COMMAND = re.compile(r"^\s*(?:::(?P<name>[\w-]+)(?P<properties> [^:]*)?::(?P<message>.*)|##\[.*)$")


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How one use of the action ended: the status of its last step, its log, and what it told the runner."""

    status: int
    log: str
    outputs: Mapping[str, str]
    raw: Mapping[str, str]
    summary: str

    @property
    def commands(self) -> list[tuple[str, str]]:
        """Return each workflow command of the log with its message, as the runner takes them."""
        found = (COMMAND.match(line) for line in self.log.splitlines())
        return [(match["name"] or "##", match["message"] or "") for match in found if match]


@dataclass(kw_only=True)
class Runner:
    """A machine with a checkout in ``workspace``; ``environment`` is the job's, ``event`` what set the workflow off."""

    workspace: Path
    temp: Path
    environment: dict[str, str]
    action: Path = ROOT
    token: str = ""
    event_name: str = "push"
    event: dict[str, Any] = field(default_factory=dict)

    def prepare(self) -> None:
        """Let hfsemver be installed already, as it is for the second step of a job that uses the action: this very code."""
        binaries = self.temp / "hfsemver-python" / "bin"
        binaries.mkdir(parents=True)
        program = binaries / "hfsemver"
        # Not the folder that it runs in, which belongs to a stranger: as the script of an installed package has it.
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m hfsemver "$@"\n', encoding="utf-8")
        program.chmod(0o755)
        (binaries.parent / "installed").touch()

    def use(self, inputs: Mapping[str, str] | None = None, **variables: str) -> Ran:
        """Use the action once, with what stands below ``with:`` and ``env:``; stops at the first step that fails."""
        described = yaml.safe_load((self.action / "action.yml").read_text(encoding="utf-8"))
        given = dict(inputs or {})
        unknown = given.keys() - described["inputs"].keys()
        assert not unknown, f"no such inputs: {unknown}"
        defaults = {name: str(one.get("default", "")) for name, one in described["inputs"].items()}
        values = {name: given.get(name, evaluated(text, {}, self.token)) for name, text in defaults.items()}
        assert described["runs"]["using"] == "composite"
        job = {**self.environment, **variables}
        steps: dict[str, dict[str, str]] = {}
        logs, summaries, status = [], [], 0
        for number, step in enumerate(described["runs"]["steps"]):
            if "uses" in step:
                self._stand_in(step, job)
                continue
            assert step["shell"] == "bash"
            assert not step.keys() - {"name", "id", "shell", "env", "run"}, "this runner knows no more of a step"
            own = {name: evaluated(str(text), values, self.token) for name, text in step.get("env", {}).items()}
            status, log, told = self._run(number, evaluated(step["run"], values, self.token, steps), {**job, **own})
            logs.append(log)
            summaries.append(told["GITHUB_STEP_SUMMARY"])
            steps[step.get("id", f"__{number}")] = assigned(told["GITHUB_OUTPUT"])
            job |= assigned(told["GITHUB_ENV"])
            job["PATH"] = os.pathsep.join([*told["GITHUB_PATH"].splitlines(), job["PATH"]])
            if status:
                break
        outputs = {
            name: evaluated(one["value"], values, self.token, {"run": {}, **steps})
            for name, one in described["outputs"].items()
        }
        return Ran(
            status=status, log="".join(logs), outputs=outputs, raw=steps.get("run", {}), summary="".join(summaries)
        )

    def _stand_in(self, step: Mapping[str, Any], job: dict[str, str]) -> None:
        """Do what the one action of somebody else does here: put a Python first on the path."""
        assert PINNED.fullmatch(step["uses"]), f"not pinned by its commit: {step['uses']}"
        assert step["uses"].startswith("actions/setup-python@"), step["uses"]
        job["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), job["PATH"]))

    def _run(self, number: int, script: str, environment: dict[str, str]) -> tuple[int, str, dict[str, str]]:
        folder = self.temp / f"_{number}_{len(list(self.temp.iterdir()))}"
        folder.mkdir()
        files = {name: folder / name.lower() for name in FILES}
        for path in files.values():
            path.touch()
        event, program = folder / "event.json", folder / "run.sh"
        event.write_text(json.dumps(self.event), encoding="utf-8")
        program.write_text(script, encoding="utf-8")
        variables = {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_API_URL": "http://127.0.0.1:9",
            "GITHUB_EVENT_NAME": self.event_name,
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_JOB": "check",
            "GITHUB_REPOSITORY": "acme/model",
            "GITHUB_WORKFLOW": "hfsemver",
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp),
            **environment,
            **{name: str(path) for name, path in files.items()},
        }
        # As the runner has it for ``shell: bash``.
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(program)]
        done = subprocess.run(
            command, cwd=self.workspace, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, check=False, timeout=600,
        )  # fmt: skip
        told = {name: path.read_text(encoding="utf-8") for name, path in files.items()}
        return done.returncode, done.stdout.decode(errors="replace"), told

"""The step from end to end: one job, the report in every form that GitHub shows, and what other steps may read of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import HfSemverError, SourceError, UsageError
from hfsemver.core.escape import printable
from hfsemver.publish.files import write_whole
from hfsemver.publish.folders import make_folder
from hfsemver.publish.github.comments import Thread
from hfsemver.publish.github.runner import add_outputs, add_summary
from hfsemver.reports.github import workflow_command
from hfsemver.reports.json_reader import report_from_json
from hfsemver.reports.lines import disarmed
from hfsemver.reports.markup import md_code
from hfsemver.reports.report import Format, render
from hfsemver.workflows.action.event import Event, read_event
from hfsemver.workflows.action.inputs import Command, Inputs, read_inputs
from hfsemver.workflows.bump.request import BumpRequest
from hfsemver.workflows.bump.run import run_bump
from hfsemver.workflows.check import CheckRequest, run_check
from hfsemver.workflows.upload.request import PushRequest
from hfsemver.workflows.upload.run import run_push
from hfsemver.workflows.upload.said import said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.core.report import Report

PASS, VIOLATION, COULD_NOT_RUN = "pass", "violation", "could-not-run"
FILES: Final[Mapping[str, tuple[str, Format]]] = {
    "report": ("report.json", Format.JSON),
    "sarif": ("report.sarif", Format.SARIF),
    "markdown": ("report.md", Format.MARKDOWN),
}
"""Outputs that name a file."""
_PUBLISHED: Final = "release"
_STEP: Final = "run this as a step of GitHub Actions: docs/action.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How the step ended: what to print, and the ``report`` or the ``error`` that decides about its status."""

    text: str
    report: Report | None = None
    error: HfSemverError | None = None
    strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One run of the step, which tells what it found by the files that the runner names."""

    environment: Mapping[str, str]
    inputs: Inputs = field(default_factory=Inputs)
    event: Event = field(default_factory=Event)

    def run(self) -> Outcome:
        """Do what is asked and tell of it. Raises ``HfSemverError`` where it cannot be done."""
        if self.inputs.command is Command.BUMP or (self.inputs.hub_repo and self._is_release):
            return self._bumped()
        report = run_check(self._check())
        return self._judged(report)

    @property
    def _is_release(self) -> bool:
        return self.inputs.command is Command.AUTO and self.event.name == _PUBLISHED

    def _check(self) -> CheckRequest:
        inputs = self.inputs
        return CheckRequest(
            current=inputs.current,
            baseline=inputs.baseline,
            declared=inputs.declared,
            promise=inputs.promise,
            kind=inputs.kind,
            weights=inputs.weights,
            config=inputs.config,
            fail_on=inputs.fail_on,
        )

    def _bumped(self) -> Outcome:
        inputs, tag = self.inputs, self.event.tag if self._is_release else None
        version = inputs.release_as or (tag.removeprefix("v") if tag else None)
        asked = {"release_as": version, "pre": inputs.pre, "config": inputs.config, "weights": inputs.weights}
        if inputs.hub_repo:
            self._demand_login()
            target = f"hf://{inputs.hub_repo.removeprefix('hf://')}"
            done = run_push(PushRequest(folder=inputs.folder, target=target, **asked))  # type: ignore[arg-type] # of these fields
            made, text = done.refused is None, said(done, None, Format.JSON)
        else:
            request = BumpRequest(repository=inputs.folder, **asked)  # type: ignore[arg-type] # of these fields
            made, text = run_bump(request, None, None, Format.JSON, pushes=True)
        if not made:
            return self._judged(report_from_json(text))
        release = json.loads(text)
        told = {name: str(release[name]) for name in ("version", "tag", "commit")}
        self.set(verdict=PASS, **told)
        self.summarise(f"### hfsemver: released {md_code(told['tag'])} as {md_code(told['commit'])}\n")
        return Outcome(text=f"released {printable(told['tag'])} as {printable(told['commit'])}\n")

    def _demand_login(self) -> None:
        """Raise ``UsageError`` where this job gets no word for the Hub: to judge, none is needed; to write, one is."""
        if self.inputs.hub_oidc and not self.environment.get("ACTIONS_ID_TOKEN_REQUEST_URL"):
            fault = "hub-oidc is set, and GitHub gives this job no word for the Hub"
            raise UsageError(fault, hint="give the job the permission id-token: write")

    def _judged(self, report: Report) -> Outcome:
        verdict, text = report.verdict, render(report, Format.MARKDOWN)
        self.set(
            verdict=PASS if verdict.ok else VIOLATION,
            required_bump=verdict.required.word,
            declared_version=verdict.declared_version or "",
            next_version=verdict.next_version or "",
            **self._written(report),
        )
        self.summarise(text)
        note = self.comment(None if verdict.ok else text)
        return Outcome(text=f"{render(report, Format.GITHUB)}{note}", report=report, strict=self.inputs.strict)

    def _written(self, report: Report) -> dict[str, str]:
        folder = Path(self.environment.get("RUNNER_TEMP", "."), f"hfsemver-{self._key()}")
        paths = {name: folder / file for name, (file, _) in FILES.items()}
        try:
            make_folder(folder)
            for name, (_, form) in FILES.items():
                write_whole(paths[name], render(report, form).encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise SourceError(f"{folder} cannot be written: {error.strerror}", hint=_STEP) from error
        return {name: str(path) for name, path in paths.items()}

    def set(self, **outputs: str) -> None:
        """Set outputs of the step."""
        named = {name.replace("_", "-"): printable(value) for name, value in outputs.items()}
        if path := self.environment.get("GITHUB_OUTPUT"):
            add_outputs(Path(path), named)

    def summarise(self, text: str) -> None:
        """Add to the summary of the job."""
        if path := self.environment.get("GITHUB_STEP_SUMMARY"):
            add_summary(Path(path), text)

    def comment(self, text: str | None) -> str:
        """Keep the comment on the pull request up to date, and return what there is to say of that.

        A pull request out of a fork comes with a token that may write nothing, and gets none. Whether a comment can be
        written changes no verdict.
        """
        event, inputs = self.event, self.inputs
        if event.number is None or event.head is None or event.is_from_fork or not inputs.comment:
            return ""
        if not inputs.github_token:
            return ""
        thread = Thread(api=event.api, repository=event.repository, number=event.number, token=inputs.github_token)
        try:
            thread.settle(f"<!-- hfsemver {self._key()} -->", text, event.head)
        except SourceError as error:
            message = disarmed(f"{error}; {error.hint}")
            return f"{workflow_command('warning', message, title='hfsemver: no comment on the pull request')}\n"
        return ""

    def _key(self) -> str:
        """Return what tells this step from others of the same repository, so that each has a comment and files of its own."""
        parts = [self.environment.get(name, "") for name in ("GITHUB_WORKFLOW", "GITHUB_JOB")]
        text = "\0".join((*parts, self.inputs.current, self.inputs.folder))
        return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]

    def failed(self, error: HfSemverError) -> Outcome:
        """Tell that nothing was judged, which is never a pass."""
        text = f"### hfsemver: nothing was judged\n\n{md_code(str(error))}\n\n{md_code(error.hint)}\n"
        self.summarise(text)
        note = self.comment(text)
        lines = "\n".join(map(disarmed, (str(error), error.hint)))
        command = workflow_command("error", lines, title="hfsemver: nothing was judged")
        return Outcome(text=f"{command}\n{note}", error=error)


def run_action(environment: Mapping[str, str]) -> Outcome:
    """Run the step that the variables of ``action.yml`` and of the runner describe; a fault of ours is raised."""
    step = _Step(environment=environment)
    # First, so that no end of this process, whatever it is, is taken for a pass.
    step.set(verdict=COULD_NOT_RUN)
    try:
        if not environment.get("GITHUB_ACTIONS"):
            raise UsageError("this is no run of GitHub Actions", hint=_STEP)
        step = replace(step, event=read_event(environment))
        step = replace(step, inputs=read_inputs(environment))
        return step.run()
    except HfSemverError as error:
        return step.failed(error)

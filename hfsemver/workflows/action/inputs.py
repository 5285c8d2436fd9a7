"""What a workflow asks of the step, out of variables that ``action.yml`` sets: text of an input never reaches a shell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import ConfigError
from hfsemver.core.promise import NESTED, Kind
from hfsemver.diff.weights.depth import Depth
from hfsemver.policy.judge import FailOn
from hfsemver.workflows.depth import AUTO

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX: Final = "HFSEMVER_INPUT_"
_LONGEST: Final = 4096
_WORDS: Final = {"true": True, "false": False}


class Command(StrEnum):
    """What the step does. ``auto`` publishes where somebody published a release on GitHub and a Hub is named, and judges else."""

    AUTO = "auto"
    CHECK = "check"
    BUMP = "bump"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The inputs of ``action.yml``, in its names; ``None`` and ``""`` where nothing is given."""

    command: Command = Command.AUTO
    current: str = "@HEAD"
    baseline: str | None = None
    declared: str | None = None
    promise: str | None = None
    kind: str | None = None
    weights: str = AUTO
    config: str | None = None
    fail_on: FailOn = FailOn.DENY
    strict: bool = False
    comment: bool = True
    folder: str = "."
    hub_repo: str | None = None
    release_as: str | None = None
    pre: str | None = None
    hub_oidc: str | None = None
    github_token: str = ""


_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "command": tuple(Command),
    "promise": tuple(promise.value for promise in NESTED),
    "kind": (AUTO, *(kind.value for kind in Kind)),
    "weights": (AUTO, *(depth.value for depth in Depth)),
    "fail_on": tuple(FailOn),
    "strict": tuple(_WORDS),
    "comment": tuple(_WORDS),
}


def read_inputs(environment: Mapping[str, str]) -> Inputs:
    """Return the inputs; an empty one counts as not given. Raises ``ConfigError`` with all that is wrong with them."""
    given = {}
    problems = []
    for name in Inputs.__dataclass_fields__:
        text = environment.get(f"{PREFIX}{name.upper()}", "").strip()
        shown = name.replace("_", "-")
        if len(text) > _LONGEST or any(ord(one) < ord(" ") or ord(one) == 127 for one in text):  # noqa: PLR2004 -- DEL
            problems.append(f"{shown}: is no single line of text")
        elif text and text not in _CHOICES.get(name, (text,)):
            problems.append(f"{shown}: {text!r} is none of {', '.join(_CHOICES[name])}")
        elif text:
            given[name] = text
    if problems:
        raise ConfigError("inputs of the action", tuple(problems), hint="correct them below with: in the workflow")
    typed = {name: _typed(name, text) for name, text in given.items()}
    return Inputs(**typed)  # type: ignore[arg-type] # each value was held against the choices of its field


def _typed(name: str, text: str) -> object:
    if name in {"strict", "comment"}:
        return _WORDS[text]
    if name in {"declared", "release_as"}:
        # People type the name of a tag and mean the version.
        return text.removeprefix("v")
    return {"command": Command, "fail_on": FailOn}.get(name, str)(text)

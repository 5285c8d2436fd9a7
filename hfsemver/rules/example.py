"""Pairs of releases written as data, by which each rule is shown at work and at rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hfsemver.core.claim import BrokenSignature, LostRelease, MovedTag
    from hfsemver.core.override import StaleOverride
    from hfsemver.core.weakening import Weakening
    from hfsemver.rules.hub_example import ExampleHub

ExampleFiles = Mapping[str, object]
"""Tensors and files of one side of an example.

``{"head": "F32[8,4]"}`` is a tensor of ``model.safetensors`` with values that depend on its name alone; a second word
sets them: ``"F32[8,4] seed=1"``, ``"F32[8,4] zeros"``, ``"F32[8,4] nan"``, ``"F32[8,4] seed=0 scale=1e-4"`` (added to
the default values) ``"F32[8,4] as=BF16"`` (the default values rounded through another dtype) or ``"F32[8,4] of=head"``
(the values of the tensor of that name). A key with a dot-something that names a file, or with a slash, is a file: a
``dict`` or ``list`` becomes JSON, a ``str`` its text, ``bytes`` themselves. ``{"vae/x.safetensors": {"a": "F32[2]"}}``
is a weight file of its own.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A pair of releases written as data, and how often the rule fires on it while all rules run.

    ``baseline`` is ``None`` for a first release. ``declared``, ``tagged`` and ``released`` feed the rules about versions, and so do the files
    that changed ``since_candidate``, ``None`` without a candidate, stale ``overrides`` of a policy,
    what of it was ``weakened``, a tag that ``moved``, a release that is ``lost``, and a broken ``signature``;
    ``adapter_base`` is as the policy says it; ``hub`` is the Hub that is asked, ``None`` where nobody is;
    ``also`` names rules that rightly fire beside this one.
    """

    baseline: ExampleFiles | None
    current: ExampleFiles
    findings: int = 0
    declared: str | None = None
    baseline_version: str | None = None
    released: tuple[str, ...] = ()
    protected: bool = False
    tagged: bool = False
    since_candidate: tuple[str, ...] | None = None
    overrides: tuple[StaleOverride, ...] = ()
    weakened: tuple[Weakening, ...] = ()
    adapter_base: bool = False
    hub: ExampleHub | None = None
    moved: MovedTag | None = None
    lost: LostRelease | None = None
    signature: BrokenSignature | None = None
    also: tuple[str, ...] = ()

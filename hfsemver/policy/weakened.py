"""Where one policy asks for less than another: what the first would have held against a release, and the second would not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.promise import NESTED
from hfsemver.core.weakening import Weakening

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from hfsemver.core.asked import Asked
    from hfsemver.core.bump import Bump
    from hfsemver.core.finding import Level
    from hfsemver.policy.policy import Policy

    Defaults = Mapping[str, tuple[Level, Bump | None]]


def weakenings(old: Policy, new: Policy, defaults: Defaults) -> Iterator[Weakening]:
    """Yield every such key, in the order of the policy file; ``defaults`` are level and bump of every rule.

    An acceptance is for one finding and for a time, and says why: it is shown wherever it counts, and no weakening.
    """
    if NESTED.index(new.promise) < NESTED.index(old.promise):
        yield Weakening(key="promise", old=old.promise.value, new=new.promise.value)
    if new.kind is not old.kind and new.kind is not None:
        yield Weakening(key="kind", old=old.kind.value if old.kind else "auto", new=new.kind.value)
    for switch in sorted(new.switched_off - old.switched_off):
        yield Weakening(key=f"guard.{switch.value}", old="true", new="false")
    yield from _fewer("protected_branches", old.protected_branches, new.protected_branches)
    yield from _unasked(old.asked, new.asked)
    if old.hub_repo is not None and new.hub_repo is None:
        yield Weakening(key="hub_repo", old=old.hub_repo, new="-")
    if old.fail_closed and not new.fail_closed:
        yield Weakening(key="fail_closed", old="true", new="false")
    for rule, (level, bump) in sorted(defaults.items()):
        before, after = (_setting(policy, rule, level, bump) for policy in (old, new))
        if any(now < was for was, now in zip(before, after, strict=True)):
            yield Weakening(key=f"rules.{rule}", old=_words(old, rule, level, bump), new=_words(new, rule, level, bump))
    for ignore in new.ignores:
        if ignore not in old.ignores:
            parts = (ignore.rule or "*", ignore.file, ignore.tensor)
            yield Weakening(key="ignore", old="-", new=" ".join(parts))


def _unasked(old: Asked, new: Asked) -> Iterator[Weakening]:
    if new.tolerance > old.tolerance:
        yield Weakening(key="eval_tolerance", old=f"{old.tolerance:g}", new=f"{new.tolerance:g}")
    yield from _fewer("card_sections", old.sections, new.sections)
    if old.adapter_base and not new.adapter_base:
        yield Weakening(key="adapter_base", old="true", new="false")


def _fewer(key: str, old: Iterable[str], new: Iterable[str]) -> Iterator[Weakening]:
    lost = sorted({*old} - {*new})
    if lost:
        yield Weakening(key=key, old=", ".join(lost), new="-")


def _setting(policy: Policy, rule: str, level: Level, bump: Bump | None) -> tuple[int, int]:
    """Return level and bump as numbers, of which neither may become smaller; what no version excuses is the most."""
    found = policy.level_of(rule, level)
    setting = policy.rules.get(rule)
    step = setting.bump if setting is not None and setting.sets_bump else bump
    return (int(found), 4 if step is None else int(step)) if found else (0, 0)


def _words(policy: Policy, rule: str, level: Level, bump: Bump | None) -> str:
    setting = policy.rules.get(rule)
    step = setting.bump if setting is not None and setting.sets_bump else bump
    return f"{policy.level_of(rule, level).word} {'policy' if step is None else step.word}"

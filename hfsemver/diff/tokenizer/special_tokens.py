"""Special tokens of two tokenizers: what each role stands for, and which tokens decoding leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfsemver.core.errors import EvidenceMissing
from hfsemver.releases.formats.tokenizer_defaults import ROLES
from hfsemver.releases.formats.tokenizer_files import CONFIG

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hfsemver.releases.formats.tokenizer import Tokenizer


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChange:
    """Roles that stood for one token and now stand for another, or for none (``new`` is ``None``)."""

    roles: tuple[str, ...]
    file: str
    old: str
    new: str | None
    old_id: int | None = None
    new_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDiff:
    """How the special tokens of one tokenizer changed.

    ``shown`` tokens were special and are ordinary now, ``hidden`` ones the reverse; both still exist.
    ``unknown`` says what could not be judged.
    """

    file: str
    roles: tuple[RoleChange, ...] = ()
    shown: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.roles or self.shown or self.hidden or self.unknown)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """What is known of one tokenizer; ``whole`` is false when its vocabulary could not be read."""

    ids: Mapping[str, int]
    flags: Mapping[str, bool]
    special: frozenset[str]
    whole: bool


def declared_alike(old: Tokenizer, new: Tokenizer) -> bool:
    """Whether the small files of both say the same about roles and special tokens; opens no vocabulary."""
    before, after = old.special, new.special
    return (before.known, before.extra, before.special) == (after.known, after.extra, after.special)


def compare_special(old: Tokenizer, new: Tokenizer) -> SpecialDiff:
    """Compare roles and special flags, from the vocabularies too where they can be read."""
    left, right = _side(old), _side(new)
    roles, unknown = _roles(old, new, left, right)
    told = {token for change in roles for token in (change.old, change.new)} | set(unknown.values())
    shown = [
        token
        for token in left.special - right.special - told
        if right.flags.get(token) is False or (right.whole and token in right.ids)
    ]
    # A plain piece of the vocabulary that is listed as special is cut out of every text before all others.
    # One that takes a role is an addition, as every role that comes.
    listed = frozenset(new.special.extra) if left.whole else frozenset()
    plain = listed & (left.ids.keys() - left.flags.keys())
    hidden = [
        token for token in right.special - left.special - told if left.flags.get(token) is False or token in plain
    ]
    return SpecialDiff(
        file=new.folder + CONFIG,
        roles=roles,
        shown=tuple(sorted(shown)),
        hidden=tuple(sorted(hidden)),
        unknown=tuple(unknown),
    )


def _side(tokenizer: Tokenizer) -> _Side:
    declared = tokenizer.special
    try:
        ids, flags, whole = tokenizer.ids, tokenizer.flags, True
    except EvidenceMissing:
        ids, flags, whole = declared.added, declared.special, False
    roles = {token for token in declared.known.values() if token is not None}
    special = frozenset({*roles, *declared.extra, *(token for token, flag in flags.items() if flag)})
    return _Side(ids=ids, flags=flags, special=special, whole=whole)


def _roles(old: Tokenizer, new: Tokenizer, left: _Side, right: _Side) -> tuple[tuple[RoleChange, ...], dict[str, str]]:
    """Group changed roles by what they stood for and stand for now.

    A role that came is an addition and not told here. ``unknown`` gives the token by reason.
    """
    groups: dict[tuple[str, str | None], list[str]] = {}
    unknown: dict[str, str] = {}
    for role in ROLES:
        was = old.special.known.get(role)
        if was is None:
            continue
        if role not in new.special.known:
            named = new.special.tokenizer_class or "no tokenizer_class"
            unknown[f"{role} is no longer declared, and what {named} implies is not known"] = was
            continue
        now = new.special.known[role]
        if now != was and not _claimed(was, now, left, right):
            groups.setdefault((was, now), []).append(role)
    changes = (
        RoleChange(
            roles=tuple(roles),
            file=new.special.where.get(roles[0]) or old.special.where.get(roles[0]) or new.folder + CONFIG,
            old=was,
            new=now,
            old_id=left.ids.get(was),
            new_id=None if now is None else right.ids.get(now),
        )
        for (was, now), roles in groups.items()
    )
    return tuple(changes), unknown


def _claimed(was: str, now: str | None, left: _Side, right: _Side) -> bool:
    """Whether the token itself was renamed: its id stays and the old string is no token any more."""
    if now is None or not (left.whole and right.whole):
        return False
    number = left.ids.get(was)
    return number is not None and was not in right.ids and right.ids.get(now) == number


def require_judged(diffs: Iterable[SpecialDiff]) -> None:
    """Raise ``EvidenceMissing`` when something could not be judged; call it after everything that could be said."""
    for diff in diffs:
        if diff.unknown:
            hint = "declare every special token in tokenizer_config.json"
            raise EvidenceMissing(diff.file, diff.unknown[0], hint=hint)

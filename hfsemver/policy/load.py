"""Read ``.hfsemver.yaml``: every problem at once, each with its full key and, for a misspelt word, the nearest right one."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from hfsemver.core.asked import Asked
from hfsemver.core.bump import Bump
from hfsemver.core.errors import ConfigError
from hfsemver.core.finding import Level
from hfsemver.core.promise import NESTED, Kind, Promise
from hfsemver.core.section import Section
from hfsemver.policy.policy import SWITCHES, Acceptance, Ignore, Policy, RuleSetting

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from hfsemver.core.card import YamlValue

KEYS = (
    "promise",
    "kind",
    "guard",
    "protected_branches",
    "eval_tolerance",
    "card_sections",
    "adapter_base",
    "hub_repo",
    "fail_closed",
    "rules",
    "ignore",
    "accept",
)
LEVELS = {level.word: level for level in Level}
BUMPS: Mapping[str, Bump | None] = {**{bump.word: bump for bump in Bump}, "policy": None}
A_DAY = "2027-03-31"
FINGERPRINT = re.compile(r"[0-9a-f]{16}")
REPO_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,95}/[A-Za-z0-9][A-Za-z0-9_.-]{0,95}")
_WORDS = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}

T = TypeVar("T")


def read_policy(document: YamlValue, where: str, rule_ids: Collection[str]) -> Policy:
    """Turn the parsed file into a policy; raises ``ConfigError`` with all problems. An empty file is the default."""
    reader = _Reader(rule_ids)
    policy = reader.policy(document)
    if reader.problems:
        hint = "see what may stand there with: hfsemver schema config"
        raise ConfigError(where, tuple(reader.problems), hint=hint)
    return policy


class _Reader:
    """Collects problems while it reads."""

    def __init__(self, rule_ids: Collection[str]) -> None:
        self.rule_ids = rule_ids
        self.problems: list[str] = []

    def policy(self, document: YamlValue) -> Policy:
        top = self.mapping(document, "", KEYS)
        default = Policy()
        promises = {promise.value: promise for promise in NESTED}
        kinds: dict[str, Kind | None] = {"auto": None, **{kind.value: kind for kind in Kind}}
        return Policy(
            promise=self.choice(top.get("promise"), "promise", promises, default.promise),
            kind=self.choice(top.get("kind"), "kind", kinds, None),
            switched_off=self.guard(top.get("guard", "")),
            protected_branches=self.strings(
                top.get("protected_branches"), "protected_branches", default.protected_branches
            ),
            asked=self.asked(top, default.asked),
            hub_repo=self.repo(top.get("hub_repo", "")),
            fail_closed=self.choice(top.get("fail_closed"), "fail_closed", _WORDS, default.fail_closed),
            rules=self.rules(top.get("rules", "")),
            ignores=tuple(self.ignore(item, f"ignore[{i}]") for i, item in enumerate(self.items(top, "ignore"))),
            accepted=tuple(self.acceptance(item, f"accept[{i}]") for i, item in enumerate(self.items(top, "accept"))),
        )

    def problem(self, key: str, text: str) -> None:
        self.problems.append(f"{key}: {text}" if key else text)

    def mapping(self, value: YamlValue, key: str, known: Iterable[str]) -> Mapping[str, YamlValue]:
        if value == "":
            return {}
        if not isinstance(value, Mapping):
            self.problem(key, "must be a mapping of keys to values")
            return {}
        known = tuple(known)
        for name in value:
            if name not in known:
                self.unknown(f"{key}.{name}" if key else name, name, known)
        return value

    def unknown(self, key: str, name: str, known: Iterable[str]) -> None:
        near = get_close_matches(name, list(known), n=1)
        self.problem(
            key, f"unknown key, did you mean {near[0]!r}?" if near else f"unknown key, known are {', '.join(known)}"
        )

    def choice(self, value: YamlValue | None, key: str, known: Mapping[str, T], default: T) -> T:
        if value is None or value == "":
            return default
        if isinstance(value, str) and value in known:
            return known[value]
        near = get_close_matches(value, list(known), n=1) if isinstance(value, str) else []
        self.problem(key, f"did you mean {near[0]!r}?" if near else f"must be one of {', '.join(known)}")
        return default

    def strings(self, value: YamlValue | None, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        if value is None:
            return default
        values = value if isinstance(value, tuple) else (value,) if value else ()
        found = tuple(item for item in values if isinstance(item, str) and item)
        if len(found) != len(values):
            self.problem(key, "must be a list of words")
        return found

    def repo(self, value: YamlValue) -> str | None:
        if value == "":
            return None
        if not isinstance(value, str) or not REPO_ID.fullmatch(value):
            self.problem("hub_repo", "must be the name of a model on the Hub, such as org/name")
            return None
        return value

    def asked(self, top: Mapping[str, YamlValue], default: Asked) -> Asked:
        word = top.get("adapter_base")
        return Asked(
            tolerance=self.share(top.get("eval_tolerance", ""), "eval_tolerance", default.tolerance),
            sections=self.sections(top, default.sections),
            adapter_base=self.choice(word, "adapter_base", _WORDS, default.adapter_base),
        )

    def sections(self, top: Mapping[str, YamlValue], default: frozenset[Section]) -> frozenset[Section]:
        if "card_sections" not in top:
            return default
        known = {section.value: section for section in Section}
        names = self.strings(top["card_sections"], "card_sections", ())
        for name in names:
            if name not in known:
                self.unknown("card_sections", name, known)
        return frozenset(known[name] for name in names if name in known)

    def share(self, value: YamlValue, key: str, default: float) -> float:
        if value == "":
            return default
        try:
            number = float(value) if isinstance(value, str) else math.nan
        except ValueError:
            number = math.nan
        if not 0 <= number <= 1:
            self.problem(key, "must be a share from 0 to 1, such as 0.01")
            return default
        return number

    def items(self, top: Mapping[str, YamlValue], key: str) -> tuple[YamlValue, ...]:
        value = top.get(key, "")
        if isinstance(value, tuple):
            return value
        if value == "":
            return ()
        self.problem(key, "must be a list")
        return ()

    def guard(self, value: YamlValue) -> frozenset[Promise]:
        switches = {switch.value: switch for switch in SWITCHES}
        given = self.mapping(value, "guard", switches)
        return frozenset(
            switches[name]
            for name, word in given.items()
            if not self.choice(word, f"guard.{name}", _WORDS, default=True) and name in switches
        )

    def rules(self, value: YamlValue) -> Mapping[str, RuleSetting]:
        given = self.mapping(value, "rules", self.rule_ids)
        return MappingProxyType({name: self.setting(item, f"rules.{name}") for name, item in sorted(given.items())})

    def setting(self, value: YamlValue, key: str) -> RuleSetting:
        if isinstance(value, str):
            return RuleSetting(level=self.choice(value, key, LEVELS, None))
        fields = self.mapping(value, key, ("level", "bump"))
        return RuleSetting(
            level=self.choice(fields.get("level"), f"{key}.level", LEVELS, None),
            bump=self.choice(fields.get("bump"), f"{key}.bump", BUMPS, None),
            sets_bump="bump" in fields,
        )

    def ignore(self, value: YamlValue, key: str) -> Ignore:
        fields = self.mapping(value, key, ("rule", "file", "tensor", "reason"))
        rule = self.text(fields, key, "rule")
        if rule is not None and rule not in self.rule_ids:
            self.unknown(f"{key}.rule", rule, self.rule_ids)
        if not {"rule", "file", "tensor"} & fields.keys():
            self.problem(key, "must name a rule, a file or a tensor, or it would hide everything")
        return Ignore(
            rule=rule,
            file=self.text(fields, key, "file") or "*",
            tensor=self.text(fields, key, "tensor") or "*",
            reason=self.required(fields, key, "reason"),
        )

    def acceptance(self, value: YamlValue, key: str) -> Acceptance:
        fields = self.mapping(value, key, ("fingerprint", "reason", "until"))
        fingerprint = self.required(fields, key, "fingerprint")
        if fingerprint and not FINGERPRINT.fullmatch(fingerprint):
            self.problem(f"{key}.fingerprint", "must be the 16 hex digits that a report prints")
        return Acceptance(
            fingerprint=fingerprint,
            reason=self.required(fields, key, "reason"),
            until=self.day(fields, key, "until"),
        )

    def day(self, fields: Mapping[str, YamlValue], key: str, name: str) -> date:
        text = self.text(fields, key, name)
        try:
            return date.fromisoformat(text or "")
        except ValueError:
            if text is not None:
                self.problem(f"{key}.{name}", f"{text!r} is no day such as {A_DAY}")
            elif isinstance(fields.get(name, ""), str):
                self.problem(f"{key}.{name}", f"is missing; write a day such as {A_DAY}")
            return date.min

    def text(self, fields: Mapping[str, YamlValue], key: str, name: str) -> str | None:
        value = fields.get(name, "")
        if not isinstance(value, str):
            self.problem(f"{key}.{name}", "must be one word or one line")
            return None
        return value or None

    def required(self, fields: Mapping[str, YamlValue], key: str, name: str) -> str:
        found = self.text(fields, key, name)
        if found is None and isinstance(fields.get(name, ""), str):
            self.problem(f"{key}.{name}", "is missing")
        return found or ""

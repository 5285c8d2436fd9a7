"""The policy file: every problem at once, each with its key, and the nearest right word."""

from __future__ import annotations

import datetime as dt

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.bump import Bump
from hfsemver.core.errors import ConfigError
from hfsemver.core.finding import Level
from hfsemver.core.promise import Kind, Promise
from hfsemver.policy.policy import Acceptance, Ignore, Policy, RuleSetting
from hfsemver.policy.schema import policy_schema
from hfsemver.rules.catalogue import catalogue
from hfsemver.workflows.policies import parse_policy

FULL = """\
promise: interface
kind: embedding
guard: {legal: false}
protected_branches: [main, "release/*"]
rules:
  tensor-added: warn
  license-tightened: {level: allow}
  weights-updated: {bump: patch}
  tensor-dtype-changed: {level: deny, bump: policy}
ignore:
  - {file: "vae/*", reason: not part of the promise}
  - {rule: tensor-added, tensor: "model.layers.*", reason: probes}
accept:
  - {fingerprint: 0123456789abcdef, reason: agreed with the users, until: 2026-12-31}
"""


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        parse_policy(text.encode(), ".hfsemver.yaml")
    return caught.value.problems


def test_every_key_is_read() -> None:
    """Levels and bumps are set separately, globs and fingerprints keep their reasons."""
    expected = Policy(
        promise=Promise.INTERFACE,
        kind=Kind.EMBEDDING,
        switched_off=frozenset({Promise.LEGAL}),
        protected_branches=("main", "release/*"),
        rules={
            "license-tightened": RuleSetting(level=Level.ALLOW),
            "tensor-added": RuleSetting(level=Level.WARN),
            "tensor-dtype-changed": RuleSetting(level=Level.DENY, bump=None, sets_bump=True),
            "weights-updated": RuleSetting(bump=Bump.PATCH, sets_bump=True),
        },
        ignores=(
            Ignore(rule=None, file="vae/*", tensor="*", reason="not part of the promise"),
            Ignore(rule="tensor-added", file="*", tensor="model.layers.*", reason="probes"),
        ),
        accepted=(
            Acceptance(fingerprint="0123456789abcdef", reason="agreed with the users", until=dt.date(2026, 12, 31)),
        ),
    )

    assert expected == parse_policy(FULL.encode(), ".hfsemver.yaml")


@pytest.mark.parametrize("text", ["", "# only a comment\n", "{}\n"])
def test_an_empty_file_is_the_default(text: str) -> None:
    """A file that sets nothing changes nothing."""
    assert Policy() == parse_policy(text.encode(), ".hfsemver.yaml")


def test_all_problems_come_at_once_with_their_keys() -> None:
    """One run tells everything that has to be mended."""
    text = """\
promis: load
kind: embeding
guard: {legl: no, card: maybe}
rules: {tensor-remove: warn, tensor-added: forbid, weights-updated: {bumb: major, bump: huge}}
ignore: [{reason: x}, {file: a}, {rule: nope, reason: y}]
accept: [{fingerprint: xyz, until: tomorrow}, {fingerprint: 0123456789abcdef, reason: agreed}]
"""
    found = problems(text)

    assert "promis: unknown key, did you mean 'promise'?" in found
    assert "kind: did you mean 'embedding'?" in found
    assert "guard.legl: unknown key, did you mean 'legal'?" in found
    assert "rules.tensor-remove: unknown key, did you mean 'tensor-removed'?" in found
    assert any(problem.startswith("rules.tensor-added: ") for problem in found)
    assert "rules.weights-updated.bumb: unknown key, did you mean 'bump'?" in found
    assert any(problem.startswith("rules.weights-updated.bump: ") for problem in found)
    assert "ignore[0]: must name a rule, a file or a tensor, or it would hide everything" in found
    assert "ignore[1].reason: is missing" in found
    assert any(problem.startswith("ignore[2].rule: unknown key") for problem in found)
    assert "accept[0].fingerprint: must be the 16 hex digits that a report prints" in found
    assert "accept[0].reason: is missing" in found
    assert "accept[0].until: 'tomorrow' is no day such as 2027-03-31" in found
    assert "accept[1].until: is missing; write a day such as 2027-03-31" in found


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "just words",
        "rules: 3",
        "ignore: {}",
        "accept: x",
        "guard: []",
        "protected_branches: {a: b}",
        "rules: {tensor-added: []}",
    ],
)
def test_the_wrong_shape_is_a_problem_and_no_crash(text: str) -> None:
    """Whatever stands where a mapping or a list belongs is named."""
    assert problems(text)


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a: &x 1\nb: *x\n", b"a: [1", b"promise: load\npromise: derived\n"])
def test_malformed_yaml_is_a_fault_of_configuration(data: bytes) -> None:
    """Exit 2 and not 3: the release is not to blame."""
    with pytest.raises(ConfigError):
        parse_policy(data, ".hfsemver.yaml")


@given(
    st.recursive(
        st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["promise", "rules", "ignore", "accept", "guard", "level", "bump", "tensor-added", "x"]
                ),
                inner,
                max_size=3,
            )
        ),
        max_leaves=8,
    )
)
def test_no_document_crashes_the_reader(document: object) -> None:
    """Any YAML is a policy or a list of problems."""
    found: tuple[str, ...] = ("none",)
    try:
        parse_policy(yaml.safe_dump(document).encode(), ".hfsemver.yaml")
    except ConfigError as error:
        found = error.problems

    assert found


def test_the_schema_accepts_what_the_reader_accepts() -> None:
    """Editors that use the schema and the tool agree on a full example, and on a misspelt key."""
    schema = policy_schema(rule.id for rule in catalogue())
    jsonschema.Draft202012Validator.check_schema(schema)
    document = yaml.load(FULL.replace("false", "no").replace("legal: no", "legal: false"), Loader=yaml.SafeLoader)
    document["accept"][0]["until"] = "2026-12-31"
    jsonschema.validate(document, schema)

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"promis": "load"}, schema)

"""The commands on real folders and repositories, from the words typed to the exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from hfsemver.cli.errors import guarded
from hfsemver.cli.main import invoke
from hfsemver.reports.json_reader import report_from_json
from hfsemver.reports.report import VERDICT_FORMATS, Format
from hfsemver.reports.report_schema import REPORT_SCHEMA, RULES_SCHEMA
from hfsemver.rules.catalogue import catalogue
from tests import builders
from tests.gitworld import GitWorld

if TYPE_CHECKING:
    from hfsemver.rules.rule import ExampleFiles

CONFIG = {"architectures": ["LlamaForCausalLM"], "hidden_size": 8, "model_type": "llama", "vocab_size": 16}
OLD: ExampleFiles = {"body": "F32[8,4]", "norm": "F32[4]", "config.json": CONFIG}


def card(version: str) -> dict[str, str]:
    """Return a card that declares a version."""
    return {"README.md": f"---\nlicense: apache-2.0\nversion: {version}\n---\n# Small\n"}


def without_norm(version: str) -> ExampleFiles:
    """Return a release that breaks its consumers, under a version."""
    return {"body": "F32[8,4]", "config.json": CONFIG, **card(version)}


def run(*arguments: str) -> int:
    """Run a command line in this process, as ``main`` does."""
    return guarded(invoke, arguments)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitWorld:
    """Stand in a repository with the release v1.2.0, in whose working tree a tensor is gone and 1.3.0 is declared."""
    world = GitWorld.create(tmp_path / "repository")
    world.commit(builders.files({**OLD, **card("1.2.0")}), "Release 1.2.0")
    world.tag("v1.2.0")
    world.write(builders.files(without_norm("1.3.0")))
    monkeypatch.chdir(world.root)
    return world


def test_a_break_under_a_minor_version_is_refused(repository: GitWorld, capsys: pytest.CaptureFixture[str]) -> None:
    """The finding names tensor and both sides, the last line names the version to release, the exit code is 1."""
    assert run("check") == 1

    lines = capsys.readouterr().out.splitlines()
    at = lines.index("deny[tensor-removed] requires major")
    assert lines[at + 1] == "  --> model.safetensors: norm"
    assert lines[at + 2] == "      v1.2.0  F32[4]"
    assert lines[at + 3] == "      v1.3.0  -"
    assert lines[-1] == "v1.3.0 declares minor, the changes require major: release 2.0.0"


@pytest.mark.parametrize("declared", ["2.0.0", "v2.0.0"])
def test_a_break_under_a_major_version_passes(
    repository: GitWorld, capsys: pytest.CaptureFixture[str], declared: str
) -> None:
    """The finding stays, the version is large enough, the exit code is 0; the name of a tag is a version too."""
    assert run("check", "--declared", declared) == 0

    out = capsys.readouterr().out
    assert "deny[tensor-removed] requires major" in out
    assert out.splitlines()[-1] == "v2.0.0 declares major, the changes require major: large enough"


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize(("declared", "code"), [("1.3.0", 1), ("2.0.0", 0)])
def test_the_format_never_changes_the_exit_code(
    repository: GitWorld, form: Format, declared: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every format ends with the code of the verdict, and writes the same bytes to a file as to standard output."""
    assert run("check", "--declared", declared, "--format", form.value) == code
    shown = capsys.readouterr().out

    assert run("check", "--declared", declared, "--format", form.value, "--output", "../report") == code
    assert (repository.root.parent / "report").read_text(encoding="utf-8") == shown
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("form", VERDICT_FORMATS)
@pytest.mark.parametrize("command", [("diff", "@v1.2.0", "."), ("rules",), ("explain", "tensor-removed"), ("log",)])
def test_what_reaches_no_verdict_is_not_written_for_a_service(
    repository: GitWorld, form: Format, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """A format that marks a change as good or bad is refused with the command that decides, and nothing is written."""
    assert guarded(invoke, [*command, "--format", form.value]) == 2
    said = capsys.readouterr()

    assert said.out == ""
    assert f"'{form.value}' marks a change as good or bad, and only hfsemver check decides that" in said.err


def test_json_is_short_for_its_format(repository: GitWorld, capsys: pytest.CaptureFixture[str]) -> None:
    """``--json`` writes JSON v1, which follows its schema and can be read back."""
    run("check", "--json")
    text = capsys.readouterr().out

    jsonschema.Draft202012Validator(REPORT_SCHEMA).validate(json.loads(text))
    assert report_from_json(text).verdict.next_version == "2.0.0"


def test_quiet_names_the_rules_to_explain(repository: GitWorld, capsys: pytest.CaptureFixture[str]) -> None:
    """``-q`` prints what stands against the release, one id a line, each of which ``explain`` knows."""
    assert run("check", "-q") == 1
    ids = capsys.readouterr().out.split()

    assert "tensor-removed" in ids
    assert [run("explain", rule_id) for rule_id in ids] == [0] * len(ids)


def test_quiet_is_silent_about_success(repository: GitWorld, capsys: pytest.CaptureFixture[str]) -> None:
    """``-q`` prints nothing at all when nothing stands against the release."""
    assert run("check", "-q", "--declared", "2.0.0") == 0

    assert capsys.readouterr().out == ""


def test_fail_on_never_reports_and_passes(repository: GitWorld, capsys: pytest.CaptureFixture[str]) -> None:
    """The sentence stays true when nobody enforces it."""
    assert run("check", "--fail-on", "never") == 0

    assert capsys.readouterr().out.splitlines()[-1] == (
        "v1.3.0 declares minor, the changes require major: release 2.0.0 (reported, not enforced)"
    )


def test_a_malformed_file_is_never_judged(repository: GitWorld, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 3, nothing on standard output, and one line that names the file."""
    repository.write({"model.safetensors": b"\xff" * 64})

    assert run("check") == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Error: model.safetensors")


def test_a_skip_is_seen_and_counts_under_strict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Weights that are pointers only cannot be compared: it is said, and ``--strict`` ends with 4."""
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 4096\n"
    for side, digit in (("a", "a"), ("b", "b")):
        (tmp_path / side).mkdir()
        (tmp_path / side / "model.safetensors").write_text(pointer.format(digit * 64), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    command = ("check", "b", "--baseline", "a")

    assert run(*command) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("not evaluated: ") for line in lines)
    assert lines[-1].endswith("not evaluated)")
    assert run(*command, "--strict") == 4


def test_a_policy_by_name_decides(
    repository: GitWorld, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """``--config`` and ``HFSEMVER_CONFIG`` name the policy; what the report printed to paste is accepted once a day is in it."""
    run("check")
    printed = capsys.readouterr().out.splitlines()
    start = printed.index("accept:")
    policy = repository.root.parent / "policy.yaml"
    pasted = "\n".join([*printed[start : printed.index("", start)], ""])
    policy.write_text(pasted, encoding="utf-8")
    assert run("check", "--config", str(policy)) == 2
    assert "accept[0].until: 'say here how long' is no day such as " in capsys.readouterr().err
    policy.write_text(pasted.replace("say here how long", "9999-12-31"), encoding="utf-8")

    assert run("check", "--config", str(policy)) == 0
    assert (
        "accepted: tensor-removed at model.safetensors: norm (until 9999-12-31): say here why"
        in capsys.readouterr().out
    )
    monkeypatch.setenv("HFSEMVER_CONFIG", str(policy))
    assert run("check") == 0


def test_a_wrong_policy_ends_with_2(repository: GitWorld, capsys: pytest.CaptureFixture[str]) -> None:
    """All problems of the policy, each with its key, and no judgement."""
    policy = repository.root.parent / "policy.yaml"
    policy.write_text("promis: load\nrules:\n  tensor-removd: warn\n", encoding="utf-8")

    assert run("check", "--config", str(policy)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "did you mean 'promise'?" in err
    assert "did you mean 'tensor-removed'?" in err


def test_a_diff_shows_everything_and_judges_nothing(repository: GitWorld, capsys: pytest.CaptureFixture[str]) -> None:
    """``diff`` lists the findings and ends with 0 whatever they ask for."""
    assert run("diff", "@v1.2.0", ".") == 0

    assert "deny[tensor-removed] requires major" in capsys.readouterr().out


def test_the_list_of_rules_follows_its_schema(capsys: pytest.CaptureFixture[str]) -> None:
    """``rules --format json`` is what ``schema rules`` says, with every rule of the catalogue once."""
    assert run("rules", "--format", "json") == 0
    written = json.loads(capsys.readouterr().out)

    jsonschema.Draft202012Validator(RULES_SCHEMA).validate(written)
    assert written["schema"] == "hfsemver/rules/1"
    assert list(written["rules"][0]) == [
        "id", "area", "bump", "level", "promise", "cost", "since", "summary", "why", "fix",
    ]  # fmt: skip
    assert [rule["id"] for rule in written["rules"]] == [rule.id for rule in catalogue()]


@pytest.mark.parametrize("form", [form for form in Format if form not in VERDICT_FORMATS])
def test_the_list_of_rules_names_every_rule_in_every_format(form: Format, capsys: pytest.CaptureFixture[str]) -> None:
    """No format leaves a rule out."""
    assert run("rules", "--format", form.value) == 0
    out = capsys.readouterr().out

    assert [rule.id for rule in catalogue() if rule.id not in out] == []


@pytest.mark.parametrize("rule_id", [rule.id for rule in catalogue()])
def test_every_rule_can_be_explained(rule_id: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``explain`` says what a rule notices, why, what to do, what it asks for, and shows it at work."""
    assert run("explain", rule_id) == 0
    text = capsys.readouterr().out

    assert text.startswith(f"{rule_id}\n")
    for part in ("\nwhy: ", "\nfix: ", "\nrequires  ", "\nlevel     ", "\nsince     ", "\nIt fires here:\n  "):
        assert part in text
    assert "``" not in text


@pytest.mark.parametrize("document", ["report", "rules", "log", "config"])
def test_a_schema_is_a_schema(document: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed is valid JSON Schema 2020-12 and closed at its top."""
    assert run("schema", document) == 0
    written = json.loads(capsys.readouterr().out)

    jsonschema.Draft202012Validator.check_schema(written)
    assert written["additionalProperties"] is False


def test_both_ways_to_start_are_the_same_program() -> None:
    """``python -m hfsemver`` and the console script answer alike."""
    script = subprocess.run(
        [Path(sys.executable).with_name("hfsemver"), "--version"], capture_output=True, check=True
    ).stdout
    module = subprocess.run([sys.executable, "-m", "hfsemver", "--version"], capture_output=True, check=True).stdout

    assert script == module

"""The command line itself: commands are found, misspelt words are met with the right ones."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import click
import pytest

from hfsemver import __version__
from hfsemver.cli import commands
from hfsemver.cli.errors import guarded
from hfsemver.cli.exits import Exit, exit_of, strict_exit_of
from hfsemver.cli.main import cli, invoke
from hfsemver.cli.options import resolved
from hfsemver.reports.report import Format
from tests.reports.strategies import FIRST, GRANTED, QUIET, REFUSED

NAMES = sorted(path.stem for path in Path(commands.__path__[0]).glob("*.py") if path.stem != "__init__")
ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> int:
    """Run a command line in this process, as ``main`` does."""
    return guarded(invoke, arguments)


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """``hfsemver --version`` says which one this is."""
    assert run("--version") == Exit.OK

    assert capsys.readouterr().out == f"hfsemver {__version__}\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_module_is_a_command(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every module of the folder is a command of its own name, is listed, and explains itself."""
    assert isinstance(getattr(import_module(f"{commands.__name__}.{name}"), name), click.Command)
    assert run("--help") == Exit.OK
    assert f"  {name}" in capsys.readouterr().out
    assert run(name, "--help") == Exit.OK
    assert f"Usage: hfsemver {name}" in capsys.readouterr().out


@pytest.mark.parametrize("name", NAMES)
def test_a_command_is_a_thin_shell(name: str) -> None:
    """No function of a command module has 40 lines: what a command does lives in a workflow."""
    tree = ast.parse(Path(commands.__path__[0], f"{name}.py").read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]

    assert functions
    assert all((node.end_lineno or 0) - node.lineno < 40 for node in functions)


def test_the_first_commands_are_there() -> None:
    """The two tests above look at something."""
    assert {"check", "diff", "rules", "explain", "schema"} <= set(NAMES)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["chekc"], "did you mean 'check'?"),
        (["zzz"], "there are accept"),
        (["check", "--basline", "x"], "--baseline"),
        (["check", "--promise", "lod"], "load"),
        (["check", "a", "b"], "unexpected extra argument"),
        (["diff", "a"], "Missing argument 'B'"),
        (["rules", "--json", "-q"], "exclude one another"),
        (["rules", "--json", "--format", "agent"], "exclude one another"),
        (["schema", "reprot"], "report"),
        (["explain", "tensor-remove"], "tensor-removed"),
        (["explain", "tensor_removed"], "tensor-removed"),
        (["explain", "zzzzzz"], "hfsemver rules"),
    ],
)
def test_a_wrong_word_is_met_with_the_right_one(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Usage errors end with 2, name what would have been right, and say what to type next."""
    assert run(*arguments) == Exit.USAGE

    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert err.startswith("Error: ")
    assert err.splitlines()[-1].startswith("Hint: ")


def test_no_command_at_all_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """The bare name ends with 2 and shows what there is."""
    assert run() == Exit.USAGE

    assert "check" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["hook"]])
def test_a_bare_group_is_met_with_its_help(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Word for word the text of ``--help``, on standard error because nothing was done."""
    assert run(*arguments, "--help") == Exit.OK
    wanted = capsys.readouterr().out

    assert run(*arguments) == Exit.USAGE
    assert capsys.readouterr() == ("", wanted)


@pytest.mark.parametrize("arguments", [["schema"], ["schema", "reprot"]])
def test_a_usage_error_is_one_line_and_a_hint(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Lists that the library breaks into lines with tabs stand in a sentence."""
    assert run(*arguments) == Exit.USAGE

    error, hint = capsys.readouterr().err.splitlines()
    assert error.startswith("Error: ")
    assert "\\x" not in error
    assert hint == "Hint: hfsemver schema --help"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, Format.HUMAN),
        ({"AI_AGENT": "some-harness"}, Format.AGENT),
        ({"AGENT": "1"}, Format.AGENT),
        ({"AGENT": " "}, Format.HUMAN),
    ],
)
def test_auto_means_agent_under_a_harness(
    variables: dict[str, str], expected: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``auto`` follows the two variables that ``hf`` follows; a format that was asked for always wins."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert resolved("auto") is expected
    assert resolved("json") is Format.JSON


def test_the_exit_code_is_that_of_the_verdict() -> None:
    """0 and 1 come from the verdict alone; under ``--strict`` a skip turns 0 into 4 and never hides a 1."""
    assert [exit_of(report) for report in (GRANTED, QUIET, REFUSED, FIRST)] == [0, 0, 1, 1]
    assert [strict_exit_of(report) for report in (GRANTED, REFUSED)] == [0, 1]


def test_the_page_of_exit_codes_knows_every_code() -> None:
    """The published table and the code name the same numbers."""
    page = (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    listed = {int(line.split("|")[1]) for line in page.splitlines() if line[:2] == "| " and line[2].isdigit()}

    assert listed == {int(code) for code in Exit}


def test_help_names_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    """``hfsemver --help`` says what each exit code means."""
    cli.main(["--help"], prog_name="hfsemver", standalone_mode=False)
    text = capsys.readouterr().out.partition("Exit codes:")[2]

    assert all(f" {int(code)} " in text for code in Exit)


def test_another_system_is_told_at_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Before a module is loaded that cannot be loaded there."""
    monkeypatch.setattr("hfsemver.cli.main.POSIX", False)

    assert guarded(invoke, ["check"]) == Exit.USAGE
    assert "WSL" in capsys.readouterr().err

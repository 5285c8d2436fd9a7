"""Programs are started in few places, and git changes a repository only on the publishing floor."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hfsemver.publish.git import WRITING
from hfsemver.releases.git_command import READING

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[2] / "hfsemver"

MAY_START_PROGRAMS = {
    "releases/git_process.py": "git; which of its commands is said by those who may call it, below",
    "publish/git.py": "git-lfs, in the place of the git that called the hook",
    "publish/command.py": "what somebody would type, in their place",
    "releases/encoding/opening.py": "a child of our own that encodes texts, under limits that leave it no file",
    "releases/rendering/render.py": "a child of our own that renders templates, under limits that leave it no file",
    "workflows/hook/chain.py": "the hook that was there before ours, which git would have run",
}
_STARTERS = {"subprocess", "pty", "asyncio.subprocess"}
_OS_STARTERS = ("exec", "fork", "popen", "posix_spawn", "spawn", "startfile", "system")

MAY_CALL_GIT = {
    "releases/git_command.py": "commands that read",
    "publish/git.py": "commands that change a repository",
}
MAY_USE_GITPYTHON = {
    "releases/objects.py": "its database of objects, which only reads",
}
_PROCESS, _COMMAND = "hfsemver.releases.git_process", "hfsemver.releases.git_command"
# How the values of one call look and under which variables one runs: nothing runs by these.
_HARMLESS = {"Answer", "environment"}
# The functions that ask git, with the place of the sub-command among their arguments.
_ASKING = {"ask_git": 1, "read_git": 1, "copy_git": 2, "start_of_git": 2}


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Return every module of the package by its path, parsed."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> set[tuple[str, str]]:
    """Return what a module imports: pairs of a module and a name in it, empty for the whole module."""
    pairs = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            pairs |= {(alias.name, "") for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            pairs |= {(node.module or "", alias.name) for alias in node.names}
    return pairs


def starts_programs(tree: ast.Module) -> bool:
    """Tell whether a module can start a program."""
    pairs = imported(tree)
    by_os = [
        node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "os"
    ]
    by_os += [name for module, name in pairs if module == "os"]
    return any(module in _STARTERS for module, _ in pairs) or any(name.startswith(_OS_STARTERS) for name in by_os)


def runs_git(tree: ast.Module) -> bool:
    """Tell whether a module can run any command of git that it likes."""
    whole = (_PROCESS, "") in imported(tree) or ("hfsemver.releases", "git_process") in imported(tree)
    return whole or any(module == _PROCESS and name not in _HARMLESS for module, name in imported(tree))


def changes_by_git(tree: ast.Module) -> set[str]:
    """Return the calls of a module by which git would change a repository, or may do so for all that they show."""
    found = {"write_git"} if any(name == "write_git" for _, name in imported(tree)) else set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == _COMMAND:
            found.update(f"{a.name} as {a.asname}" for a in node.names if a.asname)
        if isinstance(node, ast.Call) and (asking := ast.unparse(node.func).rpartition(".")[2]) in _ASKING:
            command, *options = node.args[_ASKING[asking] :] or [node.func]
            if not _asks(command, [o.value for o in options if isinstance(o, ast.Constant)], node.keywords):
                found.add(ast.unparse(node))
    return found


def _asks(command: ast.expr, options: list[object], keywords: list[ast.keyword]) -> bool:
    """Tell whether a sub-command that can do both is told to read."""
    if not isinstance(command, ast.Constant):
        return False
    if command.value == "config":
        return any(str(option).startswith("--get") for option in options)
    if command.value == "symbolic-ref":
        operands = [k.value for k in keywords if k.arg == "operands"]
        return options == ["--quiet"] and all(isinstance(o, ast.Tuple) and len(o.elts) == 1 for o in operands)
    return not any(str(option).startswith("--output") for option in options)


def test_no_other_module_starts_programs() -> None:
    """Whoever needs git asks the wrapper; the few other programs are listed with their reasons, each still in use."""
    assert {module for module, tree in modules() if starts_programs(tree)} == set(MAY_START_PROGRAMS)


def test_git_is_called_by_two_modules_only() -> None:
    """One floor reads, one writes, and nobody else chooses a command; the library that wraps git only reads objects."""
    assert {module for module, tree in modules() if runs_git(tree)} == set(MAY_CALL_GIT)
    users = {m for m, tree in modules() if any(name.partition(".")[0] == "git" for name, _ in imported(tree))}
    assert users == set(MAY_USE_GITPYTHON)


def test_a_command_that_reads_does_not_write() -> None:
    """``git config`` asks and sets under one name, which is why the calls of those that ask are looked at as well."""
    assert READING & WRITING == {"config"}


def test_only_the_publishing_floor_changes_a_repository() -> None:
    """Everybody else is told what git says, and asks for nothing that changes it."""
    found = {module for module, tree in modules() if changes_by_git(tree)}

    # The one that reads passes on what its callers say, and refuses every command that is not in its list.
    assert {module for module in found if not module.startswith("publish/")} == {"releases/git_command.py"}
    assert {"publish/hook.py", "publish/tags.py"} <= found


@pytest.mark.parametrize(
    "source",
    [
        "from hfsemver.publish.git import write_git",
        "from hfsemver.releases.git_command import ask_git as ask",
        "ask_git(root, 'config', operands=('user.name', 'Ada'))",
        "ask_git(root, 'config', '--unset', operands=('user.name',))",
        "read_git(root, 'symbolic-ref', operands=('HEAD', 'refs/heads/other'))",
        "read_git(root, 'symbolic-ref', '--quiet', operands=names)",
        "ask_git(root, 'symbolic-ref', '--delete', operands=('HEAD',))",
        "read_git(root, 'diff-tree', '--output=file')",
        "copy_git(root, target, command)",
        "start_of_git(root, 10, *arguments)",
        "ask_git(*arguments)",
        "git_command.ask_git(root, 'config', operands=(key, value))",
    ],
)
def test_a_change_by_git_is_found(source: str) -> None:
    """The test above can fail."""
    assert changes_by_git(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "ask_git(root, 'config', '--get', operands=(key,))",
        "ask_git(root, 'symbolic-ref', '--quiet', operands=('HEAD',))",
        "copy_git(root, target, 'cat-file', operands=('blob', oid))",
        "read_git(root, 'rev-list', *options, operands=(tip, *limits))",
    ],
)
def test_a_question_to_git_is_no_change(source: str) -> None:
    """What the package asks is let through for what it says, and not because nothing is looked at."""
    assert not changes_by_git(ast.parse(source))


@pytest.mark.parametrize(
    ("source", "starts", "runs"),
    [
        ("import subprocess", True, False),
        ("def lazily():\n    from subprocess import run", True, False),
        ("import os\nos.execvp('git', argv)", True, False),
        ("from os import system", True, False),
        ("import os\nos.environ.get('PATH')", False, False),
        ("from hfsemver.releases.git_process import answer_to", False, True),
        ("from hfsemver.releases import git_process", False, True),
        ("import hfsemver.releases.git_process", False, True),
        ("from hfsemver.releases.git_process import Answer, environment", False, False),
    ],
)
def test_a_way_to_a_program_is_found(source: str, starts: bool, runs: bool) -> None:  # noqa: FBT001 -- columns
    """The first two tests can fail."""
    tree = ast.parse(source)

    assert (starts_programs(tree), runs_git(tree)) == (starts, runs)

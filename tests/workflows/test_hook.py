"""The hook as a program: the bytes it passes on, the status it ends with, where it runs, and what it leaves behind."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hfsemver.workflows.hook.install import install_hook
from tests.workflows.pushing import BODY, HEADLESS, TUNED, Publisher, files

RECORDER = """#!/bin/sh
cat > "$RECORD/stdin"
printf '%s\\n' "$0" "$@" > "$RECORD/arguments"
pwd > "$RECORD/folder"
env | grep '^GIT_' | sort > "$RECORD/variables"
exit ${STATUS:-0}
"""


def executable(path: Path, text: str) -> None:
    """Write a script that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def recorded(folder: Path) -> dict[str, bytes]:
    """Return what a recorder has seen."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def chained(tmp_path: Path) -> tuple[Publisher, Path]:
    """Make a publisher whose own hook records what it is given, behind the judgement."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    executable(publisher.work.root / ".git/hooks/pre-push.before-hfsemver", RECORDER)
    record = tmp_path / "record"
    record.mkdir()
    return publisher, record


def call(publisher: Publisher, stdin: bytes, *arguments: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Run the installed hook as git does."""
    return subprocess.run(
        [".git/hooks/pre-push", *(arguments or ("origin", str(publisher.remote.root)))],
        cwd=publisher.work.root,
        env={**publisher.work.environment, **variables},
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    "verb", [("origin", "HEAD:refs/heads/dev"), ("origin", "main"), ("--dry-run", "origin", ":v1.0.0")]
)
def test_the_hook_before_gets_what_git_gave(tmp_path: Path, verb: tuple[str, ...]) -> None:
    """Bytes, arguments, folder and variables are those that the same hook gets without us: update, new, nothing, delete."""
    publisher, record = chained(tmp_path)
    if "HEAD" in verb[1]:
        publisher.work.commit({"notes.md": b"x"})
    publisher.push("--dry-run", *verb, RECORD=str(record))
    ours = recorded(record)
    before = publisher.work.root / ".git/hooks/pre-push.before-hfsemver"
    before.replace(before.with_name("pre-push"))
    publisher.push("--dry-run", *verb, RECORD=str(record))
    bare = recorded(record)

    for seen in (ours, bare):
        seen["arguments"] = seen["arguments"].split(b"\n", 1)[1]
    assert ours == bare


def test_every_byte_is_passed_on(tmp_path: Path) -> None:
    """A ref name need not be UTF-8, and the last line need not end."""
    publisher, record = chained(tmp_path)
    head = publisher.work.head().encode()
    for stdin in (b"", b"refs/heads/\xff\xfe " + head + b" refs/heads/\xff\xfe " + head, b"\n\n"):
        done = call(publisher, stdin, RECORD=str(record))
        assert done.returncode == 0, done.stderr
        assert (record / "stdin").read_bytes() == stdin


def test_ten_thousand_refs_are_passed_on(tmp_path: Path) -> None:
    """More than a pipe holds at once; the hook before reads none of it and nobody waits for ever."""
    publisher = Publisher.released(tmp_path)
    executable(publisher.work.root / ".git/hooks/pre-push.before-hfsemver", "#!/bin/sh\nexit 0\n")
    zero, head = "0" * 40, publisher.work.head()
    lines = "".join(f"(delete) {zero} refs/heads/b{n} {head}\n" for n in range(10_000))

    done = call(publisher, lines.encode())

    assert done.returncode == 0, done.stderr[-300:]


def test_the_status_of_the_hook_before_is_passed_on(tmp_path: Path) -> None:
    """It refuses with its own code, and git-lfs is not asked any more."""
    publisher, record = chained(tmp_path)
    publisher.work.commit(files(TUNED, "1.1.0"), "two")

    publisher.refused("origin", "main", RECORD=str(record), STATUS="7")

    assert call(publisher, b"", RECORD=str(record), STATUS="7").returncode == 7


def test_a_refusal_asks_nobody_else(tmp_path: Path) -> None:
    """The hook before does not run for a push that does not go out."""
    publisher, record = chained(tmp_path)
    publisher.work.commit(files(HEADLESS, "1.0.1"), "two")

    publisher.refused("origin", "main", RECORD=str(record))

    assert not recorded(record)


def test_a_hook_before_that_is_not_executable_stays_asleep(tmp_path: Path) -> None:
    """As it was under git."""
    publisher, record = chained(tmp_path)
    (publisher.work.root / ".git/hooks/pre-push.before-hfsemver").chmod(0o644)

    assert call(publisher, b"", RECORD=str(record)).returncode == 0
    assert not recorded(record)


def test_a_hook_before_without_a_first_line_runs_in_a_shell(tmp_path: Path) -> None:
    """Git runs such a script with sh, and so does the chain."""
    publisher, record = chained(tmp_path)
    executable(publisher.work.root / ".git/hooks/pre-push.before-hfsemver", RECORDER.partition("\n")[2])

    assert call(publisher, b"", RECORD=str(record), STATUS="5").returncode == 5
    assert (record / "stdin").exists()


def test_git_lfs_that_is_missing_refuses_as_its_own_hook_does(tmp_path: Path) -> None:
    """Pointers without objects are worse than no push."""
    publisher = Publisher.released(tmp_path)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("git", "sh", "cat"):
        found = subprocess.run(["sh", "-c", f"command -v {name}"], capture_output=True, text=True, check=True).stdout
        (tools / name).symlink_to(found.strip())

    done = call(publisher, b"", PATH=str(tools))

    assert done.returncode != 0
    assert b"git-lfs is not installed" in done.stderr


def test_a_repository_without_lfs_does_not_need_it(tmp_path: Path) -> None:
    """No store, no filter: git-lfs is not even looked for."""
    from tests.gitworld import GitWorld

    work = GitWorld.create(tmp_path / "work")
    publisher = Publisher(work, work.bare(tmp_path / "remote.git"))
    install_hook(str(work.root))
    work.commit(files(BODY, "1.0.0"), "one")

    publisher.push("origin", "main", PATH="/usr/bin:/bin")

    assert not (work.root / ".git/lfs").exists()


@pytest.mark.parametrize("line", [b"nonsense\n", b"refs/heads/main abc refs/heads/main def\n", b"\xff\xff\xff\xff\n"])
def test_a_line_that_is_not_understood_refuses(tmp_path: Path, line: bytes) -> None:
    """What git has never written must not slip through; exit 3, one line, no traceback."""
    done = call(Publisher.released(tmp_path), line)

    assert done.returncode == 3
    assert b"standard input: line 1" in done.stderr
    assert b"Traceback" not in done.stderr


def test_the_local_side_may_hold_blanks(tmp_path: Path) -> None:
    """``git push origin 'HEAD@{1 minute ago}:main'`` is legal."""
    publisher = Publisher.released(tmp_path)
    head = publisher.work.head()

    done = call(publisher, f"HEAD@{{1 minute ago}} {head} refs/heads/dev {'0' * 40}\n".encode())

    assert done.returncode == 0, done.stderr
    assert b"hfsemver: dev: " in done.stderr


def test_a_linked_worktree_pushes_what_it_has(tmp_path: Path) -> None:
    """Git exports GIT_DIR there; judged is the worktree's commit, and its weights come from the common store."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    linked = Publisher(publisher.work.worktree(tmp_path / "linked"), publisher.remote)
    linked.work.commit(files(HEADLESS, "1.0.1"), "two")

    assert "tensor-removed" in linked.refused("origin", "HEAD:main")
    linked.work.commit(files(HEADLESS, "2.0.0"), "two")
    linked.push("origin", "HEAD:main")

    assert len(publisher.uploads()) == 2


def test_a_repository_that_is_named_from_outside_is_the_one_judged(tmp_path: Path) -> None:
    """``git --git-dir=... --work-tree=... push`` from a folder inside another repository."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    publisher.work.commit(files(HEADLESS, "1.0.1"), "two")
    other = Publisher.released(tmp_path / "other", "1.0.0")
    where = (f"--git-dir={publisher.work.root}/.git", f"--work-tree={publisher.work.root}")

    done = other.work.run(*where, "push", "origin", "main")

    assert done.returncode == 1
    assert b"tensor-removed" in done.stderr


def test_a_module_in_the_model_repository_is_not_run(tmp_path: Path) -> None:
    """A file ``hfsemver.py`` or ``click.py`` beside the weights is data."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    trap = b"open('trapped', 'w').close()\n"
    names = ("hfsemver.py", "click.py", "re.py", "subprocess.py", "numpy.py", "sitecustomize.py")
    publisher.work.commit(dict.fromkeys(names, trap), "traps")

    publisher.push("origin", "main")

    assert not (publisher.work.root / "trapped").exists()


def test_a_skip_needs_a_reason(tmp_path: Path) -> None:
    """A bare switch refuses, says what is missing, and records nothing."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    publisher.work.commit(files(HEADLESS, "1.0.1"), "two")

    for value in ("", "1", "true", "  "):
        assert "gives no reason" in publisher.refused("origin", "main", HFSEMVER_SKIP=value)
    assert not (publisher.work.root / ".git/hfsemver").exists()


def test_a_skip_with_a_reason_goes_out_whole_and_on_record(tmp_path: Path) -> None:
    """Not judged, said so, written down; the weights are uploaded all the same."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    publisher.work.commit(files(HEADLESS, "1.0.1"), "two")

    said = publisher.push("origin", "main", HFSEMVER_SKIP="1 hotfix\x1b[2J, agreed")
    (line,) = (publisher.work.root / ".git/hfsemver/skips.log").read_text().splitlines()
    entry = json.loads(line)

    assert "NOT JUDGED, because: 1 hotfix\\x1b[2J, agreed" in said
    assert entry["reason"] == "1 hotfix\x1b[2J, agreed"
    assert entry["refs"] == [{"ref": "refs/heads/main", "old": entry["refs"][0]["old"], "new": publisher.work.head()}]
    assert len(publisher.uploads()) == 2


def test_a_skip_that_cannot_be_recorded_refuses(tmp_path: Path) -> None:
    """No record, no skip."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    (publisher.work.root / ".git/hfsemver").write_text("in the way")
    publisher.work.commit(files(HEADLESS, "1.0.1"), "two")

    assert "could not be recorded" in publisher.refused("origin", "main", HFSEMVER_SKIP="in a hurry")


def test_an_environment_that_is_gone_refuses_and_says_what_to_type(tmp_path: Path) -> None:
    """The Python that installed the hook was removed, and no other hfsemver is on the path."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    hook = publisher.work.root / ".git/hooks/pre-push"
    hook.write_bytes(hook.read_bytes().replace(b"[ -x ", b"[ -x /gone"))
    publisher.work.commit(files(TUNED, "1.1.0"), "two")

    said = publisher.refused("origin", "main", PATH="/usr/bin:/bin")

    assert "nothing was judged" in said
    assert f"install hfsemver again into {Path(sys.executable).with_name('python')}, then renew the hook" in said
    assert "pip install" not in said


def test_another_installation_on_the_path_takes_over(tmp_path: Path) -> None:
    """The console script is called the long way, with the same outcome."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    hook = publisher.work.root / ".git/hooks/pre-push"
    hook.write_bytes(hook.read_bytes().replace(b"[ -x ", b"[ -x /gone"))
    executable(tmp_path / "bin/hfsemver", f'#!/bin/sh\nexec {sys.executable} -P -m hfsemver "$@"\n')
    path = f"{tmp_path}/bin:/usr/bin:/bin"
    publisher.work.commit(files(HEADLESS, "1.0.1"), "two")

    assert "tensor-removed" in publisher.refused("origin", "main", PATH=path)
    publisher.work.commit(files(HEADLESS, "2.0.0"), "two")
    publisher.push("origin", "main", PATH=path)

    assert len(publisher.uploads()) == 2


def test_the_pre_commit_framework_is_understood(tmp_path: Path) -> None:
    """It closes standard input and tells of one ref by variables; the first push names no commits at all."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    old = publisher.work.head()
    new = publisher.work.commit(files(HEADLESS, "1.0.1"), "two")
    told = {
        "PRE_COMMIT": "1",
        "PRE_COMMIT_REMOTE_NAME": "origin",
        "PRE_COMMIT_REMOTE_URL": str(publisher.remote.root),
        "PRE_COMMIT_LOCAL_BRANCH": "refs/heads/main",
        "PRE_COMMIT_REMOTE_BRANCH": "refs/heads/main",
    }

    def run(**more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "hfsemver", "hook", "run"],
            cwd=publisher.work.root,
            env=publisher.work.environment | told | more,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    refused = run(PRE_COMMIT_FROM_REF=old, PRE_COMMIT_TO_REF=new)
    first = run()

    assert (refused.returncode, first.returncode) == (1, 1)
    assert "tensor-removed" in refused.stderr
    assert "tensor-removed" in first.stderr


def test_killing_the_push_leaves_nothing_behind(tmp_path: Path) -> None:
    """SIGKILL to the whole group at ten moments of the hook: no file, no lock, no ref; the next push goes out."""
    publisher = Publisher.released(tmp_path, "1.0.0")
    publisher.work.commit(files(TUNED, "1.1.0"), "two")
    state = publisher.refs(), publisher.uploads()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    executable(publisher.work.root / ".git/hooks/pre-push.before-hfsemver", "#!/bin/sh\nsleep 30\n")
    files_before = inventory(publisher.work.root / ".git")

    for tenth in range(10):
        process = subprocess.Popen(
            ["git", "push", "origin", "main"],
            cwd=publisher.work.root,
            env={**publisher.work.environment, "TMPDIR": str(scratch)},
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(0.05 + tenth * 0.1)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    assert (publisher.refs(), publisher.uploads()) == state
    assert inventory(publisher.work.root / ".git") == files_before
    assert not list(scratch.iterdir())
    (publisher.work.root / ".git/hooks/pre-push.before-hfsemver").unlink()
    publisher.push("origin", "main")


def inventory(folder: Path) -> set[str]:
    """Return every file below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not stat.S_ISDIR(path.lstat().st_mode)}

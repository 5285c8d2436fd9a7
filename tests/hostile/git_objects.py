"""Malformed trees, missing and damaged objects, and refs that name nothing: made with git's own plumbing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tests.hostile.case import USAGE, Case
from tests.hostile.yaml_files import MARKER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.gitworld import GitWorld

Entry = tuple[str, bytes, str]

FILE, FOLDER, LINK, SUBMODULE = "100644", "40000", "120000", "160000"
NOWHERE = "1" * 40


def cases() -> Iterator[Case]:
    """Yield all of them."""
    for name, (raw, told) in _NAMES.items():
        yield Case(family="git", name=f"name-{name}", told=told, commit=partial(_with_file, raw=raw))
    for name, (build, told) in _TREES.items():
        yield Case(family="git", name=f"tree-{name}", told=told, commit=build)
    for name, (revision, told) in _REVISIONS.items():
        commit = partial(_revision, revision=revision)
        yield Case(family="git", name=f"revision-{name}", told=told, commit=commit, code=USAGE)
    for name, (build, told) in _REFS.items():
        yield Case(family="git", name=f"ref-{name}", told=told, commit=build, code=USAGE)


def entries(world: GitWorld) -> list[Entry]:
    """Return the entries of the sound release."""
    lines = world.git("ls-tree", "-z", "HEAD").rstrip("\0").split("\0")
    fields = [(line.partition("\t")[0].split(), line.partition("\t")[2]) for line in lines]
    return [(mode.lstrip("0"), name.encode(), oid) for (mode, _, oid), name in fields]


def write(world: GitWorld, kind: str, data: bytes) -> str:
    """Write an object as it is, unchecked, and return its id."""
    return world.git("hash-object", "-t", kind, "--literally", "-w", "--stdin", stdin=data)


def tree(world: GitWorld, *found: Entry) -> str:
    """Write a tree of these entries in this order."""
    return write(
        world, "tree", b"".join(mode.encode() + b" " + name + b"\0" + bytes.fromhex(oid) for mode, name, oid in found)
    )


def commit(world: GitWorld, tree_id: str) -> str:
    """Write a commit of a tree that need not exist."""
    who = "Ada Author <ada@example.org> 1767323045 +0000"
    return write(world, "commit", f"tree {tree_id}\nauthor {who}\ncommitter {who}\n\nrelease\n".encode())


def in_order(found: list[Entry]) -> list[Entry]:
    """Sort entries as git does: a folder as if its name ended in a slash."""
    return sorted(found, key=lambda entry: entry[1] + b"/" if entry[0] == FOLDER else entry[1])


def _with(world: GitWorld, *added: Entry) -> str:
    names = {name for _, name, _ in added}
    return commit(
        world, tree(world, *in_order([*(entry for entry in entries(world) if entry[1] not in names), *added]))
    )


def _with_file(world: GitWorld, raw: bytes) -> str:
    return _with(world, (FILE, raw, write(world, "blob", b"x")))


_NAMES: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "up": (b"..", ("'..'",)),
    "here": (b".", ("'.'",)),
    "none": (b"", ("''",)),
    "slash": (b"a/b", ("'a/b'",)),
    "absolute": (b"/etc/passwd", ("'/etc/passwd'",)),
    "git": (b".git", ("'.git'",)),
    "git-in-capitals": (b".GIT", ("'.GIT'",)),
    "git-short": (b"git~1", ("git~1", "repository's own folder")),
    "git-with-dot": (b".git.", (".git.", "repository's own folder")),
    "git-with-space": (b".git ", (".git ", "repository's own folder")),
    "git-with-hidden-character": (".g\u200cit".encode(), ("repository's own folder",)),
    "line-break": (b"a\nError: forged", ("a\\x0aError: forged", "control character")),
    "escape": (b"\x1b[2J", ("\\x1b[2J", "control character")),
    "delete": (b"a\x7f", ("control character",)),
    "backslash": (b"..\\x", ("..\\x", "backslash")),
    "drive": (b"C:x", ("C:x", "absolute path")),
    "latin-1": (b"caf\xe9.txt", ("not UTF-8",)),
    "surrogate": (b"a\xed\xa0\x80", ("not UTF-8",)),
    "case": (b"readme.md", ("readme.md", "README.md", "case or normal form")),
}  # fmt: skip


def _normal_forms(world: GitWorld) -> str:
    blob = write(world, "blob", b"x")
    return _with(world, (FILE, "é.txt".encode(), blob), (FILE, "e\u0301.txt".encode(), blob))


def _name_twice(world: GitWorld) -> str:
    found = entries(world)
    return commit(world, tree(world, *in_order([*found, *(entry for entry in found if entry[1] == b"config.json")])))


def _file_and_folder(world: GitWorld) -> str:
    blob = write(world, "blob", b"x")
    return _with(world, (FILE, b"a", blob), (FOLDER, b"A", tree(world, (FILE, b"b", blob))))


def _unsorted(world: GitWorld) -> str:
    return commit(world, tree(world, *reversed(entries(world))))


def _mode(world: GitWorld, mode: str) -> str:
    return _with(world, (mode, b"config.json", write(world, "blob", b"{}")))


def _cut(world: GitWorld) -> str:
    data = b"100644 config.json\0" + bytes(7)
    return commit(world, write(world, "tree", data))


def _no_tree(world: GitWorld, data: bytes) -> str:
    return commit(world, write(world, "tree", data))


def _points(world: GitWorld, mode: str, name: bytes, oid: str) -> str:
    return _with(world, (mode, name, oid))


def _folder_is_a_blob(world: GitWorld) -> str:
    return _with(world, (FOLDER, b"config", write(world, "blob", b"x")))


def _file_is_a_tree(world: GitWorld) -> str:
    return _with(world, (FILE, b"config.json", tree(world)))


def _link(world: GitWorld, name: bytes) -> str:
    return _with(world, (LINK, name, write(world, "blob", b"/etc/passwd")))


def _deep(world: GitWorld) -> str:
    oid = tree(world, (FILE, b"x", write(world, "blob", b"x")))
    for _ in range(100):
        oid = tree(world, (FOLDER, b"a", oid))
    return _with(world, (FOLDER, b"a", oid))


def _bomb(world: GitWorld) -> str:
    """Ten folders that are one, ten levels deep: ten thousand million paths in a few hundred bytes."""
    oid = tree(world, (FILE, b"x", write(world, "blob", b"x")))
    for _ in range(10):
        oid = tree(world, *((FOLDER, b"%d" % number, oid) for number in range(10)))
    return _with(world, (FOLDER, b"bomb", oid))


def _damaged(world: GitWorld, name: bytes) -> str:
    oid = next(oid for _, found, oid in entries(world) if found == name)
    path = world.root / ".git" / "objects" / oid[:2] / oid[2:]
    path.chmod(0o644)
    path.write_bytes(b"damaged")
    return world.head()


def _commit_of_nothing(world: GitWorld) -> str:
    return commit(world, NOWHERE)


_TREES: dict[str, tuple[Callable[[GitWorld], str], tuple[str, ...]]] = {
    "normal-forms": (_normal_forms, ("case or normal form",)),
    "name-twice": (_name_twice, ("'config.json' occurs twice", "(at byte")),
    "file-and-folder": (_file_and_folder, ("a", "lies in it")),
    "unsorted": (_unsorted, ("out of order", "(at byte")),
    "mode-zero": (partial(_mode, mode="0"), ("mode '0'", "(at byte")),
    "mode-device": (partial(_mode, mode="60644"), ("mode '60644'", "(at byte")),
    "mode-text": (partial(_mode, mode="rw"), ("mode 'rw'", "(at byte")),
    "cut": (_cut, ("cut off", "(at byte 0)")),
    "rubbish": (partial(_no_tree, data=b"\x1b[2J" * 100), ("cut off", "(at byte 0)")),
    "blob-missing": (partial(_points, mode=FILE, name=b"config.json", oid=NOWHERE), ("config.json",)),
    "folder-missing": (partial(_points, mode=FOLDER, name=b"onnx", oid=NOWHERE), ("onnx",)),
    "folder-is-a-file": (_folder_is_a_blob, ("config",)),
    "file-is-a-folder": (_file_is_a_tree, ("config.json",)),
    "weights-are-a-link": (partial(_link, name=b"model.safetensors"), ("model.safetensors", "never followed")),
    "config-is-a-link": (partial(_link, name=b"config.json"), ("config.json",)),
    "weights-are-a-submodule": (
        partial(_points, mode=SUBMODULE, name=b"model.safetensors", oid=NOWHERE), ("model.safetensors", "never followed"),
    ),
    "a-hundred-levels": (_deep, ("levels deep",)),
    "bomb": (_bomb, ("more than",)),
    "object-damaged": (partial(_damaged, name=b"config.json"), ("config.json",)),
    "weights-damaged": (partial(_damaged, name=b"model.safetensors"), ("model.safetensors",)),
}  # fmt: skip


def _revision(world: GitWorld, revision: str) -> str:
    return revision


_REVISIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "unknown": ("v9.9.9", ("v9.9.9",)),
    "unknown-commit": (NOWHERE, (NOWHERE,)),
    "option": (f"--upload-pack=touch {MARKER}", ("--upload-pack",)),
    "output-option": (f"--output={MARKER}", ("--output",)),
    "file": ("HEAD:config.json", ("HEAD:config.json",)),
    "tree": ("HEAD^{tree}", ("HEAD^{tree}",)),
    "range": ("HEAD..HEAD", ("HEAD..HEAD",)),
    "excluded": ("^HEAD", ("^HEAD",)),
    "all-parents": ("HEAD^@", ("HEAD^",)),
    "before-the-first": ("HEAD~99", ("HEAD~99",)),
    "escapes": ("\x1b[2J\nError: forged", ("x1b[2J", "x0aError: forged")),
    "endless": ("v" * 20_000, ("vvv",)),
    "surrogate": ("\udcff", ("",)),
}  # fmt: skip


def _ref(world: GitWorld, content: str) -> str:
    (world.root / ".git" / "refs" / "tags" / "v1.0.0").write_text(content, encoding="utf-8")
    return "v1.0.0"


def _loop(world: GitWorld) -> str:
    heads = world.root / ".git" / "refs" / "heads"
    (heads / "one").write_text("ref: refs/heads/two\n", encoding="utf-8")
    (heads / "two").write_text("ref: refs/heads/one\n", encoding="utf-8")
    return "one"


def _tag_of(world: GitWorld, expression: str) -> str:
    world.git("tag", "v1.0.0", world.git("rev-parse", expression))
    return "v1.0.0"


def _tag_object(world: GitWorld, data: bytes) -> str:
    return _ref(world, write(world, "tag", data) + "\n")


def _head(world: GitWorld) -> str:
    (world.root / ".git" / "HEAD").write_text("\x1b[2J", encoding="utf-8")
    return "HEAD"


def _unborn(world: GitWorld) -> str:
    (world.root / ".git" / "HEAD").write_text("ref: refs/heads/unborn\n", encoding="utf-8")
    return "HEAD"


_REFS: dict[str, tuple[Callable[[GitWorld], str], tuple[str, ...]]] = {
    "tree-missing": (_commit_of_nothing, ("in commit",)),
    "empty": (partial(_ref, content=""), ("v1.0.0",)),
    "rubbish": (partial(_ref, content="not an id\n"), ("v1.0.0",)),
    "short": (partial(_ref, content="1234567\n"), ("v1.0.0",)),
    "to-nothing": (partial(_ref, content=NOWHERE + "\n"), ("v1.0.0",)),
    "to-a-path": (partial(_ref, content="ref: ../../../etc/passwd\n"), ("v1.0.0",)),
    "in-a-circle": (_loop, ("one",)),
    "tag-of-a-file": (partial(_tag_of, expression="HEAD:config.json"), ("v1.0.0",)),
    "tag-of-a-folder": (partial(_tag_of, expression="HEAD^{tree}"), ("v1.0.0",)),
    "tag-object-cut": (partial(_tag_object, data=b"object 12"), ("v1.0.0",)),
    "head-rubbish": (_head, ("",)),
    "head-unborn": (_unborn, ("HEAD",)),
}  # fmt: skip

"""Malformed front matter and policies: bombs, tags that would run code, and plain mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hostile.case import USAGE, Case

if TYPE_CHECKING:
    from collections.abc import Iterator

MARKER = "marker-of-executed-code"
CARD, POLICY = "README.md", ".hfsemver.yaml"

LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{key}: &{key} [{','.join([f'*{before}'] * 9)}]\n" for before, key in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGES = "a0: &a0 {k: v}\n" + "".join(f"a{i}: &a{i}\n  <<: [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 24))


def cases() -> Iterator[Case]:
    """Yield all of them."""
    shared = {**_bombs(), **_properties(), **_syntax()}
    for name, (text, line, fault) in {**shared, **_no_cards()}.items():
        place = f"line {line + 1}" if line else ""
        files = {CARD: f"---\nlicense: mit\n{text}\n---\n# A model\n".encode("utf-8", "surrogatepass")}
        yield Case(family="yaml", name=f"card-{name}", files=files, told=(CARD, place, fault))
    for name, (text, line, fault) in {**shared, **_no_policies()}.items():
        place = f"line {line}" if line else ""
        files = {POLICY: f"promise: load\n{text}\n".encode("utf-8", "surrogatepass")}
        yield Case(family="yaml", name=f"policy-{name}", files=files, told=(POLICY, place, fault), code=USAGE)
    whole = {
        "card-utf-16": (CARD, "---\nlicense: mit\n---\n".encode("utf-16"), "UTF-16", 3),
        "card-list": (CARD, b"---\n- mit\n---\n", "a list", 3),
        "card-text": (CARD, b"---\nmit\n---\n", "text", 3),
        "policy-utf-16": (POLICY, "promise: load\n".encode("utf-16"), "UTF-8", USAGE),
        "policy-list": (POLICY, b"- promise\n", "mapping", USAGE),
        "policy-text": (POLICY, b"load\n", "mapping", USAGE),
    }  # fmt: skip
    for name, (file, data, fault, code) in whole.items():
        yield Case(family="yaml", name=name, files={file: data}, told=(file, fault), code=code)


def _bombs() -> dict[str, tuple[str, int, str]]:
    """Return texts of a few lines; each is on line 2 of the document, so of line 3 in a card."""
    return {
        "laughs": (LAUGHS, 2, "anchor"),
        "merges": (MERGES, 2, "anchor"),
        "deep-flow": ("x: " + "[" * 100_000, 2, "more than 32 levels"),
        "deep-closed-flow": ("x: " + "[" * 100_000 + "]" * 100_000, 2, "more than 32 levels"),
        "deep-mappings": ("x: " + "{a: " * 50_000, 2, "more than 32 levels"),
        "deep-block": ("x:\n" + "\n".join(" " * depth + "a:" for depth in range(1, 400)), 0, "more than 32 levels"),
        "deep-dashes": ("x:\n" + "- " * 100_000, 0, "more than 32 levels"),
        "many-parts": ("x: [" + "a," * 500_000 + "]", 2, "parts"),
        "cycle": ("x: &x [*x]", 2, "anchor"),
    }  # fmt: skip


def _properties() -> dict[str, tuple[str, int, str]]:
    return {
        "anchor": ("x: &name value", 2, "anchor"),
        "alias": ("x: *name", 2, "alias"),
        "merge": ("<<: {x: 1}", 2, "merge key"),
        "tag-run": (f"x: !!python/object/apply:os.system ['touch {MARKER}']", 2, "tag"),
        "tag-new": (f"x: !!python/object/new:subprocess.Popen [[touch, {MARKER}]]", 2, "tag"),
        "tag-module": ("x: !!python/module:os", 2, "tag"),
        "tag-binary": ("x: !!binary aGk=", 2, "tag"),
        "tag-string": ("x: !!str 1", 2, "tag"),
        "tag-local": ("x: !include /etc/passwd", 2, "tag"),
        "tag-bare": ("x: ! y", 2, "tag"),
    }  # fmt: skip


def _syntax() -> dict[str, tuple[str, int, str]]:
    return {
        "key-twice": ("x: 1\nx: 2", 3, '"x" is there twice'),
        "key-list": ("? [a, b]\n: c", 2, "a key that is"),
        "template": ("x: {{ card_data }}", 2, "a key that is"),
        "open-list": ("x: [1, 2", 0, "not YAML"),
        "open-quote": ("x: 'y", 0, "not YAML"),
        "two-colons": ("x: y: z", 2, "not YAML"),
        "tab": ("x:\n\t- y", 3, "not YAML"),
        "control": ("x: \x07", 0, "not YAML"),
        "nul": ("x: a\0b", 0, "not YAML"),
        "not-utf-8": ("x: \udcff", 0, "UTF-8"),
        "conflict": ("<<<<<<< HEAD\nx: 1\n=======\nx: 2\n>>>>>>> main", 0, "not YAML"),
    }  # fmt: skip


def _no_cards() -> dict[str, tuple[str, int, str]]:
    return {"second-document": ("...\n--- x", 0, "a second document")}


def _no_policies() -> dict[str, tuple[str, int, str]]:
    return {
        "second-document": ("---\nx: 1", 2, "a second document"),
        "unknown-key": ("promises: load", 0, "promise"),
        "unknown-rule": ("rules: {tensor-remove: {level: warn}}", 0, "tensor-removed"),
        "unknown-level": ("rules: {tensor-removed: {level: loud}}", 0, "level"),
        "rules-list": ("rules: [tensor-removed]", 0, "rules"),
    }  # fmt: skip

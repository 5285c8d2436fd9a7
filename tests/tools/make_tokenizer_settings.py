"""Write what every tokenizer class of transformers takes for a setting that its file leaves out.

Usage: ``python tests/tools/make_tokenizer_settings.py FILE`` adds the defaults of the installed transformers to the
table, which is ``hfsemver/releases/formats/tokenizer_settings.json``. It is run under several versions, one after the
other (2026-11: 4.30.2, 4.36.2, 4.46.3, 4.57.6, 5.24.0), since a file may be loaded by any of them.
"""

from __future__ import annotations

import ast
import inspect
import json
import logging
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tokenizers
import transformers

if TYPE_CHECKING:
    from collections.abc import Iterable

Table = dict[str, dict[str, list[Any]]]
SOURCE = "https://github.com/huggingface/transformers/tree/main/src/transformers/models: tokenization_*.py"
# Tokens with a role, vocabularies and lengths have rules and tables of their own.
OTHERS = re.compile(
    r"(?!add_(?:bos|eos)_token$).*_(?:token|file|spm)|_.*|vocab|merges|tags_dict|entity_vocab|tokenizer_object|self"
    r"|(?:additional|extra)_special_tokens|added_tokens_decoder|model_max_length|name_or_path|from_slow"
)
SET_BY_THE_BASE = ("clean_up_tokenization_spaces", "split_special_tokens", "padding_side", "truncation_side")
LITERAL = r"(True|False|\"[^\"]*\"|'[^']*'|\d+|\{\})"


def family(name: str) -> str:
    """Return what a slow and a fast class have in common."""
    return name.removesuffix("Fast").removesuffix("Tokenizer")


def base_defaults() -> dict[str, Any]:
    """Return what a tokenizer has that was given nothing."""
    bare = tokenizers.Tokenizer(tokenizers.models.WordLevel({"a": 0}, "a"))
    made = transformers.PreTrainedTokenizerFast(tokenizer_object=bare)  # type: ignore[no-untyped-call]  # the library has no annotations
    return {key: getattr(made, key, False) for key in SET_BY_THE_BASE}


def class_defaults(kind: type) -> dict[str, Any]:
    """Return the defaults of the constructor, those that it inherits and those that it writes as None among them."""
    found: dict[str, Any] = {}
    for each in kind.__mro__:
        if not each.__module__.startswith("transformers.models.") or "__init__" not in vars(each):
            continue
        source = inspect.getsource(each.__init__)  # type: ignore[misc]  # each class has one of its own
        for parameter in inspect.signature(each.__init__).parameters.values():  # type: ignore[misc]  # the same
            if parameter.default is not parameter.empty and not OTHERS.fullmatch(parameter.name):
                found.setdefault(parameter.name, stands_for(parameter.name, parameter.default, source))
        for key, literal in re.findall(rf'kwargs\.(?:pop|get)\("(\w+)", {LITERAL}\)', source):
            if not OTHERS.fullmatch(key):
                found.setdefault(key, ast.literal_eval(literal))
    for key in ("padding_side", "truncation_side"):
        found.setdefault(key, getattr(kind, key))
    return found


def stands_for(key: str, default: Any, source: str) -> Any:
    """Return what the code puts in the place of None."""
    if default is not None:
        return default
    for pattern in (
        rf"\b{key} if {key} is not None else {LITERAL}",
        rf"{LITERAL} if {key} is None else {key}\b",
        rf"if {key} is None:(?:\n.*){{0,9}}?\n +{key} = {LITERAL}\n",
    ):
        if match := re.search(pattern, source):
            return ast.literal_eval(match[1])
    return None


def classes(families: Iterable[str]) -> dict[str, type]:
    """Return every class by the name under which a file may call for it, which need not be its own.

    ``families`` are names that the library still answers to and lists no more.
    """
    found = {}
    once = {f"{name}Tokenizer{ending}" for name in families for ending in ("", "Fast")}
    for name in sorted({*dir(transformers), *once}):
        if re.fullmatch(r"(?!PreTrained|Auto)\w+Tokenizer(?:Fast)?", name):
            kind = getattr(transformers, name, None)
            if isinstance(kind, type) and issubclass(kind, transformers.PreTrainedTokenizerBase):
                found[name] = kind
    return found


def installed(families: Iterable[str]) -> tuple[Table, dict[str, str]]:
    """Return the defaults by family, "" for those of every class, and the families that another one stands in for."""
    base = base_defaults()
    table: Table = {"": {key: [value] for key, value in base.items()}, "PreTrained": {}}
    stand_ins: dict[str, str] = {}
    for name, kind in classes(families).items():
        entry = table.setdefault(family(name), {})
        for key, value in {**base, **class_defaults(kind)}.items():
            values = entry.setdefault(key, [])
            if value not in values:
                values.append(value)
        if family(name) != family(kind.__name__):
            stand_ins[family(name)] = family(kind.__name__)
    generic = family(transformers.PreTrainedTokenizerFast.__name__)
    if generic != "PreTrained":
        stand_ins["PreTrained"] = generic
    return table, stand_ins


def merged(table: Table, more: Table) -> Table:
    """Return both tables as one. A family without an entry for a key that the base has is like the base."""
    out: Table = {}
    for name in table.keys() | more.keys():
        out[name] = {}
        sides = [{**side[""], **side[name]} for side in (table, more) if name in side]
        for key in {key for side in sides for key in side}:
            values: list[Any] = []
            for value in (value for side in sides for value in side.get(key, [])):
                if value not in values:
                    values.append(value)
            out[name][key] = sorted(values, key=json.dumps)
    return {
        name: {key: values for key, values in entry.items() if not name or values != out[""].get(key)}
        for name, entry in out.items()
    }


def main(target: Path) -> None:
    logging.disable(logging.CRITICAL)
    known = json.loads(target.read_text("utf-8")) if target.exists() else {"classes": {"": {}}, "stand_ins": {}}
    table, stand_ins = installed(known["classes"])
    rows = [
        f"  {json.dumps(name)}: {json.dumps(entry, sort_keys=True)}"
        for name, entry in sorted(merged(known["classes"], table).items())
    ]
    versions = sorted({*known.get("transformers", []), transformers.__version__})
    stand_ins = {**known["stand_ins"], **stand_ins}
    parts = [
        f' "source": {json.dumps(SOURCE)}',
        f' "transformers": {json.dumps(versions)}',
        f' "stand_ins": {json.dumps(stand_ins, sort_keys=True)}',
        ' "classes": {\n' + ",\n".join(rows) + "\n }",
    ]
    target.write_text("{\n" + ",\n".join(parts) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Write ``hfsemver/diff/processor/defaults.json``: what processors of transformers do where their files say nothing.

Run with the folders of one or more installed versions of transformers: ``python make_processor_defaults.py FOLDER...``.
The sources are parsed and never imported. In version 4 a default is one of an argument of ``__init__``, or what its body puts
in the place of ``None``; in version 5 it is an attribute of the class.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OUT = Path(__file__).parents[2] / "hfsemver" / "diff" / "processor" / "defaults.json"
SOURCES = ("image_processing_*.py", "feature_extraction_*.py", "video_processing_*.py")
# https://github.com/python-pillow/Pillow/blob/main/src/PIL/Image.py (Resampling)
RESAMPLING = {"NEAREST": 0, "LANCZOS": 1, "BILINEAR": 2, "BICUBIC": 3, "BOX": 4, "HAMMING": 5}
SUFFIXES = ("ImageProcessorFast", "ImageProcessorPil", "ImageProcessor", "FeatureExtractor", "VideoProcessor")
UNKNOWN = object()


def main() -> None:
    """Gather the defaults of every version and write those that can be said."""
    found: dict[str, dict[str, list[Any]]] = {}
    for folder in map(Path, sys.argv[1:]):
        constants = dict(_constants(folder / "image_utils.py"))
        for pattern in SOURCES:
            for path in sorted(folder.glob(f"models/*/{pattern}")):
                for family, key, value in _defaults(path, constants):
                    values = found.setdefault(family, {}).setdefault(key, [])
                    if value not in values:
                        values.append(value)
    OUT.write_text(json.dumps(found, sort_keys=True, separators=(",", ":")) + "\n", encoding="utf-8")


def _constants(path: Path) -> Iterator[tuple[str, Any]]:
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            value = _value(node.value, {})
            if value is not UNKNOWN:
                yield node.targets[0].id, value
    constants = ast.parse((path.parent / "utils" / "constants.py").read_text("utf-8")).body
    for node in constants:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, _value(node.value, {})


def _defaults(path: Path, constants: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for node in ast.parse(path.read_text("utf-8")).body:
        suffix = next((s for s in SUFFIXES if isinstance(node, ast.ClassDef) and node.name.endswith(s)), None)
        if suffix is None or not isinstance(node, ast.ClassDef):
            continue
        family = node.name.removesuffix(suffix)
        for item in node.body:
            if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
                yield from _said(family, item.targets[0].id, _value(item.value, constants))
            elif isinstance(item, ast.FunctionDef) and item.name == "__init__":
                yield from _arguments(family, item, constants)


def _arguments(family: str, function: ast.FunctionDef, constants: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    names = function.args.args[len(function.args.args) - len(function.args.defaults) :]
    values = {name.arg: _value(node, constants) for name, node in zip(names, function.args.defaults, strict=True)}
    for node in ast.walk(function):
        # x = x if x is not None else DEFAULT, or the same for self.x
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.IfExp) and isinstance(node.value.body, ast.Name):
            name = node.value.body.id
            if name in values and values[name] is None:
                values[name] = _value(node.value.orelse, constants)
    for name, value in values.items():
        yield from _said(family, name, value)


def _said(family: str, key: str, value: Any) -> Iterator[tuple[str, str, Any]]:
    if value is not UNKNOWN and not key.startswith("_") and key not in ("model_input_names", "valid_kwargs"):
        yield family, key, value


def _value(node: ast.expr, constants: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Attribute) and node.attr in RESAMPLING:
        return RESAMPLING[node.attr]
    if isinstance(node, ast.Name):
        return constants.get(node.id, UNKNOWN)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        left, right = _value(node.left, constants), _value(node.right, constants)
        return left / right if isinstance(left, int) and isinstance(right, int) else UNKNOWN
    try:
        return json.loads(json.dumps(ast.literal_eval(node)))
    except (ValueError, TypeError):
        return UNKNOWN


if __name__ == "__main__":
    main()

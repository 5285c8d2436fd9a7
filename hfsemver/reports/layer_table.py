"""Relative L2 layer by layer: rows are layers, columns modules, and what is too much for one look is folded and counted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.core.escape import printable
from hfsemver.reports.lines import count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from hfsemver.core.report import LayerFigures, ModuleFigures, PartFigures, WeightFigures

    Column = tuple[str, str]
    """A part and one of its modules; without a module the part as a whole."""
    Cells = Mapping[Column, ModuleFigures | PartFigures]

TITLE: Final = "relative L2 of what changed, by layer and module"
WIDTH: Final = 100
"""Characters of a line at a terminal that nobody has to fold."""
ROWS: Final = 40
NAMED: Final = 8
"""Modules that a sentence names."""
UNCHANGED: Final = "-"
UNKNOWN: Final = "?"
_NAME: Final = 40
_DEPTH: Final = 6
_NORM: Final = "norm"
_COLUMNS: Final = WIDTH // 3


@dataclass(frozen=True, slots=True)
class Row:
    """One or several layers that changed alike. ``strength`` is the largest distance, infinite where one is unknown."""

    label: str
    cells: tuple[str, ...]
    strength: float


@dataclass(frozen=True, slots=True)
class Table:
    """Short names of modules over rows of cells, all of them printable; and what is not in the rows."""

    head: tuple[str, ...]
    rows: tuple[Row, ...]
    unchanged: tuple[str, ...] = ()
    silent: int = 0
    left: tuple[Row, ...] = ()

    @property
    def grid(self) -> tuple[tuple[str, ...], ...]:
        """Head and rows, all of one length."""
        return (("", *self.head), *((row.label, *row.cells) for row in self.rows))

    @property
    def widths(self) -> tuple[int, ...]:
        """Characters that each column takes."""
        return tuple(max(map(len, column)) for column in zip(*self.grid, strict=True))

    def notes(self, show: Callable[[str], str]) -> Iterator[str]:
        """Say what the rows leave out; ``show`` makes a name harmless."""
        if any(UNKNOWN in row.cells for row in self.rows):
            yield f"{UNKNOWN} changed, and has no such figure: packed values, or zeros before"
        if self.unchanged:
            more = f" and {len(self.unchanged) - NAMED} more" if len(self.unchanged) > NAMED else ""
            yield f"unchanged in every layer: {', '.join(map(show, self.unchanged[:NAMED]))}{more}"
        if self.silent:
            yield f"{count(self.silent, 'unchanged module')} outside of layers not shown"
        if self.left:
            largest = max(row.strength for row in self.left)
            bound = f", none above {_digits(largest)}" if math.isfinite(largest) else ""
            yield f"{count(len(self.left), 'more row')} not shown{bound}: the JSON report lists all"


def layer_table(weights: WeightFigures | None) -> Table | None:
    """Return the table of a report that has figures for every tensor, as wide as a terminal; ``None`` without a change."""
    layers = weights.layers if weights is not None and weights.changed_tensors is not None else None
    if not layers or not any(layer.changed for layer in layers):
        return None
    for fold in (_fine, _norms_folded):
        cells = [fold(layer) for layer in layers]
        if len({column for row in cells for column in row}) <= _COLUMNS:
            table = _table(layers, cells)
            if sum(table.widths) + 2 * len(table.widths) <= WIDTH:
                return table
    return _table(layers, [_coarse(layer) for layer in layers])


def _fine(layer: LayerFigures) -> Cells:
    return {(part.part, module.module): module for part in layer.parts for module in part.modules}


def _norms_folded(layer: LayerFigures) -> Cells:
    norms = {(part.part, ""): part for part in layer.parts if part.part == _NORM}
    return {**{column: cell for column, cell in _fine(layer).items() if column[0] != _NORM}, **norms}


def _coarse(layer: LayerFigures) -> Cells:
    return {(part.part, ""): part for part in layer.parts}


def _table(layers: Sequence[LayerFigures], cells: Sequence[Cells]) -> Table:
    columns: dict[Column, bool] = {}
    for row in cells:
        for column, cell in row.items():
            columns[column] = columns.get(column, False) or cell.changed > 0
    order = sorted(columns, key=_order)
    names = dict(zip(order, _short([module or part for part, module in order]), strict=True))
    moved = [column for column in order if columns[column]]
    paths = _places(layers)
    shown: list[tuple[LayerFigures, LayerFigures, tuple[str, ...], float]] = []
    silent = 0
    for layer, own in zip(layers, cells, strict=True):
        if layer.layer is None and not layer.changed:
            silent += 1
            continue
        texts = (_cell(layer), *(_cell(own[column]) if column in own else "" for column in moved))
        if shown and _continues(shown[-1][1], layer) and shown[-1][2] == texts:
            first, _, _, strength = shown.pop()
            shown.append((first, layer, texts, max(strength, _strength(layer))))
        else:
            shown.append((layer, layer, texts, _strength(layer)))
    rows = [
        Row(_label(paths[first.file, first.path], first, last), texts, strength)
        for first, last, texts, strength in shown
    ]
    bound = sorted((row.strength for row in rows), reverse=True)[:ROWS][-1]
    strong = [row for row in rows if row.strength > bound]
    level = [row for row in rows if row.strength == bound][: ROWS - len(strong)]
    kept = {id(row) for row in (*strong, *level)}
    return Table(
        head=("all", *(names[column] for column in moved)),
        rows=tuple(row for row in rows if id(row) in kept),
        unchanged=tuple(names[column] for column in order if not columns[column]),
        silent=silent,
        left=tuple(row for row in rows if id(row) not in kept),
    )


def _order(column: Column) -> tuple[int, str, str]:
    parts = ("attention", "mlp", _NORM)
    part, module = column
    return parts.index(part) if part in parts else len(parts), part, module


def _continues(last: LayerFigures, layer: LayerFigures) -> bool:
    same = (last.file, last.path) == (layer.file, layer.path)
    return same and last.layer is not None and layer.layer == last.layer + 1


def _cell(figures: LayerFigures | ModuleFigures | PartFigures) -> str:
    if not figures.changed:
        return UNCHANGED
    return UNKNOWN if figures.distance.relative_l2 is None else _digits(figures.distance.relative_l2)


def _digits(value: float) -> str:
    return f"{value:#.2g}".removesuffix(".")


def _strength(layer: LayerFigures) -> float:
    if not layer.changed:
        return -1.0
    return math.inf if layer.distance.relative_l2 is None else layer.distance.relative_l2


def _label(path: str, first: LayerFigures, last: LayerFigures) -> str:
    if first.layer is None or last.layer is None:
        return path
    return f"{path}.{first.layer}" if first is last else f"{path}.{first.layer}-{last.layer}"


def _places(layers: Iterable[LayerFigures]) -> Mapping[tuple[str, str], str]:
    """Return short names of all paths; with the folder of the weights where there are several files of them."""
    keys = list(dict.fromkeys((layer.file, layer.path) for layer in layers))
    files = dict.fromkeys(file for file, _ in keys)
    short = dict(zip(keys, _short([path for _, path in keys]), strict=True))
    if len(files) == 1:
        return short
    folders = [file.rpartition("/")[0] for file in files]
    named = dict(zip(files, files if len({*folders}) < len(files) else folders, strict=True))
    return {key: f"{_cut(named[key[0]] or key[0])}: {name}" for key, name in short.items()}


def _short(names: Sequence[str]) -> list[str]:
    """Return the last parts of each name, as many as tell it from the others."""
    distinct = {*names}
    endings: dict[str, int] = {}
    for name in distinct:
        for ending in _endings(name):
            endings[ending] = endings.get(ending, 0) + 1
    return [_cut(next((ending for ending in _endings(name) if endings[ending] == 1), name)) for name in names]


def _endings(name: str) -> list[str]:
    parts = name.rsplit(".", _DEPTH)
    return [".".join(parts[-size:]) for size in range(1, len(parts) + 1)]


def _cut(name: str) -> str:
    shown = printable(name[: _NAME + 1])
    return shown if len(shown) <= _NAME else f"{shown[: _NAME - 3]}..."

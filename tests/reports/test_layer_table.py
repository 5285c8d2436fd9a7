"""The table of layers: as wide as a terminal, as long as a look, and what it leaves out is said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click
import pytest
from hypothesis import given

from hfsemver.cli.paint import painted
from hfsemver.core.report import DistanceFigures, LayerFigures, ModuleFigures, PartFigures, WeightFigures
from hfsemver.reports.layer_table import ROWS, WIDTH, layer_table
from hfsemver.reports.markdown import render_markdown
from hfsemver.reports.text import render_human
from tests.reports.strategies import HOSTILE, QUIET, TRAINED, layer_of, layers, reports

if TYPE_CHECKING:
    from hfsemver.core.report import Report

SHOWN = """\
relative L2 of what changed, by layer and module:
                  all   q_proj  up_proj
  layers.0-1        -        -        -
  layers.2-3    0.012    0.012   0.0041
  layers.4       0.50     0.50     0.17
  layers.5    1.0e-05  1.0e-05  3.3e-06
  lm_head       0.031
  unchanged in every layer: k_proj
  1 unchanged module outside of layers not shown
"""
LLAMA = {
    "attention": [f"self_attn.{letter}_proj" for letter in "qkvo"],
    "mlp": ["mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"],
    "norm": ["input_layernorm", "post_attention_layernorm"],
}


def part(name: str, modules: list[str], apart: float) -> PartFigures:
    """Return a part all of whose modules lie as far ``apart``."""
    distance = DistanceFigures(relative_l2=apart)
    return PartFigures(
        part=name,
        tensors=len(modules),
        changed=len(modules),
        distance=distance,
        modules=tuple(ModuleFigures(module=one, tensors=1, changed=1, distance=distance) for one in modules),
    )


def of(*found: LayerFigures) -> WeightFigures:
    """Return the figures of a comparison with these layers."""
    return WeightFigures(evidence="full", tensors=1, changed=1, bytes_read=0, layers=found, changed_tensors=())


def rendered(*found: LayerFigures) -> str:
    return render_human(replace(QUIET, changes=(), weights=of(*found)))


def test_the_table_has_its_form() -> None:
    """Rows of layers that changed alike are one, columns have the shortest names that tell them apart."""
    assert SHOWN in render_human(TRAINED)


def test_norms_are_folded_before_anything_else_is() -> None:
    """The nine modules of a decoder fit a terminal once its norms share a column; a wider one has a column for each part."""
    decoder = [layer_of(n, *(part(name, own, 0.1 + n) for name, own in LLAMA.items())) for n in range(3)]
    wide = {**LLAMA, "mlp": [f"mlp.{n}_projection_of_experts" for n in range(12)]}
    wider = [layer_of(n, *(part(name, own, 0.1 + n) for name, own in wide.items())) for n in range(3)]

    for found, head in (
        (decoder, ("all", "k_proj", "o_proj", "q_proj", "v_proj", "down_proj", "gate_proj", "up_proj", "norm")),
        (wider, ("all", "attention", "mlp", "norm")),
    ):
        table = layer_table(of(*found))
        assert table is not None
        assert table.head == head
        assert max(map(len, rendered(*found).splitlines())) <= WIDTH


def test_many_rows_are_cut_to_the_largest_and_counted() -> None:
    """A hundred layers that all changed otherwise are forty rows in their order, and the rest has a bound."""
    found = [layer_of(n, part("mlp", ["mlp.up"], (n + 1) / 1000)) for n in range(100)]
    text = rendered(*found)
    rows = [line.split()[0] for line in text.splitlines() if line.startswith("  layers.")]

    assert rows == [f"layers.{n}" for n in range(100 - ROWS, 100)]
    assert f"  {100 - ROWS} more rows not shown, none above 0.060: the JSON report lists all\n" in text


def test_runs_end_where_a_number_is_missing_or_the_path_is_another() -> None:
    """Layers 0, 1 and 3 are no range from 0 to 3, and two towers are told apart by their names."""
    towers = [
        layer_of(n, part("mlp", ["mlp.up"], 0.1), path=f"{tower}.encoder.layers") for tower in "ab" for n in (0, 1, 3)
    ]
    table = layer_table(of(*towers))

    assert table is not None
    assert [row.label for row in table.rows] == [
        f"{tower}.encoder.layers.{end}" for tower in "ab" for end in ("0-1", "3")
    ]


def test_files_are_named_where_there_are_several() -> None:
    """Two encoders of one pipeline stand under their folders."""
    one = layer_of(0, part("mlp", ["mlp.up"], 0.1))
    found = [replace(one, file=f"{folder}/model.safetensors") for folder in ("text_encoder", "text_encoder_2")]
    table = layer_table(of(*found))

    assert table is not None
    assert [row.label for row in table.rows] == ["text_encoder: layers.0", "text_encoder_2: layers.0"]


def test_a_change_without_a_figure_is_no_dash() -> None:
    """What changed and cannot be measured has a sign of its own, with its meaning."""
    lost = part("mlp", ["mlp.up"], 0.1)
    lost = replace(lost, distance=DistanceFigures(), modules=(replace(lost.modules[0], distance=DistanceFigures()),))
    unknown = replace(layer_of(0, lost), distance=DistanceFigures())
    lines = rendered(unknown).splitlines()

    assert "  layers.0    ?   ?" in lines
    assert any(line.startswith("  ? changed, and has no such figure") for line in lines)


@pytest.mark.parametrize(
    "weights",
    [
        None,
        replace(of(layer_of(0, part("mlp", ["mlp.up"], 0.1))), changed_tensors=None),
        of(layer_of(None, path="lm_head")),
        of(),
    ],
)
def test_without_a_change_or_without_details_there_is_no_table(weights: WeightFigures | None) -> None:
    """A check has totals in text; equal weights have nothing to show."""
    assert layer_table(weights) is None
    assert "by layer" not in render_human(replace(QUIET, weights=weights))
    assert "by layer" not in render_markdown(replace(QUIET, weights=weights)).lower()


@given(found=layers(HOSTILE))
def test_whatever_layers_are_called_every_row_is_whole(found: tuple[LayerFigures, ...]) -> None:
    """All rows have as many cells as the head; what is shown and what is counted are all rows there are."""
    table = layer_table(of(*found))
    if table is None:
        assert not any(layer.changed for layer in found)
        return

    assert {len(row) for row in table.grid} == {len(table.head) + 1}
    assert len(table.rows) + len(table.left) + table.silent <= len(found)
    assert 0 < len(table.rows) <= ROWS


def test_a_flood_of_modules_takes_no_time() -> None:
    """Modules without number are folded before anybody lays them out."""
    modules = [f"m{n}" for n in range(3_000)]
    found = [layer_of(n, part("other", modules, 0.1 + n)) for n in range(100)]
    table = layer_table(of(*found))

    assert table is not None
    assert table.head == ("all", "other")


def test_cells_are_shaded_by_size_and_nothing_else_is() -> None:
    """At a terminal the eye finds the large ones; the text is the same."""
    text = painted(render_human(TRAINED))

    for cell, colour in (("0.50", "red"), ("0.031", "yellow"), ("0.0041", "green")):
        assert click.style(cell, fg=colour, dim=False) in text
    assert click.style("1.0e-05", dim=True) in text
    assert click.unstyle(text) == render_human(TRAINED)


@given(report=reports(HOSTILE))
def test_markdown_has_the_same_table(report: Report) -> None:
    """One table in two formats."""
    table = layer_table(report.weights)
    text = render_markdown(report)

    assert (table is not None) is ("<summary>Relative L2 of what changed, by layer and module</summary>" in text)

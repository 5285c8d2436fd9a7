"""JSON v1: the contract, its schema, and the way back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given

from hfsemver.core.errors import FormatError
from hfsemver.reports.json_reader import report_from_json
from hfsemver.reports.json_v1 import render_json
from hfsemver.reports.report_schema import REPORT_SCHEMA
from tests.reports.strategies import HOSTILE, REFUSED, SAMPLES, TEXT, reports

if TYPE_CHECKING:
    from hfsemver.core.report import Report

CONTRACT = {
    "": ["schema", "tool", "baseline", "current", "verdict", "findings", "skips", "accepted", "weights"],
    "baseline": ["ref", "version", "commit"],
    "verdict": ["ok", "required_bump", "declared_bump", "declared_version", "next_version"],
    "weights": ["tensors", "changed", "relative_l2", "cosine", "bytes_read"],
}
STORED = sorted((Path(__file__).parents[1] / "golden" / "compat").glob("*/report.json"))
FINDING = [
    "rule", "level", "bump", "message", "location", "baseline", "current", "witness", "why", "fix", "fingerprint",
]  # fmt: skip


@given(report=reports(TEXT))
def test_a_report_survives_the_way_there_and_back(report: Report) -> None:
    """Law 6: ``report_from_json(render_json(report)) == report``."""
    assert report_from_json(render_json(report)) == report


@given(report=reports(HOSTILE))
def test_every_report_follows_its_schema(report: Report) -> None:
    """What is written is what ``hfsemver schema report`` promises, as one line of printable ASCII."""
    text = render_json(report)

    jsonschema.Draft202012Validator(REPORT_SCHEMA).validate(json.loads(text))
    assert text.isascii()
    assert text[:-1].isprintable()
    assert text.endswith("}\n")


def test_the_schema_is_a_schema() -> None:
    """The printed schema is valid JSON Schema 2020-12 itself."""
    jsonschema.Draft202012Validator.check_schema(REPORT_SCHEMA)


def test_the_keys_are_those_of_the_contract_in_its_order() -> None:
    """Each object starts with the published keys, in the published order; what is ours beyond them comes after."""
    written = json.loads(render_json(REFUSED))

    for key, expected in CONTRACT.items():
        found = written[key] if key else written
        assert list(found)[: len(expected)] == expected
    assert list(written["findings"][0]) == FINDING
    assert written["findings"][1]["bump"] == "major"
    assert written["findings"][0]["bump"] == "policy"


@pytest.mark.parametrize("name", SAMPLES)
def test_the_schema_is_closed(name: str) -> None:
    """A key that the schema does not know is refused at every level."""
    validator = jsonschema.Draft202012Validator(REPORT_SCHEMA)
    written = json.loads(render_json(SAMPLES[name]))
    places: list[dict[str, Any]] = [written, written["verdict"], written["current"], written["tool"]]
    places += written["findings"] + written["skips"] + ([written["weights"]] if written["weights"] else [])
    layers = (written["weights"] or {}).get("layers", [])
    parts = [part for layer in layers for part in layer.get("parts", [])]
    places += [*layers, *parts, *(module for part in parts for module in part["modules"])]
    places += (written["weights"] or {}).get("changed_tensors", [])

    for place in places:
        place["surprise"] = 1
        assert not validator.is_valid(written)
        del place["surprise"]
    assert validator.is_valid(written)


@pytest.mark.parametrize("stored", STORED, ids=lambda path: path.parent.name)
def test_a_report_of_every_released_version_can_be_read_forever(stored: Path) -> None:
    """What an earlier version wrote follows today's schema and reads back as the same report."""
    text = stored.read_text(encoding="utf-8")

    jsonschema.Draft202012Validator(REPORT_SCHEMA).validate(json.loads(text))
    assert report_from_json(text) == REFUSED


def test_a_stored_report_was_found() -> None:
    """The test above looks at something."""
    assert STORED


def test_half_a_surrogate_pair_is_written_as_text() -> None:
    """A file name that is no UTF-8 becomes visible text, which every JSON reader takes for the same string."""
    text = render_json(replace(REFUSED, notes=("\udcff.bin",)))

    assert json.loads(text)["notes"] == ["\\udcff.bin"]


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("schema",), "hfsemver/report/2", "report.schema"),
        (("verdict", "required_bump"), "huge", "report.verdict.required_bump"),
        (("findings",), {}, "report.findings"),
        (("findings", 0, "location"), "x", "report.findings[0].location"),
        (("findings", 1, "level"), None, "report.findings[1].level"),
        (("weights", "tensors"), True, "report.weights.tensors"),
        (("weights", "cosine"), "big", "report.weights.cosine"),
        (("current",), None, "report.current"),
        (("notes",), [1], "report.notes[0]"),
    ],
)
def test_a_spoilt_report_is_refused_with_the_path_of_the_fault(
    path: tuple[str | int, ...], value: object, where: str
) -> None:
    """A stored report is input: what does not fit is named by its path and never guessed."""
    written = json.loads(render_json(REFUSED))
    place = written
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value

    with pytest.raises(FormatError) as caught:
        report_from_json(json.dumps(written))

    assert str(caught.value).startswith(where)

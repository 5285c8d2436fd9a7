"""SARIF: the schema of the standard, what GitHub asks for beyond it, and nothing of a repository that acts."""

from __future__ import annotations

import json
import re
import string
import zlib
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from hfsemver import __version__
from hfsemver.core.bump import Bump
from hfsemver.core.finding import Accepted, Level
from hfsemver.core.location import Location
from hfsemver.reports.answer import answer
from hfsemver.reports.json_v1 import render_json
from hfsemver.reports.sarif import RESULTS, render_sarif, sarif_uri
from hfsemver.reports.sarif_rules import sarif_rules, sarif_text
from hfsemver.rules.catalogue import catalogue
from tests.conftest import GOLDEN
from tests.reports.strategies import GRANTED, HOSTILE, INVISIBLE, PICKLE, REFUSED, REMOVED, SAMPLES, TEXT, reports

if TYPE_CHECKING:
    from hfsemver.core.report import Report

SCHEMA = json.loads((GOLDEN / "standards" / "sarif-2.1.0.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
URI = re.compile(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+")
LETTERS = string.ascii_letters + string.digits + "-_"
MOST = 10_000_000
"""Bytes of an upload to GitHub, packed."""


def run_of(report: Report) -> dict[str, Any]:
    """Return the one run of a report's log."""
    (run,) = json.loads(render_sarif(report))["runs"]
    return dict(run)


def test_the_schema_is_that_of_the_standard() -> None:
    """What the tests below validate against is a schema, and refuses what is no SARIF."""
    jsonschema.Draft7Validator.check_schema(SCHEMA)

    assert "oasis-tcs/sarif-spec" in SCHEMA["$id"]
    assert not VALIDATOR.is_valid({"version": "2.1.0", "runs": [{"tool": {"driver": {}}}]})
    assert not VALIDATOR.is_valid({"version": "2.1.0", "runs": [], "surprise": 1})


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_follows_the_schema(name: str) -> None:
    """Each kind of report is valid SARIF 2.1.0."""
    VALIDATOR.validate(json.loads(render_sarif(SAMPLES[name])))


@given(report=reports(HOSTILE | TEXT))
def test_every_report_follows_the_schema(report: Report) -> None:
    """Whatever a repository holds, the log is valid SARIF, as one line of printable ASCII."""
    text = render_sarif(report)

    VALIDATOR.validate(json.loads(text))
    assert text.isascii()
    assert text[:-1].isprintable()


@given(report=reports(HOSTILE))
def test_what_the_schema_cannot_say_holds_as_well(report: Report) -> None:
    """Rules are found by their index, results say all or none of them whether they are suppressed, texts are not empty."""
    run = run_of(report)
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    about = [note["associatedRule"] for note in _notifications(run) if "associatedRule" in note]

    assert len(rules) == len({*rules})
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    assert all(rules[rule["index"]] == rule["id"] for rule in about)
    assert len({"suppressions" in result for result in run["results"]}) <= 1
    assert all(result["message"]["text"] for result in run["results"])
    assert len(run["results"]) == len(report.findings) + len(report.accepted)


def _notifications(run: dict[str, Any]) -> list[dict[str, Any]]:
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is True
    return list(invocation["toolExecutionNotifications"])


@given(report=reports(HOSTILE))
def test_a_place_is_one_that_github_shows(report: Report) -> None:
    """Every result has a relative address without scheme, host or query, and a line, without which it is not shown."""
    for result in run_of(report)["results"]:
        (location,) = result["locations"]
        place = location["physicalLocation"]
        parts = urlsplit(place["artifactLocation"]["uri"])

        assert URI.fullmatch(place["artifactLocation"]["uri"])
        assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
        assert not parts.path.startswith("/")
        assert place["region"]["startLine"] == 1


@given(path=st.text(min_size=1).filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text)))
def test_an_address_names_its_file(path: str) -> None:
    """Undoing the escapes gives the path back."""
    assert unquote(sarif_uri(path)) == path


@given(text=HOSTILE)
def test_a_message_holds_no_placeholder_and_no_link(text: str) -> None:
    """Every brace is doubled, and no two brackets stand side by side."""
    shown = sarif_text(text, 1_000)

    assert "](" not in shown
    assert not re.search(r"(?<!\{)\{(?:\{\{)*(?!\{)", shown)


@given(report=reports(HOSTILE))
def test_what_a_viewer_shows_is_visible(report: Report) -> None:
    """Once the JSON is read, no control, bidirectional or zero-width character is left in what comes from a repository."""
    run = run_of(report)
    shown = [{**result, "ruleId": ""} for result in run["results"]]
    shown += [{**note, "associatedRule": ""} for note in _notifications(run)]

    assert not INVISIBLE.search("".join(_strings(shown)))


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in _strings(one)]
    if isinstance(value, list):
        return [text for one in value for text in _strings(one)]
    return [value] if isinstance(value, str) else []


def test_a_result_says_what_where_and_what_to_do() -> None:
    """Rule, level, sentence, place and both sides: an alert can be understood without the log."""
    result = run_of(REFUSED)["results"][2]

    assert result["ruleId"] == "tensor-removed"
    assert result["level"] == "error"
    assert result["message"]["text"] == (
        "F32[32000,4096] was removed. Requires major. Fix: restore the tensor, or release 2.0.0."
    )
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "model-00002-of-00004.safetensors", "uriBaseId": "SRCROOT"},
                "region": {"startLine": 1},
            },
            "logicalLocations": [{"fullyQualifiedName": "lm_head.weight", "kind": "tensor"}],
        }
    ]
    assert result["properties"] == {"level": "deny", "bump": "major", "baseline": "F32[32000,4096]"}


def test_a_finding_is_known_again() -> None:
    """Alerts go by our fingerprint, also on GitHub: two findings in one file are two, and another sharding is no new one."""
    other = replace(REMOVED, location=replace(REMOVED.location, pointer="other"))
    resharded = replace(REMOVED, location=replace(REMOVED.location, file="model-00001-of-00007.safetensors"))
    results = run_of(replace(REFUSED, findings=(REMOVED, other, resharded), accepted=()))["results"]
    known = [one["partialFingerprints"] for one in results]

    assert len(known) == 3
    assert {one["hfsemver/v1"] for one in known} == {REMOVED.fingerprint, other.fingerprint}
    assert all(one["primaryLocationLineHash"] == f"{one['hfsemver/v1']}:1" for one in known)


def test_a_rule_is_described_by_its_docstring() -> None:
    """Summary, why, fix and what it requires, in both forms of text; rules without a result are left out."""
    rules = run_of(replace(REFUSED, skips=(), accepted=(), findings=(REMOVED,)))["tool"]["driver"]["rules"]

    assert [rule["id"] for rule in rules] == ["tensor-removed"]
    assert rules[0]["shortDescription"]["text"] == "A tensor of the baseline is gone from the current release."
    assert "\nFix: restore the tensor, or release a new major version.\nRequires major." in rules[0]["help"]["text"]
    assert "\n\nFix: restore the tensor, or release a new major version.\n\n" in rules[0]["help"]["markdown"]
    assert rules[0]["defaultConfiguration"] == {"level": "error"}
    assert rules[0]["properties"] == {
        "bump": "major",
        "promise": "load",
        "tags": ["weights", "bump:major", "promise:load"],
    }


@pytest.mark.parametrize("rule", sarif_rules(rule.id for rule in catalogue()), ids=lambda rule: rule["id"])
def test_every_rule_can_be_described(rule: dict[str, Any]) -> None:
    """Descriptions fit what GitHub takes, and the formatted one holds no HTML, which the standard forbids."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(rule["help"]["markdown"])
    kinds = {piece.type for token in tokens for piece in (token, *(token.children or ()))}

    assert 0 < len(rule["shortDescription"]["text"]) <= 1_024
    assert 0 < len(rule["fullDescription"]["text"]) <= 1_024
    assert "\\x0a" not in rule["help"]["text"]
    assert not kinds & {"html_block", "html_inline", "link_open", "image", "list_item_open", "fence"}


def test_a_rule_that_is_not_known_has_its_id() -> None:
    """A report of another version may name rules that this one lacks."""
    assert sarif_rules(["no-such-rule"]) == [{"id": "no-such-rule"}]


def test_a_break_that_the_version_announces_is_a_note() -> None:
    """A run that ends with 0 fails no check of code scanning."""
    assert {result["level"] for result in run_of(GRANTED)["results"]} == {"note"}


def test_what_is_accepted_is_suppressed_with_its_reason() -> None:
    """An acceptance is an external suppression; all other results say that they have none."""
    *others, accepted = run_of(REFUSED)["results"]

    assert accepted["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "announced in March (until 2027-01-31)"}
    ]
    assert accepted["level"] == "note"
    assert [result["suppressions"] for result in others] == [[]] * 4
    assert all("suppressions" not in result for result in run_of(GRANTED)["results"])


def test_what_was_not_evaluated_is_told() -> None:
    """A skip is a notification about its rule, a note one about none."""
    skip, note = _notifications(run_of(REFUSED))

    assert skip["level"] == "warning"
    assert skip["associatedRule"]["id"] == "weights-updated"
    assert skip["message"]["text"] == "not evaluated: model-00003-of-00004.safetensors: the LFS object is not here"
    assert note == {"level": "note", "message": {"text": "v1.2.1-rc.1 is a pre-release and no baseline"}}


def test_the_verdict_is_that_of_the_json_report() -> None:
    """Both releases and the verdict are told as JSON v1 tells them, with the sentence that answers."""
    run = run_of(REFUSED)
    written = json.loads(render_json(REFUSED))

    assert run["properties"] == {
        **{key: written[key] for key in ("baseline", "current", "verdict")},
        "answer": answer(REFUSED),
    }
    assert run["tool"]["driver"]["semanticVersion"] == __version__


def test_a_flood_keeps_its_most_severe_and_counts_the_rest() -> None:
    """More results than GitHub shows are cut after the worst, it is told how many, and an upload takes the file."""
    chance = Random(0)
    flood = tuple(
        replace(
            REMOVED,
            bump=bump,
            message="".join(chance.choices(LETTERS, k=1_100)),
            witness="".join(chance.choices(LETTERS, k=1_100)),
            location=Location(file="m.safetensors", pointer=f"h.{n}"),
        )
        for bump in (Bump.PATCH, Bump.MAJOR)
        for n in range(RESULTS - 10)
    )
    warned = replace(PICKLE, level=Level.WARN)
    accepted = (Accepted(finding=REMOVED, reason="announced"),)
    text = render_sarif(replace(REFUSED, findings=(*flood, warned), accepted=accepted))
    (run,) = json.loads(text)["runs"]
    levels = [result["level"] for result in run["results"]]

    assert len(levels) == RESULTS
    assert levels[: RESULTS - 10] == ["error"] * (RESULTS - 10)
    assert (
        _notifications(run)[1]["message"]["text"] == f"{RESULTS - 18} more results, not shown: --format json lists all"
    )
    assert len(zlib.compress(text.encode(), 6)) < MOST

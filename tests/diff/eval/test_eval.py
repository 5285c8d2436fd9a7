"""What may be concluded from two scores: the interval of the textbooks, the matching of what belongs together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.diff.eval.interval import difference, wilson
from hfsemver.diff.eval.metrics import direction, example_count
from hfsemver.diff.release import compare
from hfsemver.releases.formats.evals import EvalScore
from tests.builders import release

if TYPE_CHECKING:
    from hfsemver.diff.eval.scores import EvalDiff

SHARES = st.floats(0, 1)
COUNTS = st.integers(1, 100_000)


def card(*entries: tuple[str, str, str], args: str = "") -> dict[str, Any]:
    """Write a card with scores: data set, metric, value."""
    results = [
        f"  - task: {{type: t}}\n    dataset: {{type: {data}, name: x{args}}}\n    metrics:\n    - {{type: {metric}, value: {value}}}\n"
        for data, metric, value in entries
    ]
    return {"README.md": "---\nmodel-index:\n- name: m\n  results:\n" + "".join(results) + "---\n"}


def evals(old: dict[str, Any], new: dict[str, Any]) -> EvalDiff:
    return compare(release(old), release(new)).evals


@given(SHARES, COUNTS)
def test_an_interval_holds_its_share_and_stays_inside(share: float, count: int) -> None:
    """Wilson's interval never leaves the shares that there are, and never misses the one that was seen."""
    low, high = wilson(share, count)

    assert 0 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1


@given(SHARES, SHARES, COUNTS, COUNTS)
def test_the_interval_of_a_difference_turns_with_the_sides(old: float, new: float, few: int, many: int) -> None:
    """What is worse one way is better the other way, by as much."""
    low, high = difference(old, new, few, many)
    back_low, back_high = difference(new, old, many, few)

    assert low <= new - old <= high
    assert (low, high) == pytest.approx((-back_high, -back_low))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((56, 70), (48, 80), (-0.3339, -0.0524)),
        ((9, 10), (3, 10), (-0.8090, -0.1705)),
        ((10, 10), (0, 20), (-1.0, -0.6791)),
    ],
)
def test_the_interval_is_that_of_the_paper(
    one: tuple[int, int], other: tuple[int, int], expected: tuple[float, float]
) -> None:
    """Table II of Newcombe (1998), method 10, cases (a), (b) and (g), with the sides turned around."""
    found = difference(one[0] / one[1], other[0] / other[1], one[1], other[1])

    assert found == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(
    ("old", "new", "args", "worse"),
    [
        ("0.80", "0.79", ", args: {num_examples: 1000}", False),
        ("0.80", "0.79", ", args: {num_examples: 100000}", True),
        ("80.0", "0.70", ", args: {num_examples: 1000}", True),
        ("0.80", "79.9", ", args: {num_examples: 1000}", False),
        ("0.80", "70%", ", args: {num_examples: 1000}", True),
        ("much", "little", "", False),
        ("0.80", "nan", "", False),
        ("0.80", "0.70", "", True),
    ],
)
def test_a_share_is_judged_by_how_many_examples_there_were(old: str, new: str, args: str, *, worse: bool) -> None:
    """A point of a hundred is chance on a thousand examples, and none on a hundred thousand; percent and parts are one scale."""
    found = evals(card(("d", "accuracy", old), args=args), card(("d", "accuracy", new), args=args)).regressions

    assert worse is bool(found)


def test_reported_errors_are_used_where_they_are_there() -> None:
    """As harnesses write them: a metric of its own beside the score."""
    sides = [card(("d", "f1", value), ("d", "f1_stderr", "0.01"), args="") for value in ("0.80", "0.79", "0.70")]

    assert evals(sides[0], sides[1]).regressions == ()
    (found,) = evals(sides[0], sides[2]).regressions
    assert found.interval == pytest.approx((-0.1277, -0.0723), abs=1e-4)


def test_less_is_better_for_some_and_nobody_knows_for_others() -> None:
    """A loss that falls is no regression, and a score of somebody's own may mean anything."""
    assert evals(card(("d", "loss", "1.0")), card(("d", "loss", "0.5"))).regressions == ()
    assert len(evals(card(("d", "Perplexity", "5")), card(("d", "perplexity", "9"))).regressions) == 1
    assert evals(card(("d", "elo", "1200")), card(("d", "elo", "900"))).regressions == ()


def test_scores_are_matched_by_what_they_are_about() -> None:
    """Another order is no change, another split is another way of taking it, and what is gone is gone."""
    two = [("a", "f1", "0.5"), ("b", "f1", "0.6")]
    assert evals(card(*two), card(*reversed(two))).are_copied
    other = evals(card(("a", "f1", "0.5"), args=", split: test"), card(("a", "f1", "0.7"), args=", split: dev"))
    assert (len(other.setup_changed), other.regressions, other.dropped) == (1, (), ())
    assert [score.dataset for score in evals(card(*two), card(two[0])).dropped] == ["b"]
    assert evals(card(*two), {"README.md": "# none\n"}).dropped == ()


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_no_name_or_number_ends_in_a_fault(metric: str, value: str, count: str) -> None:
    """Whatever a card says."""
    score = EvalScore(file="f", task="t", dataset=metric, metric=metric, value=value, setup=(("a.n", count),))

    assert direction(score) in (-1, 0, 1)
    assert (example_count(score) or 1) > 0

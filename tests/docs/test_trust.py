"""What ``docs/trust.md`` says was counted, counted again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.trust import OF_CARDS, WORDS, judged, replayed, rows
from tests.histories import DATA

ROOT = Path(__file__).parents[2]


def test_neutral_pairs_raise_no_false_alarm() -> None:
    """The bar of the replay, as it is on record."""
    assert all(part["pairs"] > 100 and not part["false_alarms"] for part in replayed()["neutral"].values())
    assert replayed()["ok"] is True


def test_less_than_one_finding_in_a_hundred_is_a_false_alarm() -> None:
    """Of those that somebody judged."""
    alarms = sum(counts["false alarm"] for counts in judged().values())
    right = sum(counts["right"] + counts["debatable"] for counts in judged().values())
    cards = replayed()["real"]["cards"]["findings"]
    right += sum(number for rule, number in cards.items() if OF_CARDS[rule][0] == "right")

    assert 100 * alarms <= alarms + right
    assert f"{alarms} false alarm in {alarms + right} judged" in (ROOT / "docs" / "trust.md").read_text(
        encoding="utf-8"
    )


def test_every_finding_between_two_generations_is_judged() -> None:
    """One that is not on record, or a record of one that is gone, would make the table a story."""
    record = [[row["from"], row["to"], row["rule"]] for row in rows("generations")]

    assert sorted(record) == sorted(replayed()["real"]["generations"]["findings"])
    assert all(row["judgement"].startswith(tuple(f"{word}: " for word in WORDS)) for row in rows("generations"))


@pytest.mark.data
@pytest.mark.skipif(not (DATA / "chat_templates").is_dir(), reason="the real material is not here")
def test_the_replay_counts_what_is_on_record() -> None:
    """Another figure is another behaviour: look at what came or went, judge it, and put it on record."""
    argv = [sys.executable, "benchmarks/replay.py", "--without-histories", "--data", str(DATA)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)

    assert json.loads(done.stdout) == replayed(), done.stderr
    assert done.returncode == 0

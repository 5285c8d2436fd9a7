"""The tables of ``docs/trust.md``, out of what is on record."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from hfsemver.diff.eval.interval import wilson

GOLDEN = Path(__file__).parents[1] / "golden"
WORDS = ("right", "debatable", "false alarm", "unjudged")
# What people said of the findings over real cards, of which no other file is here.
OF_CARDS = {
    "card-section-missing": ("right", "there is no word behind the front matter"),
    "license-conflicts-lineage": ("right", "each was read: the licence drops terms of the base"),
    "license-undetermined": ("unjudged", "the card says nothing; a licence file may lie beside it"),
    "new-version-dangling": ("right", "the newer model that is named is the base of this one"),
}


def rows(name: str) -> list[dict[str, str]]:
    """Return a record of findings with the judgement of whoever looked at them: ``histories`` or ``generations``."""
    with (GOLDEN / f"{name}.tsv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t"))


def judged() -> dict[str, Counter[str]]:
    """Return the judgements of findings over real histories and generations, by rule."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for name in ("histories", "generations"):
        for row in rows(name):
            counts[row["rule"]][row["judgement"].partition(":")[0]] += 1
    return dict(counts)


def replayed() -> dict[str, Any]:
    """Return the last replay on record."""
    content: dict[str, Any] = json.loads((GOLDEN / "replay.json").read_text(encoding="utf-8"))
    return content


def rate() -> str:
    """Return the share of false alarms among the findings that somebody judged, with its interval."""
    total: Counter[str] = sum(judged().values(), Counter())
    for rule, number in replayed()["real"]["cards"]["findings"].items():
        total[OF_CARDS[rule][0]] += number
    known = sum(total.values()) - total["unjudged"]
    low, high = wilson(total["false alarm"] / known, known)
    return (
        f"{total['false alarm']} false alarm in {known} judged findings: {total['false alarm'] / known:.2%}, "
        f"95 % interval {low:.2%} to {high:.2%}; {total['debatable']} of them are debatable, and {total['unjudged']} more could "
        "not be judged."
    )


def trust_tables() -> str:
    """Return everything between the two markers of the page."""
    lines = [
        rate(),
        "",
        "### Histories and generations",
        "",
        "| Rule | Right | Debatable | False alarm | Unjudged |",
        "|---|---|---|---|---|",
    ]
    for rule, counts in sorted(judged().items()):
        # What stands there without a rule of that name is an assumption of the log.
        name = f"`{rule}`" if " " not in rule else rule
        lines.append(f"| {name} | {' | '.join(str(counts[word] or '') for word in WORDS)} |")
    cards = replayed()["real"]["cards"]
    lines += ["", "### Cards", "", f"{cards['cards']} real cards, each as a first release.", ""]
    lines += ["| Rule | Findings | Judgement |", "|---|---|---|"]
    lines += [f"| `{rule}` | {number} | {': '.join(OF_CARDS[rule])} |" for rule, number in cards["findings"].items()]
    lines += [
        "",
        "### Neutral pairs",
        "",
        "| What is written again | Pairs | False alarms | Rightly told |",
        "|---|---|---|---|",
    ]
    for name, part in replayed()["neutral"].items():
        told = ", ".join(f"`{rule}` {number}" for rule, number in part["expected"].items())
        lines.append(f"| {name} | {part['pairs']} | {sum(part['false_alarms'].values())} | {told} |")
    return "\n".join(lines)

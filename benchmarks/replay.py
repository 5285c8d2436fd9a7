"""How often a rule speaks over what the world publishes, and how often where nothing changed that anybody could notice.

Two kinds of material. Real steps: every commit of real repositories against the one before it, real cards as first releases, and
the config of each real model against that of the next one of its organisation; what is found there was judged by people, and
docs/trust.md holds the judgement. Neutral pairs: the same config, template or card, written again in another way, where every
finding that is not about spelling itself is a false alarm by construction. The files are no part of this project: ``--data DIR``
or ``HFSEMVER_TEST_DATA`` names their folder. Bar: no false alarm over neutral pairs.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hfsemver.core.errors import HfSemverError
from hfsemver.diff.release import compare
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.release import Release
from hfsemver.rules.catalogue import evidence_rules
from hfsemver.rules.engine import inspect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parents[1]
Files = dict[str, bytes]
UNREAD = "could not be read"
# What a rewritten file rightly is: another spelling for older programs, and another program with the same renders.
EXPECTED = {"library-floor-raised", "chat-template-rewritten", "chat-template-relocated"}


def release(files: Files) -> Release:
    """Return a release in memory."""
    return Release(MemorySource(files))


def found(baseline: Files | None, current: Files) -> Counter[str]:
    """Return how often each rule speaks; what could not be read counts under ``could not be read``."""
    try:
        old = None if baseline is None else release(baseline)
        findings, _ = inspect(compare(old, release(current)), evidence_rules())
    except HfSemverError:
        return Counter({UNREAD: 1})
    return Counter(finding.rule for finding in findings)


def spelled_again(config: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a config as other versions of its library write it."""
    yield dict(reversed(config.items()))
    yield {**config, "transformers_version": "9.9.9", "_name_or_path": "out/checkpoint-100"}
    for old, new in (("torch_dtype", "dtype"), ("dtype", "torch_dtype")):
        if old in config and new not in config:
            yield {new: config[old], **{key: value for key, value in config.items() if key != old}}
    scaling = config.get("rope_scaling")
    if "rope_theta" in config and (scaling is None or isinstance(scaling, dict)) and "rope_parameters" not in config:
        rest = {key: value for key, value in config.items() if key not in ("rope_theta", "rope_scaling")}
        named = {("rope_type" if key == "type" else key): value for key, value in (scaling or {}).items()}
        yield {**rest, "rope_parameters": {"rope_type": "default", **named, "rope_theta": config["rope_theta"]}}


def configs(data: Path) -> Iterator[tuple[Files, Files]]:
    """Yield every real config with each other spelling of it."""
    for path in sorted((data / "configs").rglob("*.json")):
        config = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(config, dict) and "model_type" in config:
            for other in spelled_again(config):
                yield {"config.json": path.read_bytes()}, {"config.json": json.dumps(other, indent=4).encode()}


def generations(data: Path) -> Iterator[tuple[str, str, Files, Files]]:
    """Yield the config of each real model with that of the next one of the same organisation, and both names."""
    paths = sorted(path for path in (data / "configs").rglob("*_config.json") if "_hf_quant_" not in path.name)
    for old, new in pairwise(paths):
        names = [path.name.removesuffix("_config.json").replace("--", "/") for path in (old, new)]
        if names[0].partition("/")[0] == names[1].partition("/")[0]:
            yield names[0], names[1], {"config.json": old.read_bytes()}, {"config.json": new.read_bytes()}


def templates(data: Path) -> Iterator[tuple[Files, Files]]:
    """Yield every real template with a remark in it, with another line end, and in the other of its two places."""
    for path in sorted((data / "chat_templates").rglob("*.jinja")):
        text = path.read_text(encoding="utf-8")
        plain = {"chat_template.jinja": text.encode()}
        yield plain, {"chat_template.jinja": (text + "{# as before #}").encode()}
        yield plain, {"chat_template.jinja": text.encode().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")}
        moved = json.dumps({"chat_template": text}).encode()
        yield {"tokenizer_config.json": moved}, {"tokenizer_config.json": b"{}", **plain}


def cards(data: Path) -> Iterator[Files]:
    """Yield every real card."""
    csv.field_size_limit(sys.maxsize)
    for path in sorted((data / "lineage" / "hf-model-trees").glob("*.gz")):
        with gzip.open(path, "rt", newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                # Pages that could not be fetched stand there as one word.
                if (row.get("card") or "N/A").strip() not in ("", "N/A"):
                    yield {"README.md": row["card"].encode()}


def rewritten_cards(data: Path) -> Iterator[tuple[Files, Files]]:
    """Yield every real card with Windows line ends, and with other text behind its front matter."""
    for files in cards(data):
        text = files["README.md"].replace(b"\r\n", b"\n")
        yield files, {"README.md": text.replace(b"\n", b"\r\n")}
        yield files, {"README.md": text + b"\n\nMore text.\n"}


def over_pairs(pairs: Iterable[tuple[Files, Files]]) -> dict[str, Any]:
    """Return how many pairs there are, and what is found over them, the rightly expected apart from the false alarms."""
    count, told = 0, Counter[str]()
    for baseline, current in pairs:
        count += 1
        told += found(baseline, current)
    unread = told.pop(UNREAD, 0)
    expected = {rule: number for rule, number in sorted(told.items()) if rule in EXPECTED}
    alarms = {rule: number for rule, number in sorted(told.items()) if rule not in EXPECTED}
    return {"pairs": count, "expected": expected, "false_alarms": alarms, "unread": unread}


def over_generations(data: Path) -> dict[str, Any]:
    """Return what is found between one model and the next: the names of both, and the rule."""
    pairs = list(generations(data))
    told = [[old, new, rule] for old, new, before, after in pairs for rule in sorted(found(before, after))]
    return {"pairs": len(pairs), "findings": told}


def over_cards(data: Path) -> dict[str, Any]:
    """Return what is found in real cards, each as the one file of a first release."""
    count, told = 0, Counter[str]()
    for files in cards(data):
        count += 1
        told += found(None, files)
    unread = told.pop(UNREAD, 0)
    return {"cards": count, "findings": dict(sorted(told.items())), "unread": unread}


def over_histories() -> dict[str, Any]:
    """Return what ``hfsemver log`` says over every commit of the real repositories."""
    sys.path.insert(0, str(ROOT))  # the tests know how to lay out a history
    from tests.histories import archives, rebuild

    commits, told = 0, Counter[str]()
    for archive in archives():
        with tempfile.TemporaryDirectory() as folder:
            world = rebuild(archive, Path(folder))
            argv = [sys.executable, "-m", "hfsemver", "log", "--repository", str(world.root), "--format", "json"]
            rows = json.loads(subprocess.run(argv, capture_output=True, check=True).stdout)["commits"]
        commits += len(rows)
        for row in rows:
            told.update({change["rule"] for change in row["changes"]} | {*row["faults"]})
    return {"repositories": len(archives()), "commits": commits, "findings": dict(sorted(told.items()))}


def main() -> int:
    """Replay everything, print one JSON object, and return 1 where a neutral pair raised a false alarm."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default=os.environ.get("HFSEMVER_TEST_DATA"))
    parser.add_argument("--without-histories", action="store_true", help="leave the slowest part out")
    asked = parser.parse_args()
    data = Path(asked.data or "")
    if not asked.data or not data.is_dir():
        sys.exit(f"{asked.data}: there is no such folder; name the one of the real data with --data")
    os.environ["HFSEMVER_TEST_DATA"] = str(data)
    neutral = {
        "configs": over_pairs(configs(data)),
        "templates": over_pairs(templates(data)),
        "cards": over_pairs(rewritten_cards(data)),
    }
    real = {"cards": over_cards(data), "generations": over_generations(data)} | (
        {} if asked.without_histories else {"histories": over_histories()}
    )
    failed = any(part["false_alarms"] or part["unread"] or not part["pairs"] for part in neutral.values())
    print(json.dumps({"benchmark": "replay", "neutral": neutral, "real": real, "ok": not failed}, indent=2))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

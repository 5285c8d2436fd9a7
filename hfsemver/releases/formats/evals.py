"""Evaluation results, from ``model-index`` in the card and from ``.eval_results/*.yaml``.

https://github.com/huggingface/hub-docs/blob/main/modelcard.md and, for the folder, ``huggingface_hub.EvalResultEntry``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hfsemver.core.errors import FormatError
from hfsemver.releases.formats import bounded_yaml

if TYPE_CHECKING:
    from hfsemver.core.card import CardData, YamlValue
    from hfsemver.releases.source import ReadFile

MAX_SIZE = 1 << 20
FOLDER = ".eval_results/"

_CARD = "README.md"
_KEY = "model-index"
_HINT = "see the fields of model-index in the Hub's model card specification"
_FOLDER_HINT = "write a list of entries with dataset.id, dataset.task_id and value"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalScore:
    """One reported number, as it was written, and everything that says how it was measured.

    ``pointer`` is the place inside ``file``. ``task``, ``dataset`` and ``metric`` are the identifiers that scores of
    two releases are matched by; a part that was not written is the empty string. ``value`` is the text of the card: it
    may be no number. ``setup`` holds arguments of task, dataset and metric and free notes, by dotted name, sorted.
    """

    file: str
    pointer: str = ""
    task: str
    dataset: str
    metric: str
    value: str
    config: str = ""
    split: str = ""
    revision: str = ""
    setup: tuple[tuple[str, str], ...] = ()
    date: str = ""
    source: str = ""
    verified: str = ""


def read_evals(read: ReadFile, names: tuple[str, ...], card: CardData | None) -> tuple[EvalScore, ...]:
    """Return every score, those of the card first, in the order in which they were written.

    Entries without any score are normal (trainers write empty ``results``). Raises ``FormatError`` where a list or a
    mapping belongs and something else stands, and for an ``.eval_results`` entry without a part that it must have.
    """
    scores = list(_from_card(card)) if card else []
    for name in names:
        if name.startswith(FOLDER) and name.endswith((".yaml", ".yml")):
            data = read(name, MAX_SIZE)
            if data is not None:
                scores.extend(_from_file(data, name))
    return tuple(scores)


def _from_card(card: CardData) -> Iterator[EvalScore]:
    for entry, at in _entries(card.fields.get(_KEY, ""), _KEY):
        for result, inner in _entries(entry.get("results", ""), f"{at}.results"):
            task, dataset = _part(result, "task", inner), _part(result, "dataset", inner)
            source = _part(result, "source", inner)
            for metric, place in _entries(result.get("metrics", ""), f"{inner}.metrics"):
                known = EvalScore(
                    file=_CARD,
                    pointer=f"{place}.value",
                    task=_text(task, "type") or _text(task, "name"),
                    dataset=_text(dataset, "type") or _text(dataset, "name"),
                    metric=_text(metric, "type") or _text(metric, "name"),
                    value="",
                    config=_text(dataset, "config"),
                    split=_text(dataset, "split"),
                    revision=_text(dataset, "revision"),
                    setup=_setup({"task": task, "dataset": dataset, "metric": metric}),
                    source=_text(source, "url") or _text(source, "name"),
                    verified=_text(metric, "verifyToken") or _text(metric, "verified"),
                )
                yield from _with_values(known, metric.get("value", ""))


def _with_values(known: EvalScore, value: YamlValue) -> Iterator[EvalScore]:
    """Yield one score for a plain value and one for each part of a nested one; none where nothing was written."""
    for path, text in _leaves(value):
        yield replace(known, pointer=known.pointer + path, metric=known.metric + path, value=text)


def _from_file(data: bytes, name: str) -> Iterator[EvalScore]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError("is not UTF-8", name, offset=error.start, hint=_FOLDER_HINT) from None
    found = bounded_yaml.load_document(text, name)
    if not isinstance(found, tuple):
        raise FormatError("is no list of results", name, hint=_FOLDER_HINT)
    for number, entry in enumerate(found):
        at = f"[{number}]"
        if not isinstance(entry, Mapping):
            raise FormatError("is no mapping", name, at, hint=_FOLDER_HINT)
        dataset = entry.get("dataset", "")
        if not isinstance(dataset, Mapping):
            raise FormatError("is no mapping", name, f"{at}.dataset", hint=_FOLDER_HINT)
        source = entry.get("source", "")
        yield EvalScore(
            file=name,
            pointer=f"{at}.value",
            task=_required(dataset, "task_id", name, f"{at}.dataset"),
            dataset=_required(dataset, "id", name, f"{at}.dataset"),
            metric="",
            value=_required(entry, "value", name, at),
            revision=_text(dataset, "revision"),
            setup=(("notes", notes),) if (notes := _text(entry, "notes")) else (),
            date=_text(entry, "date"),
            source=_text(source, "url") if isinstance(source, Mapping) else source if isinstance(source, str) else "",
            verified=_text(entry, "verifyToken"),
        )


def _required(part: Mapping[str, YamlValue], key: str, name: str, at: str) -> str:
    text = _text(part, key)
    if not text:
        raise FormatError("is missing or no plain value", name, f"{at}.{key}", hint=_FOLDER_HINT)
    return text


def _entries(value: YamlValue, at: str) -> Iterator[tuple[Mapping[str, YamlValue], str]]:
    """Yield the mappings of a list, or a mapping that stands alone; nothing was written where the value is empty."""
    items = value if isinstance(value, tuple) else (value,) if value != "" else ()
    for number, item in enumerate(items):
        place = f"{at}[{number}]"
        if isinstance(item, Mapping):
            yield item, place
        elif item != "":
            raise FormatError("is no mapping", _CARD, place, hint=_HINT)


def _part(result: Mapping[str, YamlValue], key: str, at: str) -> Mapping[str, YamlValue]:
    """Return a nested mapping; a plain text there is its type, and nothing is an empty mapping."""
    value = result.get(key, "")
    if isinstance(value, Mapping):
        return value
    if isinstance(value, str):
        return {"type": value} if value else {}
    raise FormatError("is a list where a mapping belongs", _CARD, f"{at}.{key}", hint=_HINT)


def _text(part: Mapping[str, YamlValue], key: str) -> str:
    value = part.get(key, "")
    return value if isinstance(value, str) else ""


def _setup(parts: Mapping[str, Mapping[str, YamlValue]]) -> tuple[tuple[str, str], ...]:
    """Flatten the arguments of each part; the dataset's configuration has a field of its own."""
    found: list[tuple[str, str]] = []
    for name, part in parts.items():
        for key in ("args",) if name == "dataset" else ("args", "config"):
            found.extend((f"{name}.{key}{path}", text) for path, text in _leaves(part.get(key, "")))
    return tuple(sorted(found))


def _leaves(value: YamlValue) -> Iterator[tuple[str, str]]:
    """Yield every text inside a value with its path; the depth is that of the YAML reader."""
    if isinstance(value, str):
        if value:
            yield "", value
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from ((f"[{number}]{path}", text) for path, text in _leaves(item))
    else:
        for key, item in value.items():
            yield from ((f".{key}{path}", text) for path, text in _leaves(item))
